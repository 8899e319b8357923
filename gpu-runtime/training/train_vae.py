"""The autoencoder, on clips of three latent frames, windows of full-size pictures; then its decoder alone."""
import os

import torch
import torch.nn.functional as F

import vae
import world
from loop import Loop, autocast


class Pool:
    """A few hundred rendered clips, of which every step replaces some: rendering costs more than a step of training would allow for all of them.
    Clips are windows of full-size pictures: whole in height (water mirrors what is above it), half in width, on the grid of the latents."""

    def __init__(self, size, frames=12, height=192, width=160):
        self.clips = torch.empty(size, frames, 3, height, width, dtype=torch.uint8)
        self.frames, self.shape, self.next = frames, (height, width), 0
        self.filled = 0

    def add(self, n):
        h, w = self.shape
        before = world.random_attributes(n)
        after = world.change_some(before)
        change = torch.where(torch.rand(n) < .25, torch.randint(-4, 8, (n,)), torch.full((n,), 999))
        window = (16 * int(torch.randint(0, 11, ())), 0, w, h)
        video = world.clips(before, after, change, self.frames, h, window)
        for clip in ((video + 1) * 127.5).round().clamp(0, 255).byte():
            self.clips[self.next] = clip
            self.next = (self.next + 1) % len(self.clips)
            self.filled = min(self.filled + 1, len(self.clips))

    def draw(self, n):
        pick = torch.randint(self.filled, (n,))
        return self.clips[pick].float() / 127.5 - 1


def test_clips():
    g = torch.Generator().manual_seed(7)
    a = world.random_attributes(12, g)
    a[:, 0] = torch.arange(12) % 6
    return world.clips(a, a, torch.full((12,), 999), 8, 192, None, g)


@torch.no_grad()
def reconstruct(model, video):
    mean, _ = model.encoder(video)
    return model.decoder(mean.view(video.shape[0], -1, *mean.shape[1:]))[0].clamp(-1, 1)


def psnr(a, b):
    return float(10 * torch.log10(4 / (a - b).square().flatten(1).mean(1)).mean())


@torch.no_grad()
def measure_latents(model, clips=96):
    """Mean and standard deviation per channel, over whole scenes."""
    g = torch.Generator().manual_seed(11)
    rows = []
    for part in world.random_attributes(clips, g).split(8):
        video = world.clips(part, part, torch.full((len(part),), 999), 4, 192, None, g)
        rows.append(model.encoder(video)[0].transpose(0, 1).flatten(1))
    z = torch.cat(rows, 1)
    model.cfg["latents_mean"] = [round(float(v), 5) for v in z.mean(1)]
    model.cfg["latents_std"] = [round(float(v), 5) for v in z.std(1)]


def hidden(name):
    """Which matrices Muon trains: all but the first and last of each half."""
    return "conv_in" not in name and "conv_out" not in name


def train(folder, minutes, rate=8e-4, batch=3, decoder_only=False, start_from=None, muon_rate=.01, workers=1, name="vae", fill=160, pool_size=600,
          blur=.12, alike=.2):
    """decoder_only: the encoder stays as it is, and so do latents and whatever was trained on them."""
    loop = Loop(name, vae.Vae(), folder, minutes, rate, freeze="encoder" if decoder_only else None, hidden=hidden, start_from=start_from, muon_rate=muon_rate, workers=workers)
    if decoder_only:
        loop.model.encoder.requires_grad_(False)
    measure_latents(loop.average)
    spread = torch.tensor(loop.average.cfg["latents_std"]).view(1, -1, 1, 1)
    pool, test = Pool(pool_size), test_clips()
    while pool.filled < fill:
        pool.add(4)

    def step(model):
        if loop.steps % 2 == 0:
            pool.add(1)
        with autocast():
            return vae.loss(model, pool.draw(batch), blur=blur * spread, alike=alike)

    def look(average):
        out = reconstruct(average, test)
        change = lambda v: (v[:, 1:] - v[:, :-1]).abs().mean((0, 2, 3, 4))
        moved, border = change(out) / change(test), 3                # the pictures 3 and 4 belong to two latent frames
        print(f"vae test psnr {psnr(out, test):.2f} dB, likeness {vae.likeness(out.flatten(0, 1), test.flatten(0, 1)):.3f}, change of pictures to the true one: within a latent frame "
              f"{moved[:border].mean():.2f}, between two {moved[border]:.2f}, at step {loop.steps}", flush=True)
        pairs = torch.stack((test[:, 5], out[:, 5]), 1).flatten(0, 1)
        world.contact_sheet(pairs, 4, f"{folder}/{name}.png")

    loop.run(step, look)
    return loop.average


if __name__ == "__main__":
    import argparse
    p = argparse.ArgumentParser()
    p.add_argument("folder"), p.add_argument("minutes", type=float)
    for option, kind in (("start_from", str), ("rate", float), ("muon_rate", float), ("batch", int), ("workers", int), ("name", str), ("fill", int), ("blur", float), ("alike", float)):
        p.add_argument("--" + option, type=kind)
    p.add_argument("--decoder_only", action="store_true")
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 2)))
    train(**{k: v for k, v in vars(p.parse_args()).items() if v is not None})
