"""Stage 1: the autoencoder, on clips of three latent frames, whole scenes at half size and crops of full-size ones."""
import torch
import torch.nn.functional as F

import vae
import world
from loop import Loop


class Pool:
    """A few hundred rendered clips, of which every step replaces some: rendering costs more than a step of training would allow for all of them."""

    def __init__(self, size, frames=12, height=96, width=160):
        self.clips = torch.empty(size, frames, 3, height, width, dtype=torch.uint8)
        self.frames, self.shape, self.next = frames, (height, width), 0
        self.filled = 0

    def add(self, n, crops):
        h, w = self.shape
        before = world.random_attributes(n)
        after = world.change_some(before)
        change = torch.where(torch.rand(n) < .25, torch.randint(-4, 8, (n,)), torch.full((n,), 999))
        if crops:
            window = (int(torch.randint(0, 2 * w - w + 1, ())), int(torch.randint(0, 2 * h - h + 1, ())), w, h)
            video = world.clips(before, after, change, self.frames, 2 * h, window)
        else:
            video = world.clips(before, after, change, self.frames, h)
        for clip in ((video + 1) * 127.5).round().clamp(0, 255).byte():
            self.clips[self.next] = clip
            self.next = (self.next + 1) % len(self.clips)
            self.filled = min(self.filled + 1, len(self.clips))

    def draw(self, n):
        pick = torch.randint(self.filled, (n,))
        return self.clips[pick].float() / 127.5 - 1


def test_clips():
    g = torch.Generator().manual_seed(7)
    a = world.random_attributes(8, g)
    a[:6, 0] = torch.arange(6)
    a[:, 3] = torch.tensor([1, 2, 3, 4, 5, 0, 1, 3])
    a[:, 2] = torch.tensor([0, 2, 0, 0, 1, 0, 3, 1])
    b = world.clips(a, a, torch.full((8,), 999), 12, 96, None, g)
    c = world.clips(a, a, torch.full((8,), 999), 12, 192, (90, 60, 160, 96), g)
    return torch.cat((b, c))


@torch.no_grad()
def reconstruct(model, video):
    mean, _ = model.encoder(video)
    return model.decoder(mean.view(video.shape[0], -1, *mean.shape[1:]))[0].clamp(-1, 1)


def psnr(a, b):
    return float(10 * torch.log10(4 / (a - b).square().flatten(1).mean(1)).mean())


@torch.no_grad()
def measure_latents(model, clips=96):
    """Mean and standard deviation per channel, over whole scenes of both sizes."""
    g = torch.Generator().manual_seed(11)
    rows = []
    for height, n in ((96, clips), (192, clips // 3)):
        a = world.random_attributes(n, g)
        for part in a.split(8):
            video = world.clips(part, part, torch.full((len(part),), 999), 4, height, None, g)
            rows.append(model.encoder(video)[0].transpose(0, 1).flatten(1))
    z = torch.cat(rows, 1)
    model.cfg["latents_mean"] = [round(float(v), 5) for v in z.mean(1)]
    model.cfg["latents_std"] = [round(float(v), 5) for v in z.std(1)]


def hidden(name):
    """Which matrices Muon trains: all but the first and last of each half."""
    return "conv_in" not in name and "conv_out" not in name


def train(folder, minutes, rate=8e-4, batch=4, decoder_only=False, start_from=None):
    loop = Loop("vae", vae.Vae(), folder, minutes, rate, freeze="encoder" if decoder_only else None, hidden=hidden, start_from=start_from)
    spread = None
    if decoder_only:                                   # a decoder that is later fed by a transformer should forgive small errors
        measure_latents(loop.average)
        spread = torch.tensor(loop.average.cfg["latents_std"]).view(1, -1, 1, 1)
    pool, test = Pool(768), test_clips()
    for i in range(24):
        pool.add(8, crops=i % 2 == 1)

    def step(model):
        pool.add(1, crops=loop.steps % 2 == 1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return vae.loss(model, pool.draw(batch), blur=.08 * spread if decoder_only else None)

    def look(average):
        out = reconstruct(average, test)
        print(f"vae test psnr whole {psnr(out[:8], test[:8]):.2f} crops {psnr(out[8:], test[8:]):.2f} dB at step {loop.steps}", flush=True)
        pairs = torch.stack((test[:, 5], out[:, 5]), 1).flatten(0, 1)
        world.contact_sheet(pairs, 8, folder + "/vae.png")

    loop.run(step, look)
    return loop.average


if __name__ == "__main__":
    import sys
    torch.set_num_threads(2)
    train(sys.argv[1], float(sys.argv[2]), start_from=sys.argv[3] if len(sys.argv) > 3 else None, decoder_only="decoder" in sys.argv[4:])
