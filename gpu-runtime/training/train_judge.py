"""Trains the judge on drawn clips alone, and freezes it: `python3 train_judge.py FOLDER MINUTES OUT [OLD.pt]`. Resumes where it stopped;
OLD.pt is an earlier judge to begin with.

The pictures of a generative model are softer, noisier and a little off in colour; a judge that has seen only perfect drawings would judge sharpness.
So every clip is softened, given noise (fine and coarse), a slight cast, and for the motion's eye a ghost of its neighbours in time. The judge never
sees a generated picture, nor one that went through the autoencoder.
"""
import json
import os

import numpy
import torch
import torch.nn.functional as F

import judge
import tensors
import world
from attributes import NAMES
from loop import Loop

FIRST, TESTS, NEVER, VARIANTS = 200, 96, 10 ** 6, 2
NOISE = torch.randn(12_000_000)                           # fine noise is a stretch of it: drawing it anew would cost as much as learning


def draw(n, full, frames=judge.FRAMES, generator=None, falling=False):
    """n fresh clips at the judge's size, [n, frames, 3, 96, 160] in [0, 1], drawn at this size or (full) at 320x192; and what they show, [n, 7].
    Everything may be drawn, the pairs that the video model is never shown too. falling: in rain or snow, where motion is hardest to see."""
    asked = world.random_attributes(n, generator, held_out=None)
    if falling:
        asked[:, NAMES.index("weather")] = 1 + torch.arange(n) % 2
    video = world.clips(asked, asked, torch.full((n,), NEVER), frames, 2 * judge.HEIGHT if full else judge.HEIGHT, None, generator)
    video = (video + 1) / 2
    return judge.half((video * 255).round() / 255) if full else video, asked


class Shelf:
    """Rows of arrays on disk, so that a second start begins with everything that was drawn before."""

    def __init__(self, folder, size, **kinds):
        os.makedirs(folder, exist_ok=True)
        self.size, self.path, self.arrays = size, folder + "/count.json", []
        for name, (kind, *shape) in kinds.items():
            path = f"{folder}/{name}.npy"
            self.arrays.append(numpy.lib.format.open_memmap(path, "r+") if os.path.exists(path) else numpy.lib.format.open_memmap(path, "w+", kind, (size, *shape)))
        self.count = json.load(open(self.path)) if os.path.exists(self.path) else 0

    def add(self, *columns):
        for row in zip(*columns):
            for array, value in zip(self.arrays, row):
                array[self.count % self.size] = value
            self.count += 1
        with open(self.path, "w") as f:
            json.dump(self.count, f)

    def batch(self, n):
        pick = numpy.sort(numpy.random.randint(0, min(self.count, self.size), n))
        return [torch.from_numpy(array[pick]).float() for array in self.arrays]


def soften(x, share, apart):
    """x [N, C, h, w]; share [N, 1, 1, 1]: how much of a binomial blur over neighbours `apart` pixels away."""
    for dim in (2, 3):
        padded = F.pad(x, (0, 0, apart, apart) if dim == 2 else (apart, apart, 0, 0), mode="replicate")
        around = padded.narrow(dim, 0, x.shape[dim]) + padded.narrow(dim, 2 * apart, x.shape[dim])
        x = torch.addcmul(x, around.sub_(x, alpha=2), share / 4)
    return x


def disturb(x, colours):
    """What a generated picture has and a drawn one has not. x [N, C, h, w], C planes of `colours` colours each. A fifth stays as drawn."""
    n, c, h, w = x.shape
    on = (torch.rand(n, 1, 1, 1) < .8).float()
    amount = lambda most: torch.rand(n, 1, 1, 1) * most * on
    cast = lambda size: (size * torch.randn(n, colours, 1, 1) * on).repeat(1, c // colours, 1, 1)
    x = soften(x, amount(1.0), 1 + int(torch.rand(()) < .5))
    at = int(torch.randint(len(NOISE) - x.numel(), ()))
    x = torch.addcmul(x, NOISE[at:at + x.numel()].view_as(x), amount(.025))
    rough = F.interpolate(torch.randn(n, colours, 12, 20), (h, w), mode="bilinear", align_corners=False) * amount(.03)
    return torch.addcmul(rough.repeat(1, c // colours, 1, 1).add_(cast(.02)), x, 1 + cast(.06)).clamp_(0, 1)


def ghost(luma):
    """Neighbours in time show through."""
    share = torch.rand(len(luma), 1, 1, 1) * .3 * (torch.rand(len(luma), 1, 1, 1) < .5)
    before, after = torch.cat((luma[:, :1], luma[:, :-1]), 1), torch.cat((luma[:, 1:], luma[:, -1:]), 1)
    return luma + (before + after - 2 * luma) * share


def turned_round(numbers):
    """The motion's numbers of the mirrored clip."""
    x, n = numbers.view(len(numbers), judge.BANDS, -1), judge.SPEEDS
    *views, shift, rest = x.split((3 * n + 1, 3 * n + 1, 3 * n + 1, 1, 2), 2)
    turned = [part for fit in views for part in (fit[..., :2 * n + 1].flip(2), -fit[..., 2 * n + 1:])]
    return torch.cat((*turned, -shift, rest), 2).reshape(len(numbers), -1)


class Clips:
    """All that was drawn so far: looks (two colour frames) and motions (the numbers of a clip as drawn and of disturbed copies of it)."""

    def __init__(self, folder):
        size = (len(judge.COLOUR_FRAMES), 3, judge.HEIGHT, judge.WIDTH)
        self.looks = Shelf(folder + "/looks", 12000, colour=("u1", *size), asked=("u1", len(NAMES)))
        self.motions = Shelf(folder + "/motions", 6000, numbers=("f4", VARIANTS, judge.NUMBERS), asked=("u1", len(NAMES)))

    @torch.no_grad()
    def add(self, n, full, still):
        video, asked = draw(n, full, len(judge.COLOUR_FRAMES) if still else judge.FRAMES, falling=not still and self.motions.count % 4 >= 2)
        colour = video if still else video[:, list(judge.COLOUR_FRAMES)]
        self.looks.add((colour * 255).round().byte().numpy(), asked.numpy())
        if not still:
            luma = judge.luminance(video)
            copies = [luma] + [disturb(ghost(luma), 1) for _ in range(VARIANTS - 1)]
            self.motions.add(torch.stack([judge.motion_numbers(c) for c in copies], 1).numpy(), asked.numpy())


def train(folder, minutes, start_from=None, batch=40, motions=512, looks_every=3):
    model = judge.Judge().to(memory_format=torch.channels_last)
    loop = Loop("judge", model, folder, minutes, 2e-3, decay=.995, betas=(.9, .99), weight_decay=.02, every=90, start_from=start_from,
                hidden=lambda n: ("blocks" in n and "conv" in n) or n.startswith(("down.1", "down.2")), muon_rate=.02)
    clips = Clips(folder)
    while clips.motions.count < FIRST:
        clips.add(2, full=clips.motions.count % 16 == 0, still=False)
    test_path = folder + "/test.pt"
    if not os.path.exists(test_path):
        parts = [draw(4, True, generator=torch.Generator().manual_seed(10 ** 6 + i)) for i in range(TESTS // 4)]
        torch.save([torch.cat(part) for part in zip(*parts)], test_path)
    video, asked_of_test = torch.load(test_path)
    if loop.steps == 0:                                   # how large the motion's numbers are, once and for all
        numbers = clips.motions.batch(2000)[0].flatten(0, 1)
        numbers = torch.cat((numbers, turned_round(numbers)))
        for m in (model, loop.average):
            m.motion_mean.copy_(numbers.mean(0))
            m.motion_std.copy_(numbers.std(0) + 1e-3)
    direction, seen = NAMES.index("direction"), {}

    def step(model):
        if loop.steps % 2 == 0:                          # drawing costs far more than learning
            clips.add(2, full=loop.steps % 48 == 0, still=False)
        losses = {}
        if loop.steps % looks_every == 0:                # the look's network costs far more than the motion's
            colour, asked = clips.looks.batch(batch)
            colour = disturb((colour / 255).flatten(1, 2), 3).view_as(colour)
            logits = model.answer(judge.LOOK, model.look_at(colour), .1)
            losses = {n: F.cross_entropy(logits[n], asked[:, NAMES.index(n)].long()) for n in judge.LOOK}
            seen.update({n: float(v) for n, v in losses.items()})
        numbers, asked = clips.motions.batch(motions)
        numbers = numbers[torch.arange(motions), torch.randint(VARIANTS, (motions,))]
        turn = torch.rand(motions) < .5
        numbers = torch.where(turn.view(-1, 1), turned_round(numbers), numbers)
        asked[:, direction] = torch.where(turn, 1 - asked[:, direction], asked[:, direction])
        logits = model.answer(judge.MOVING, model.follow(numbers, .4), .1)
        losses.update({n: F.cross_entropy(logits[n], asked[:, NAMES.index(n)].long()) for n in judge.MOVING})
        return sum(losses.values()), {**seen, **{n: float(v) for n, v in losses.items()}}

    @torch.no_grad()
    def look(average):
        average.eval()
        for name in ("drawn", "disturbed"):
            colour, luma = video[:, list(judge.COLOUR_FRAMES)], judge.luminance(video)
            if name == "disturbed":
                colour, luma = disturb(colour.flatten(1, 2), 3).view_as(colour), disturb(ghost(luma), 1)
            logits, _ = average(colour, luma)
            shares = {n: round(100 * float((logits[n].argmax(1) == asked_of_test[:, i]).float().mean()), 1) for i, n in enumerate(NAMES)}
            print(f"judge at step {loop.steps}, {clips.looks.count} looks, {clips.motions.count} motions, {name}: {shares}", flush=True)

    loop.run(step, look)
    return loop.average


def freeze(folder, model):
    """16-bit weights and the config that the C# runtime reads."""
    os.makedirs(folder, exist_ok=True)
    with open(folder + "/config.json", "w") as f:
        json.dump(judge.CONFIG, f, indent=1)
        f.write("\n")
    tensors.write(folder + "/judge.safetensors", model.state_dict(), torch.float16)


if __name__ == "__main__":
    import sys
    torch.set_num_threads(1)
    freeze(sys.argv[3], train(sys.argv[1], float(sys.argv[2]), sys.argv[4] if len(sys.argv) > 4 else None))
