"""Stage 2: the transformer, on latents of clips of six blocks, half of which change what they show at a block border."""
import json
import os

import torch
import torch.nn.functional as F

import conditions
import export
import flow
import train_vae
import transformer
import vae
import world
from attributes import ATTRIBUTES
from loop import Loop, autocast, weights
from policy import Policy

BLOCKS = 6
SPAN = 4 * flow.FRAMES                                   # frames of video per block
SUBJECT_WEIGHT = 2.0                                     # how much more the place of a subject counts: it is a small part of the picture, and what people look at


def load_average(model, path):
    model.load_state_dict(torch.load(path, map_location="cpu")["average"])
    return model.eval()


def load_vae(folder, checkpoint="vae.pt"):
    """The encoder is fixed from here on, and so are the latents' statistics: measured once, kept beside the checkpoint. An exported model's vae/
    holds both already, so training goes on from the committed weights: `train_world.py work ../models/world/vae 60 --start_from ../models/world/transformer/…`."""
    if os.path.exists(folder + "/config.json"):
        with open(folder + "/config.json") as f:
            model = vae.Vae(json.load(f))
        model.load_state_dict(weights(folder + "/diffusion_pytorch_model.safetensors"))
        return model.eval()
    model = load_average(vae.Vae(), folder + "/" + checkpoint)
    path = folder + "/latents.pt"
    if not os.path.exists(path):
        train_vae.measure_latents(model)
        torch.save({k: model.cfg[k] for k in ("latents_mean", "latents_std")}, path)
    model.cfg.update(torch.load(path))
    return model


class Prompts:
    """The condition of attributes: seven rows of the fixed tables that the text encoder carries."""

    def __init__(self, tables):
        self.tables = tables

    def __call__(self, attributes):
        """[..., 7] -> [..., 7, caption]"""
        return conditions.conditions(self.tables, attributes)


def subject_maps(height):
    """Where each subject is seen, heading either way: [subjects, 2, h, w] in [0, 1], on the grid of the latents. Subjects stay where they are in
    the picture, so a few moments of the clock are enough."""
    subjects = len(ATTRIBUTES["subject"])
    maps = torch.zeros(subjects, 2, height // 16, round(height * world.WIDTH) // 16)
    clock = torch.arange(0, 8, .75)
    still = torch.zeros(len(clock))
    for subject in range(1, subjects):
        for direction in (0, 1):
            pictures = []
            for shown in (0, subject):
                a = torch.tensor([[0, 1, 0, shown, 1, direction, 0]]).expand(len(clock), -1)
                pictures.append(world.clips(a, a, torch.full((len(clock),), 99), 1, height, place=(still, clock))[:, 0])
            changed = ((pictures[0] - pictures[1]).abs().amax(1, keepdim=True) > .15).float()
            maps[subject, direction] = F.avg_pool2d(changed, 16).mean((0, 1)).mul(3).clamp(max=1)
    return maps


class Pool:
    """Latents of rendered clips; every step adds some, so that the world is never seen twice for long."""

    def __init__(self, autoencoder, size, height, path=None):
        self.vae, self.height, self.size, self.path = autoencoder, height, size, path
        self.items, self.at = [], 0
        self.maps = subject_maps(height)
        if path and os.path.exists(path):
            self.items = torch.load(path)
            self.at = len(self.items) % size

    def add(self, n):
        before = world.random_attributes(n).float()
        after = world.change_some(before.long()).float()
        for column, top, share in ((world.SPEED, 2, .35), (world.TIME, 4, .25)):           # numbers between the words
            for attributes in (before, after):
                between = torch.rand(n) < share
                attributes[:, column] = torch.where(between, torch.rand(n) * top, attributes[:, column])
        keeps = (before.floor() == after.floor()) & (torch.rand(before.shape) < .7)
        after = torch.where(keeps, before, after)
        bad = world.holds_pair(before.floor()) | world.holds_pair(after.floor()) | world.holds_pair(before.ceil() % 4) | world.holds_pair(after.ceil() % 4)
        before[:, world.TIME] = torch.where(bad, before[:, world.TIME].floor(), before[:, world.TIME])
        after[:, world.TIME] = torch.where(bad, after[:, world.TIME].floor(), after[:, world.TIME])
        border = torch.where(torch.rand(n) < .5, torch.randint(1, BLOCKS, (n,)), torch.full((n,), 99))
        video = world.clips(before, after, border * SPAN, BLOCKS * SPAN, self.height)
        with torch.no_grad(), autocast():
            latents = self.vae.encode(video).transpose(1, 2).half()
            still = self.vae.encode(video[:, 3:4].expand(-1, 4, -1, -1, -1)).transpose(1, 2).half()
        for i in range(n):
            item = (latents[i].clone(), before[i], after[i], int(border[i]), still[i].clone())
            if len(self.items) < self.size:
                self.items.append(item)
            else:
                self.items[self.at] = item
                self.at = (self.at + 1) % self.size

    def draw(self, n, prompts, blocks=BLOCKS, still=.12):
        """A random stretch of `blocks` blocks of n clips -> latents, conditions as the context saw them, conditions, weight of every place, whether
        the first latent frame is a given picture. With a change in the clip the block before it is, half of the time, re-read with the new prompt."""
        rows = [self.items[i] for i in torch.randint(len(self.items), (n,)).tolist()]
        latents = torch.stack([r[0] for r in rows]).float()
        number = torch.arange(BLOCKS)
        pick = lambda border: torch.stack([torch.where((number < b).unsqueeze(1), r[1], r[2]) for r, b in zip(rows, border)])
        borders = [r[3] for r in rows]
        early = [b - int(torch.rand(()) < .5) for b in borders]
        at = int(torch.randint(BLOCKS - blocks + 1, ()))
        held = torch.zeros(n, dtype=torch.bool)
        if at == 0:
            held = torch.rand(n) < still * (BLOCKS - blocks + 1)
            latents[held, :, 0] = torch.stack([r[4] for r in rows]).float()[held, :, 0]
        part = slice(at, at + blocks)
        shown = pick(borders)[:, part]
        seen = self.maps[shown[..., world.SUBJECT].long(), shown[..., world.DIRECTION].long()]       # [n, blocks, h, w]
        weight = (1 + SUBJECT_WEIGHT * seen).repeat_interleave(flow.FRAMES, 1).unsqueeze(1)
        return latents[:, :, at * flow.FRAMES:(at + blocks) * flow.FRAMES], prompts(pick(early)[:, part]), prompts(shown), weight, held

    def scenes(self, n, prompts):
        """Single blocks of n clips, none of them in the middle of a change -> latents [n, C, FRAMES, h, w], conditions [n, L, caption], weight."""
        latents, shown = [], []
        for i in torch.randint(len(self.items), (n,)).tolist():
            whole, before, after, border, _ = self.items[i]
            b = int(torch.randint(BLOCKS, ()))
            while border <= b < border + 2:
                b = int(torch.randint(BLOCKS, ()))
            latents.append(whole[:, b * flow.FRAMES:(b + 1) * flow.FRAMES])
            shown.append(before if b < border else after)
        shown = torch.stack(shown)
        seen = self.maps[shown[:, world.SUBJECT].long(), shown[:, world.DIRECTION].long()]
        return torch.stack(latents).float(), prompts(shown), (1 + SUBJECT_WEIGHT * seen).view(n, 1, 1, *seen.shape[1:])

    def save(self):
        if self.path:
            torch.save(self.items, self.path + ".tmp")
            os.replace(self.path + ".tmp", self.path)


def hidden(name):
    return "transformer_blocks" in name and "table" not in name and "conv_depth" not in name


def train(folder, vae_folder, minutes, height=192, batch=1, rate=1.5e-3, muon_rate=.02, pool_size=1200, shift=4.0, name="world", start_from=None, fill=48, fresh=3, pool_path=None,
          own_context=0.0, workers=1, blocks=4, copies=2, share=.5, policy="window(3)", scenes=0):
    """fresh: a new clip every so many steps; share: of the noise levels that are the sampler's own; scenes: every second step learns this many
    single scenes instead of a clip."""
    autoencoder = load_vae(vae_folder)
    prompts = Prompts(conditions.condition_tables())
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
    kept = Policy(policy)
    levels = [t / 1000 for t in export.SAMPLER["timesteps"]]

    def step(model):
        if loop.steps % fresh == 0:
            pool.add(1)
        if scenes and loop.steps % 2:
            drawn = pool.scenes(scenes, prompts)
            with autocast():
                total, plain = flow.scene_loss(model, *drawn, shift, levels, share)
            return total, {"scenes": plain}
        latents, tokens_clean, tokens, weight, held = pool.draw(batch, prompts, blocks)
        with autocast():
            total, plain = flow.loss(model, latents, tokens_clean, tokens, weight, held, shift, own_context=own_context, copies=copies, levels=levels, share=share, policy=kept)
        return total, {"clips": plain}

    def look(average):
        pool.save()

    loop.run(step, look)


if __name__ == "__main__":
    import argparse
    p = argparse.ArgumentParser()
    p.add_argument("folder"), p.add_argument("vae"), p.add_argument("minutes", type=float)
    for option, kind in (("height", int), ("batch", int), ("rate", float), ("muon_rate", float), ("pool_size", int), ("shift", float), ("name", str), ("start_from", str), ("fill", int), ("fresh", int),
                         ("pool_path", str), ("own_context", float), ("workers", int), ("blocks", int), ("copies", int), ("share", float), ("policy", str), ("scenes", int)):
        p.add_argument("--" + option, type=kind)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 2)))
    train(**{("vae_folder" if k == "vae" else k): v for k, v in vars(p.parse_args()).items() if v is not None})
