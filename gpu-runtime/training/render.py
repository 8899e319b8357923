"""Fresh drawings for `./sanalive eval`, on standard output: for each clip one line of JSON (what it shows, how fast, its size), then its frames as raw RGB.

python3 render.py --count N --seed S --frames F [--from I] [--asked]
    --from I    begins with clip I: a clip depends on the seed and its own number alone
    --asked     reads what to draw from standard input, a line of JSON {"attribute": "value", ...} per clip; without it anything may be drawn
"""
import argparse
import json
import sys

import torch

import world
from attributes import ATTRIBUTES, DEFAULT, NAMES

HEIGHT, NEVER = 192, 10 ** 6


def clip(asked, frames, generator):
    video = world.clips(asked, asked, torch.tensor([NEVER]), frames, HEIGHT, None, generator)[0]
    return ((video + 1) * 127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).contiguous()


def row(line):
    values = {**DEFAULT, **json.loads(line)}
    return torch.tensor([[ATTRIBUTES[n].index(values[n]) for n in NAMES]])


def main():
    arguments = argparse.ArgumentParser()
    for name in ("--count", "--seed", "--frames"):
        arguments.add_argument(name, type=int, required=True)
    arguments.add_argument("--from", type=int, default=0, dest="first")
    arguments.add_argument("--asked", action="store_true")
    options = arguments.parse_args()
    torch.set_num_threads(1)
    lines = sys.stdin.read().splitlines() if options.asked else None
    for i in range(options.first, options.count):
        generator = torch.Generator().manual_seed(options.seed * 1_000_003 + i)
        asked = row(lines[i]) if lines else world.random_attributes(1, generator, held_out=None)
        video = clip(asked, options.frames, generator)
        head = {"values": {n: v[int(asked[0, a])] for a, (n, v) in enumerate(ATTRIBUTES.items())}, "pixelsPerSecond": round(float(world.velocity(asked)) * HEIGHT, 3),
                "frames": video.shape[0], "height": video.shape[1], "width": video.shape[2]}
        sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + video.numpy().tobytes())
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
