"""Look at what a stream does: long rollouts with cues in the middle, decoded as a stream decodes, as a contact sheet and as numbers.

    rollout.py <transformer.pt> <vae folder> <sheet.png> [--blocks 60] [--cue 30] [--height 192] [--kind renoise|euler] [--timesteps 1000,900,750,500]
"""
import argparse

import torch

import conditions
import flow
import train_world
import transformer
import world
from attributes import ATTRIBUTES, NAMES

# (before, after): what a viewer might ask for
CUES = [
    ("meadow day clear train medium right natural", "meadow night clear train medium right natural"),
    ("sea sunset clear boat slow right natural", "sea sunset clear bird slow left natural"),
    ("city night clear none medium right natural", "city day clear bus medium right natural"),
    ("desert day clear balloon medium right natural", "mountains day clear balloon medium right natural"),
    ("forest dawn clear none fast left natural", "forest dawn snow none fast left natural"),
    ("mountains day clear airplane slow right natural", "mountains sunset rain airplane slow right natural"),
    ("meadow sunset fog car medium left natural", "city sunset clear car medium left neon"),
    ("desert day clear horse fast right natural", "desert day clear horse fast right ink"),
]


def attributes(row):
    return torch.tensor([ATTRIBUTES[n].index(v) for n, v in zip(NAMES, row.split())]).float()


def rollout(model, autoencoder, prompts, cues, blocks, cue_at, size, sampler, seed=1, keep=None):
    """-> {block: first frame of each stream [B,3,H,W]}, statistics per block."""
    g = torch.Generator().manual_seed(seed)
    stream = flow.Stream(model, len(cues), size, sampler, g)
    before, after = (torch.stack([attributes(c[i]) for c in cues]) for i in (0, 1))
    keep = range(blocks) if keep is None else keep
    pictures, numbers, history = {}, [], None
    with torch.no_grad():
        for b in range(blocks):
            latents = stream.next(prompts(after if b >= cue_at else before))
            numbers.append((latents.mean().item(), latents.std().item(), latents.abs().max().item()))
            if b in keep or b + 2 in keep or b + 1 in keep:
                video, history = autoencoder.decode(latents.transpose(1, 2), history)
                if b in keep:
                    pictures[b] = video[:, 3].float().clamp(-1, 1)
    return pictures, numbers


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("model"), p.add_argument("vae"), p.add_argument("sheet")
    p.add_argument("--blocks", type=int, default=24), p.add_argument("--cue", type=int, default=12), p.add_argument("--height", type=int, default=192)
    p.add_argument("--kind", default="euler"), p.add_argument("--timesteps", default="1000,900,750,500"), p.add_argument("--columns", type=int, default=8)
    p.add_argument("--threads", type=int, default=2), p.add_argument("--same", action="store_true", help="no cue: what is shown stays")
    p.add_argument("--streams", type=int, default=8)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    autoencoder = train_world.load_vae(a.vae)
    prompts = train_world.Prompts(conditions.condition_tables())
    model = train_world.load_average(transformer.Transformer(), a.model)
    sampler = {"kind": a.kind, "timesteps": [float(t) for t in a.timesteps.split(",")]}
    if a.same or a.cue >= a.blocks:
        keep = torch.linspace(0, a.blocks - 1, a.columns).long().tolist()
    else:
        half = a.columns // 2
        keep = sorted({*torch.linspace(0, a.cue - 1, half).long().tolist(), a.cue, a.cue + 1, a.cue + 3, a.blocks - 1})
    keep = [b for b in keep if b < a.blocks]
    cues = [(c[0], c[0]) if a.same else c for c in CUES[:a.streams]]
    pictures, numbers = rollout(model, autoencoder, prompts, cues, a.blocks, a.cue, (a.height // 16, a.height // 16 * 5 // 3), sampler, keep=keep)
    for b in sorted({0, 1, 30, 60, a.cue - 1, a.cue, a.cue + 1, *keep} & set(range(a.blocks))):
        light = " ".join(f"{v:+.2f}" for v in pictures[b].mean((1, 2, 3))) if b in pictures else ""
        print(f"block {b}: latent mean {numbers[b][0]:+.3f} std {numbers[b][1]:.3f} max {numbers[b][2]:.1f}  brightness {light}")
    world.contact_sheet(torch.stack([pictures[b] for b in keep], 1).flatten(0, 1), len(keep), a.sheet)
