"""Stage 4: few steps instead of many. A teacher walks a block's whole path from noise to picture in many small steps; the student learns to see
the end of that path from the few places where a stream's sampler stands. (Regression on the teacher's trajectories, the first half of what
LongSANA's authors do; matching of distributions is not done.)
"""
import copy

import torch

import conditions
import export
import flow
import train_world
import transformer
from loop import Loop, autocast
from policy import Past, Policy


def path(levels, steps):
    """A fine grid of noise levels from 1 to 0 that holds the sampler's own levels."""
    fine = [flow.shifted(torch.tensor(1 - i / steps), export.SAMPLER["shift"]).item() for i in range(steps)]
    return sorted({*(round(v, 4) for v in fine), *levels}, reverse=True)


@torch.no_grad()
def walk(teacher, state, tokens, size, grid, levels):
    """-> the noisy block at each of the sampler's levels [B, n, C, F, h, w], and where the path ends [B, C, F, h, w]."""
    x, seen = torch.randn(size), []
    for level, following in zip(grid, [*grid[1:], 0.0]):
        if level in levels:
            seen.append(x)
        v, _ = teacher(x, torch.full(size[:1], float(int(level * 1000))), tokens, None, 0, state)
        x = x + (following - level) * v.float()
    return torch.stack(seen, 1), x


def loss(student, teacher, latents, tokens_clean, tokens, weight, levels, grid, policy):
    """The block of a stream's beginning, or one of a clip with a past of one to three clean blocks."""
    b, c, kf, h, w = latents.shape
    k = kf // flow.FRAMES
    at = 0 if k == 1 else int(torch.randint(1, k, ()))
    past = Past(policy, student, flow.FRAMES)
    block = lambda v, i: v[:, :, i * flow.FRAMES:(i + 1) * flow.FRAMES]
    with torch.no_grad():
        for i in range(at):
            past.add(teacher(block(latents, i), torch.zeros(b), tokens_clean[:, i], None, 0, past.state())[1])
        state = past.state()
        seen, end = walk(teacher, state, tokens[:, at], (b, c, flow.FRAMES, h, w), grid, levels)
        torch.clear_autocast_cache()
    n = len(levels)
    sigma = torch.tensor(levels).repeat(b)
    many = lambda v: v.repeat_interleave(n, 0)
    wide = None if state is None else [tuple(many(part) for part in layer) for layer in state]
    v, _ = student(seen.flatten(0, 1), (1000 * sigma).floor(), many(tokens[:, at]), None, 0, wide)
    wanted = (seen.flatten(0, 1) - many(end)) / sigma.view(-1, 1, 1, 1, 1)
    counts = many(block(weight, at)).expand_as(wanted)
    return ((v.float() - wanted).square() * counts).sum() / counts.sum()


def train(folder, vae_folder, minutes, start_from, rate=2e-4, muon_rate=.003, name="few", workers=1, batch=1, steps=16, policy="window(3)", pool_path=None, fill=48):
    model = transformer.Transformer()
    loop = Loop(name, model, folder, minutes, rate, decay=.99, hidden=train_world.hidden, muon_rate=muon_rate, start_from=start_from, workers=workers)
    teacher = train_world.load_average(copy.deepcopy(model), start_from)
    pool = train_world.Pool(train_world.load_vae(vae_folder), 1200, 192, pool_path)
    pool.fill(fill)
    prompts, kept = train_world.Prompts(conditions.condition_tables()), Policy(policy)
    levels = [t / 1000 for t in export.SAMPLER["timesteps"]]
    grid = path(levels, steps)

    def step(model):
        if loop.steps % 2:                                # a beginning, for it is the hardest
            latents, tokens, weight = pool.scenes(batch, prompts)
            tokens, tokens_clean = tokens.unsqueeze(1), None
        else:
            latents, tokens_clean, tokens, weight, _, _ = pool.draw(batch, prompts, 4, still=0)
        with autocast():
            total = loss(model, teacher, latents, tokens_clean, tokens, weight, levels, grid, kept)
        return total, {"distance": total.item()}

    loop.run(step)


if __name__ == "__main__":
    import argparse
    import os
    p = argparse.ArgumentParser()
    p.add_argument("folder"), p.add_argument("vae_folder"), p.add_argument("minutes", type=float), p.add_argument("start_from")
    for option, kind in (("rate", float), ("muon_rate", float), ("name", str), ("workers", int), ("batch", int), ("steps", int), ("policy", str), ("pool_path", str), ("fill", int)):
        p.add_argument("--" + option, type=kind)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 2)))
    train(**{k: v for k, v in vars(p.parse_args()).items() if v is not None})
