"""Safetensors, written and read without the package: an 8-byte length, a JSON header, the numbers."""
import json
import os
import struct

import numpy
import torch

TYPES = {torch.float16: "F16", torch.float32: "F32", torch.float64: "F64", torch.int64: "I64", torch.bfloat16: "BF16"}


def write(path, tensors, dtype=None):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    header, parts, at = {}, [], 0
    for name in sorted(tensors):
        t = tensors[name].detach()
        if dtype is not None and t.is_floating_point():
            t = t.to(dtype)
        data = t.contiguous().numpy().tobytes()
        header[name] = {"dtype": TYPES[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    n = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + n])
    header.pop("__metadata__", None)
    kinds = {"F16": numpy.float16, "F32": numpy.float32, "F64": numpy.float64, "I64": numpy.int64}
    return {k: torch.from_numpy(numpy.frombuffer(data[8 + n + v["data_offsets"][0]:8 + n + v["data_offsets"][1]], kinds[v["dtype"]]).reshape(v["shape"]).copy())
            for k, v in header.items() if v["dtype"] in kinds}
