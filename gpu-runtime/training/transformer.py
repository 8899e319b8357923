"""SanaVideoTransformer3DModel in the tensor names of diffusers, with block-causal linear attention and a constant-size state.

Two ways to run it, which give the same numbers:
  forward(...)   one or more blocks after each other, each reading a given past and returning its own sums (what a stream does);
  teach(...)     all blocks of a clip at once, twice: a clean copy makes the past, a noisy copy is what the loss is about (training).
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

import fused

CONFIG = {
    "_class_name": "SanaVideoTransformer3DModel", "in_channels": 32, "out_channels": 32, "num_attention_heads": 4, "attention_head_dim": 48, "num_layers": 6,
    "num_cross_attention_heads": 4, "cross_attention_head_dim": 48, "cross_attention_dim": 192, "caption_channels": 128, "mlp_ratio": 3.0, "dropout": 0.0,
    "attention_bias": False, "sample_size": 12, "patch_size": [1, 1, 1], "norm_elementwise_affine": False, "norm_eps": 1e-6, "interpolation_scale": None,
    "guidance_embeds": False, "guidance_embeds_scale": 0.1, "qk_norm": "rms_norm_across_heads", "rope_max_seq_len": 1024,
    "attention_eps": 1e-8, "qk_norm_eps": 1e-5, "cross_qk_norm_eps": 1e-6,
}


class RmsNorm(nn.Module):
    def __init__(self, c, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(c)), eps

    def forward(self, x):
        kind = torch.float64 if x.dtype == torch.float64 else torch.float32
        return x * torch.rsqrt(x.to(kind).square().mean(-1, keepdim=True) + self.eps).to(x.dtype) * self.weight.to(x.dtype)


def rope_table(head_dim, frames, height, width, first=0):
    """Complex rotation of every token, [F*h*w, head_dim/2], for latent frames first .. first+frames-1."""
    side = 2 * (head_dim // 6)
    parts = []
    for size, count, start, axis in ((head_dim - 2 * side, frames, first, 0), (side, height, 0, 1), (side, width, 0, 2)):
        frequency = 1.0 / 10000 ** (torch.arange(0, size, 2, dtype=torch.float64) / size)
        angle = torch.arange(start, start + count, dtype=torch.float64)[:, None] * frequency
        shape = [1, 1, 1, size // 2]
        shape[axis] = count
        parts.append(angle.view(shape).expand(frames, height, width, -1))
    angle = torch.cat(parts, -1).reshape(frames * height * width, -1)
    return angle.cos(), angle.sin()


def rotate(x, table):
    """x [..., N, d]; adjacent pairs."""
    cos, sin = (t.to(x.dtype) for t in table)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


class LinearAttention(nn.Module):
    def __init__(self, c, heads, cfg):
        super().__init__()
        self.heads, self.eps = heads, cfg.get("attention_eps", 1e-15)
        self.to_q, self.to_k, self.to_v = (nn.Linear(c, c, bias=cfg["attention_bias"]) for _ in range(3))
        self.norm_q, self.norm_k = RmsNorm(c, cfg.get("qk_norm_eps", 1e-5)), RmsNorm(c, cfg.get("qk_norm_eps", 1e-5))
        self.to_out = nn.ModuleList([nn.Linear(c, c)])

    def forward(self, x, table, past):
        """x [G, N, C], one row per block; past(S, z) -> (S, z) of what each block sees, its own included. Returns out, own (S, z)."""
        g, n, c = x.shape
        split = lambda t: t.view(g, n, self.heads, -1).transpose(1, 2)               # [G, H, N, d]
        q, k, v = F.relu(split(self.norm_q(self.to_q(x)))), F.relu(split(self.norm_k(self.to_k(x)))), split(self.to_v(x))
        qr, kr = rotate(q, table), rotate(k, table)
        with torch.autocast("cpu", enabled=False):
            kind = torch.float64 if x.dtype == torch.float64 else torch.float32       # sums are kept in fp32
            own = v.to(kind).transpose(-1, -2) @ kr.to(kind), k.to(kind).sum(2, keepdim=True)
            s, z = past(*own)
            out = (qr.to(kind) @ s.transpose(-1, -2)) / ((q.to(kind) * z).sum(-1, keepdim=True) + self.eps)
        return self.to_out[0](out.to(x.dtype).transpose(1, 2).reshape(g, n, c)), own


class CrossAttention(nn.Module):
    def __init__(self, c, context, heads, head_dim, cfg):
        super().__init__()
        inner, eps = heads * head_dim, cfg.get("cross_qk_norm_eps", 1e-5)
        self.heads = heads
        self.to_q, self.to_k, self.to_v = nn.Linear(c, inner), nn.Linear(context, inner), nn.Linear(context, inner)
        self.norm_q, self.norm_k = RmsNorm(inner, eps), RmsNorm(inner, eps)
        self.to_out = nn.ModuleList([nn.Linear(inner, c)])

    def forward(self, x, text, mask=None):
        g, n, _ = x.shape
        split = lambda t: t.view(g, t.shape[1], self.heads, -1).transpose(1, 2)
        q, k, v = split(self.norm_q(self.to_q(x))), split(self.norm_k(self.to_k(text))), split(self.to_v(text))
        scores = q @ k.transpose(-1, -2) / q.shape[-1] ** .5
        if mask is not None:
            scores = scores.masked_fill(mask.view(g, 1, 1, -1) == 0, float("-inf"))
        out = scores.softmax(-1).to(v.dtype) @ v
        return self.to_out[0](out.transpose(1, 2).reshape(g, n, -1))


class MixFfn(nn.Module):
    def __init__(self, c, ratio):
        super().__init__()
        inner = int(ratio * c)
        self.conv_inverted = nn.Conv2d(c, 2 * inner, 1)
        self.conv_depth = nn.Conv2d(2 * inner, 2 * inner, 3, padding=1, groups=2 * inner)
        self.conv_point = nn.Conv2d(inner, c, 1, bias=False)
        self.conv_temp = nn.Conv2d(c, c, (3, 1), bias=False)

    def forward(self, x, size, left):
        """x [G, F*h*w, C]; left(last) -> the frame before each block, [G, 1, h*w, C]. Returns out, tail [G, 1, h*w, C]."""
        g, n, c = x.shape
        f, h, w = size
        x = x.reshape(g * f, h, w, c).permute(0, 3, 1, 2)                              # channels last in memory
        x = fused.silu(self.conv_inverted(x))
        x = self.conv_point(fused.glu(self.conv_depth(x))).permute(0, 2, 3, 1).reshape(g, f, h * w, c)
        tail = x[:, -1:]
        y = torch.cat((left(tail), x, torch.zeros_like(tail)), 1)
        stacked = torch.cat((y[:, :-2], y[:, 1:-1], y[:, 2:]), -1)                     # [G, F, h*w, 3C]
        weight = self.conv_temp.weight.squeeze(-1).permute(0, 2, 1).reshape(c, 3 * c)
        return (x + F.linear(stacked, weight)).reshape(g, n, c), tail


class Block(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        heads = cfg["num_attention_heads"]
        c = heads * cfg["attention_head_dim"]
        self.attn1 = LinearAttention(c, heads, cfg)
        self.attn2 = CrossAttention(c, cfg["cross_attention_dim"], cfg["num_cross_attention_heads"], cfg["cross_attention_head_dim"], cfg)
        self.ff = MixFfn(c, cfg["mlp_ratio"])
        self.scale_shift_table = nn.Parameter(torch.randn(6, c) / c ** .5)

    def forward(self, x, text, mask, modulation, size, table, past, left):
        """modulation [G, M, 6, C]: M parts of a block's tokens have a timestep of their own (1, one per frame, one per token)."""
        b1, s1, g1, b2, s2, g2 = (self.scale_shift_table + modulation).unsqueeze(2).unbind(-2)
        parts = lambda t: t.unflatten(1, (modulation.shape[1], -1))
        norm = lambda t, s, b: (F.layer_norm(parts(t), t.shape[-1:], eps=1e-6) * (1 + s) + b).flatten(1, 2).to(t.dtype)
        out, own = self.attn1(norm(x, s1, b1), table, past)
        x = x + (g1 * parts(out)).flatten(1, 2)
        x = x + self.attn2(x, text, mask)
        out, tail = self.ff(norm(x, s2, b2), size, left)
        return x + (g2 * parts(out)).flatten(1, 2), own, tail


class Module(nn.Module):
    """A namespace, so that tensors carry diffusers' names."""

    def __init__(self, **children):
        super().__init__()
        for name, child in children.items():
            self.add_module(name, child)


class Transformer(nn.Module):
    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.cfg = dict(cfg)
        c = cfg["num_attention_heads"] * cfg["attention_head_dim"]
        self.patch = tuple(cfg["patch_size"])
        self.patch_embedding = nn.Conv3d(cfg["in_channels"], c, self.patch, self.patch)
        self.time_embed = Module(emb=Module(timestep_embedder=Module(linear_1=nn.Linear(256, c), linear_2=nn.Linear(c, c))), linear=nn.Linear(c, 6 * c))
        self.caption_projection = Module(linear_1=nn.Linear(cfg["caption_channels"], c), linear_2=nn.Linear(c, c))
        self.caption_norm = RmsNorm(c, 1e-5)
        self.transformer_blocks = nn.ModuleList(Block(cfg) for _ in range(cfg["num_layers"]))
        self.scale_shift_table = nn.Parameter(torch.randn(2, c) / c ** .5)
        self.proj_out = nn.Linear(c, math.prod(self.patch) * cfg["out_channels"])

    def time(self, t):
        """t [...] -> modulation [..., 6, C], embedded [..., C]."""
        kind = self.proj_out.weight.dtype
        frequency = torch.exp(-math.log(10000) * torch.arange(128, dtype=torch.float32, device=t.device) / 128).to(kind)
        angle = t.to(kind).unsqueeze(-1) * frequency
        e = self.time_embed.emb.timestep_embedder
        embedded = e.linear_2(F.silu(e.linear_1(torch.cat((angle.cos(), angle.sin()), -1))))
        return self.time_embed.linear(F.silu(embedded)).unflatten(-1, (6, -1)), embedded

    def caption(self, text):
        return self.caption_norm(self.caption_projection.linear_2(F.gelu(self.caption_projection.linear_1(text), approximate="tanh")))

    def run(self, x, t, text, mask, first, pasts, lefts):
        """x [G, C, F, H, W], t [G] or [G, parts of the tokens], text [G, L, caption]. pasts, lefts: one function per layer.
        Returns flow [G, C, F, H, W] and per layer (S, z, tail) of the blocks themselves."""
        g, _, f, h, w = x.shape
        p = self.patch
        f, h, w = f // p[0], h // p[1], w // p[2]
        y = self.patch_embedding(x).flatten(2).transpose(1, 2)
        modulation, embedded = self.time(t if t.dim() == 2 else t.view(g, 1))
        text = self.caption(text)
        table = rope_table(self.cfg["attention_head_dim"], f, h, w, first)
        own = []
        for block, past, left in zip(self.transformer_blocks, pasts, lefts):
            y, sums, tail = block(y, text, mask, modulation, (f, h, w), table, past, left)
            own.append((*sums, tail))
        shift, scale = (self.scale_shift_table + embedded.unsqueeze(-2)).unsqueeze(2).unbind(-2)
        y = F.layer_norm(y, y.shape[-1:], eps=1e-6).unflatten(1, (embedded.shape[1], -1)) * (1 + scale) + shift
        y = self.proj_out(y.flatten(1, 2))
        y = y.view(g, f, h, w, *p, -1).permute(0, 7, 1, 4, 2, 5, 3, 6)
        return y.reshape(g, -1, f * p[0], h * p[1], w * p[2]), own

    def forward(self, x, t, text, mask=None, first=0, state=None):
        """One block. state: per layer (S, z, tail) of what came before, or None. Returns flow, own state."""
        nothing = [lambda s, z: (s, z)] * len(self.transformer_blocks)
        zeros = [torch.zeros_like] * len(self.transformer_blocks)
        if state is not None:
            nothing = [lambda s, z, past=past: (s + past[0], z + past[1]) for past in state]
            zeros = [lambda tail, past=past: past[2].to(tail.dtype) for past in state]
        return self.run(x, t, text, mask, first, nothing, zeros)

    def teach(self, clean, noisy, t_clean, t_noisy, text_clean, text, frames, policy):
        """All blocks of B clips in parallel. clean [B, C, K*frames, h, w], noisy [B, R, C, K*frames, h, w]: R noisy copies; t_clean [B, K],
        t_noisy [B, R, K, frames]; text* [B, K, L, caption]. -> flow of the noisy blocks. Block b of every copy sees itself and those
        clean blocks before it that the state policy (policy.py) lets count, and the clean block b-1's conv tail."""
        b, c, kf, h, w = clean.shape
        k, copies = kf // frames, noisy.shape[1]
        blocks = lambda v: v.reshape(-1, c, k, frames, h, w).transpose(1, 2).reshape(-1, c, frames, h, w)
        noisy = noisy.transpose(0, 1)                                                  # copy by copy, so that a copy lies like the clean one
        x = torch.cat((blocks(clean), blocks(noisy)))
        t = torch.cat((t_clean.reshape(-1, 1).expand(-1, frames), t_noisy.transpose(0, 1).reshape(-1, frames)))
        text = torch.cat((text_clean.flatten(0, 1), text.flatten(0, 1).repeat(copies, 1, 1)))
        everybody = 1 + copies
        # A block's rope starts at frame 0; older keys are turned back by their distance instead (the re-basing identity).
        def past(s, z):
            add = lambda t: t + policy.sums(self, t[:b * k].unflatten(0, (b, k)), frames).flatten(0, 1).repeat(everybody, 1, 1, 1)
            return add(s), add(z)

        def left(tail):
            own = tail[:b * k].unflatten(0, (b, k))
            return torch.cat((torch.zeros_like(own[:, :1]), own[:, :-1]), 1).flatten(0, 1).repeat(everybody, 1, 1, 1)

        n = len(self.transformer_blocks)
        flow, _ = self.run(x, t, text, None, 0, [past] * n, [left] * n)
        flow = flow[b * k:].unflatten(0, (copies, b, k)).transpose(2, 3)                # [R, B, C, K, frames, h, w]
        return flow.reshape(copies, b, -1, kf, h, w).transpose(0, 1)


def add_states(terms):
    """The sum of kept terms, with the newest one's conv tail."""
    return [(sum(t[i][0] for t in terms), sum(t[i][1] for t in terms), terms[-1][i][2]) for i in range(len(terms[0]))]
