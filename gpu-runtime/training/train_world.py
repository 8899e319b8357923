"""Stage 2: the transformer, on latents of clips of six blocks, half of which change what they show at a block border."""
import os

import torch

import flow
import text
import train_vae
import transformer
import vae
import world
from attributes import ATTRIBUTES, NAMES, canonical
from loop import Loop

BLOCKS = 6
SPAN = 4 * flow.FRAMES                                   # frames of video per block


def load_average(model, path):
    model.load_state_dict(torch.load(path, map_location="cpu")["average"])
    return model.eval()


def load_vae(folder):
    """The encoder is fixed from here on, and so are the latents' statistics: measured once, kept beside the checkpoint."""
    model = load_average(vae.Vae(), folder + "/vae.pt")
    path = folder + "/latents.pt"
    if not os.path.exists(path):
        train_vae.measure_latents(model)
        torch.save({k: model.cfg[k] for k in ("latents_mean", "latents_std")}, path)
    model.cfg.update(torch.load(path))
    return model


class Prompts:
    """The slots of every canonical sentence."""

    def __init__(self, encoder):
        sizes = [len(v) for v in ATTRIBUTES.values()]
        self.stride = torch.tensor([1, *sizes[:0:-1]]).cumprod(0).flip(0)                  # attributes -> row
        every = torch.cartesian_prod(*(torch.arange(n) for n in sizes))
        with torch.no_grad():
            self.table = torch.cat([encoder.encode([(canonical(row.tolist()), "") for row in part])[0] for part in every.split(256)])

    def __call__(self, attributes):
        """[..., 5] -> [..., 6, caption]"""
        return self.table[(attributes * self.stride).sum(-1)]


class Pool:
    """Latents of rendered clips; every step adds some, so that the world is never seen twice for long."""

    def __init__(self, autoencoder, size, height, path=None):
        self.vae, self.height, self.size, self.path = autoencoder, height, size, path
        self.items, self.at = [], 0
        if path and os.path.exists(path):
            self.items = torch.load(path)
            self.at = len(self.items) % size

    def add(self, n):
        before = world.random_attributes(n)
        after = world.change_some(before)
        border = torch.where(torch.rand(n) < .5, torch.randint(1, BLOCKS, (n,)), torch.full((n,), 99))
        video = world.clips(before, after, border * SPAN, BLOCKS * SPAN, self.height)
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            latents = self.vae.encode(video).transpose(1, 2).half()
        for i in range(n):
            item = (latents[i].clone(), before[i], after[i], int(border[i]))
            if len(self.items) < self.size:
                self.items.append(item)
            else:
                self.items[self.at] = item
                self.at = (self.at + 1) % self.size

    def draw(self, n, prompts, blocks=BLOCKS):
        """A random stretch of `blocks` blocks of n clips -> latents, slots as the context saw them, slots. With a change in the clip the block before it is, half of the time, re-read with the new prompt."""
        rows = [self.items[i] for i in torch.randint(len(self.items), (n,)).tolist()]
        latents = torch.stack([r[0] for r in rows]).float()
        number = torch.arange(BLOCKS)
        pick = lambda border: torch.stack([torch.where((number < b).unsqueeze(1), r[1], r[2]) for r, b in zip(rows, border)])
        borders = [r[3] for r in rows]
        early = [b - int(torch.rand(()) < .5) for b in borders]
        at = int(torch.randint(BLOCKS - blocks + 1, ()))
        part = slice(at, at + blocks)
        return latents[:, :, at * flow.FRAMES:(at + blocks) * flow.FRAMES], prompts(pick(early)[:, part]), prompts(pick(borders)[:, part])

    def save(self):
        if self.path:
            torch.save(self.items, self.path + ".tmp")
            os.replace(self.path + ".tmp", self.path)


def hidden(name):
    return "transformer_blocks" in name and "table" not in name and "conv_depth" not in name


def train(folder, vae_folder, text_folder, minutes, height=96, batch=4, rate=1.5e-3, muon_rate=.02, pool_size=3000, shift=3.0, name="world", start_from=None, fill=160, fresh=1, pool_path=None,
          own_context=0.0, workers=1, blocks=BLOCKS):
    autoencoder = load_vae(vae_folder)
    prompts = Prompts(load_average(text.TextEncoder(), text_folder + "/text.pt"))
    model = transformer.Transformer()
    torch.nn.init.zeros_(model.proj_out.weight)
    for block in model.transformer_blocks:
        torch.nn.init.zeros_(block.ff.conv_temp.weight)      # new layers start as nothing
        torch.nn.init.zeros_(block.attn2.to_out[0].weight)
    loop = Loop(name, model, folder, minutes, rate, decay=.997, hidden=hidden, muon_rate=muon_rate, start_from=start_from, workers=workers)
    pool = Pool(autoencoder, pool_size, height, pool_path)
    while len(pool.items) < fill:
        pool.add(4)
    pool.save()
    print("pool", len(pool.items), flush=True)

    def step(model):
        if fresh and loop.steps % 4 == 0:
            pool.add(2 * fresh)
        latents, slots_clean, slots = pool.draw(batch, prompts, blocks)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            total = flow.loss(model, latents, slots_clean, slots, shift, own_context=own_context)
        return total, {"flow": total.item()}

    def look(average):
        pool.save()

    loop.run(step, look)


if __name__ == "__main__":
    import argparse
    p = argparse.ArgumentParser()
    p.add_argument("folder"), p.add_argument("vae"), p.add_argument("text"), p.add_argument("minutes", type=float)
    for option, kind in (("height", int), ("batch", int), ("rate", float), ("muon_rate", float), ("pool_size", int), ("shift", float), ("name", str), ("start_from", str), ("fill", int), ("fresh", int), ("pool_path", str), ("own_context", float), ("workers", int), ("blocks", int)):
        p.add_argument("--" + option, type=kind)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 2)))
    train(**{("vae_folder" if k == "vae" else "text_folder" if k == "text" else k): v for k, v in vars(p.parse_args()).items() if v is not None})
