"""Three elementwise passes with their gradients: silu, a * silu(gate), silu(rms_norm(x)). On a CPU, where a C compiler is at hand, they run
as the loops of fused.c (PyTorch 1.13 takes a third of a training step for them); everywhere else as ordinary PyTorch. Same numbers to rounding."""
import ctypes
import hashlib
import os
import subprocess
import tempfile

import torch
import torch.nn.functional as F


def _build():
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fused.c")
    name = hashlib.sha1(open(source, "rb").read() + open(source[:-2] + "_passes.h", "rb").read()).hexdigest()[:12]
    path = os.path.join(tempfile.gettempdir(), f"sanalive_fused_{os.getuid()}_{name}.so")
    if not os.path.exists(path):
        part = f"{path}.{os.getpid()}"
        subprocess.run(["gcc", "-Ofast", "-march=native", "-mprefer-vector-width=512", "-fopenmp", "-shared", "-fPIC", source, "-o", part, "-lm", "-lmvec"], check=True, capture_output=True)
        os.replace(part, path)
    return ctypes.CDLL(path)


try:
    _c = None if os.environ.get("SANALIVE_NO_FUSED") else _build()
except (OSError, subprocess.CalledProcessError):
    _c = None

_SUFFIX = {torch.bfloat16: "_bf16", torch.float32: "_fp32"}


def _call(name, x):
    return getattr(_c, name + _SUFFIX[x.dtype])


_at = lambda t: ctypes.c_void_p(t.data_ptr())
_n = ctypes.c_int64


def _able(x):
    return _c is not None and x.dtype in _SUFFIX and x.device.type == "cpu"


def _rows(x):
    """x [N,C,H,W] in channels-last order as it lies in memory."""
    return x.contiguous(memory_format=torch.channels_last)


class _Silu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.empty_like(x)
        _call("silu", x)(_at(x), _at(y), _n(x.numel()))
        ctx.save_for_backward(x)
        return y

    @staticmethod
    def backward(ctx, dy):
        x, = ctx.saved_tensors
        if dy.stride() != x.stride() or dy.dtype != x.dtype:
            dy = torch.empty_like(x).copy_(dy)
        dx = torch.empty_like(x)
        _call("silu_back", x)(_at(x), _at(dy), _at(dx), _n(x.numel()))
        return dx


class _Glu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        n, c, h, w = x.shape
        y = torch.empty(n, c // 2, h, w, dtype=x.dtype).to(memory_format=torch.channels_last)
        _call("glu", x)(_at(x), _at(y), _n(n * h * w), _n(c // 2))
        ctx.save_for_backward(x)
        return y

    @staticmethod
    def backward(ctx, dy):
        x, = ctx.saved_tensors
        n, c, h, w = x.shape
        dy, dx = _rows(dy.to(x.dtype)), torch.empty_like(x)
        _call("glu_back", x)(_at(x), _at(dy), _at(dx), _n(n * h * w), _n(c // 2))
        return dx


class _RmsSilu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gain):
        n, c, h, w = x.shape
        y = torch.empty_like(x)
        _call("rms_silu", x)(_at(x), _at(gain), _at(y), _n(n * h * w), _n(c))
        ctx.save_for_backward(x, gain)
        return y

    @staticmethod
    def backward(ctx, dy):
        x, gain = ctx.saved_tensors
        n, c, h, w = x.shape
        dy, dx, partial = _rows(dy.to(x.dtype)), torch.empty_like(x), torch.zeros(16, c)
        _call("rms_silu_back", x)(_at(x), _at(gain), _at(dy), _at(dx), _at(partial), _n(n * h * w), _n(c), _n(16))
        return dx, partial.sum(0)


def _dense(x):
    return x.is_contiguous() or (x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last))


def silu(x):
    return _Silu.apply(x) if _able(x) and _dense(x) else F.silu(x)


def glu(x):
    """x [N, 2C, H, W] -> first half * silu(second half)."""
    if _able(x):
        return _Glu.apply(_rows(x))
    a, gate = x.chunk(2, 1)
    return a * F.silu(gate)


def rms_silu(x, gain):
    """x [N, C, H, W] -> silu(x / |x| * sqrt(C) * gain), |x| over channels."""
    if _able(x):
        return _RmsSilu.apply(_rows(x), gain.float())
    wide = x if x.dtype == torch.float64 else x.float()
    norm = wide.square().sum(1, keepdim=True).sqrt().clamp(min=1e-12)
    return F.silu(x * (x.shape[1] ** .5 / norm).to(x.dtype) * gain.view(1, -1, 1, 1).to(x.dtype))
