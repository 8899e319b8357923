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


def numbers_between(rows):
    """Numbers between the words, for a share of the rows [N, 7]."""
    rows = rows.float()
    for column, top, share in ((world.SPEED, 2, .35), (world.TIME, 4, .25)):
        rows[:, column] = torch.where(torch.rand(len(rows)) < share, torch.rand(len(rows)) * top, rows[:, column])
    bad = world.holds_pair(rows.floor()) | world.holds_pair(rows.ceil() % 4)
    rows[:, world.TIME] = torch.where(bad, rows[:, world.TIME].floor(), rows[:, world.TIME])
    return rows


class Ring:
    """The last `size` things that were added, kept in a file."""

    def __init__(self, size, path=None):
        self.size, self.path, self.items, self.at = size, path, [], 0
        if path and os.path.exists(path):
            self.items = torch.load(path)
            self.at = len(self.items) % size

    def put(self, item):
        if len(self.items) < self.size:
            self.items.append(item)
        else:
            self.items[self.at] = item
            self.at = (self.at + 1) % self.size

    def draw(self, n):
        return [self.items[i] for i in torch.randint(len(self.items), (n,)).tolist()]

    def save(self):
        if self.path:
            torch.save(self.items, self.path + ".tmp")
            os.replace(self.path + ".tmp", self.path)


class Pool:
    """Latents of rendered clips and of the beginnings of streams; every step adds some, so that the world is never seen twice for long."""

    def __init__(self, autoencoder, size, height, path=None):
        self.vae, self.height = autoencoder, height
        self.clips, self.beginnings = Ring(size, path), Ring(4 * size, path and path + ".beginnings")
        self.maps = subject_maps(height)

    def encode(self, video):
        with torch.no_grad(), autocast():
            return self.vae.encode(video).transpose(1, 2).half()

    def add(self, n):
        """Clips of six blocks, half of them with a change; half of them begin as streams do, the others anywhere."""
        before = world.random_attributes(n)
        after = numbers_between(world.change_some(before))
        before = numbers_between(before)
        keeps = (before.floor() == after.floor()) & (torch.rand(before.shape) < .7)
        after = torch.where(keeps, before, after)
        border = torch.where(torch.rand(n) < .5, torch.randint(1, BLOCKS, (n,)), torch.full((n,), 99))
        begins = torch.rand(n) < .5
        place = (torch.rand(n) * 400 * ~begins, torch.rand(n) * 64 * ~begins)
        video = world.clips(before, after, border * SPAN, BLOCKS * SPAN, self.height, place=place)
        latents, still = self.encode(video), self.encode(video[:, 3:4].expand(-1, 4, -1, -1, -1))
        for i in range(n):
            self.clips.put((latents[i].clone(), before[i], after[i], int(border[i]), still[i].clone(), bool(begins[i])))

    def add_beginnings(self, n):
        shown = numbers_between(world.random_attributes(n))
        latents = self.encode(world.clips(shown, shown, torch.full((n,), 99), SPAN, self.height, place=(torch.zeros(n), torch.zeros(n))))
        for i in range(n):
            self.beginnings.put((latents[i].clone(), shown[i]))

    def fill(self, clips):
        """At least so many clips, and four times as many beginnings."""
        while len(self.clips.items) < clips:
            self.add(4)
        while len(self.beginnings.items) < 4 * clips:
            self.add_beginnings(16)
        self.save()
        print(f"pool: {len(self.clips.items)} clips, {len(self.beginnings.items)} beginnings", flush=True)

    def weight(self, shown):
        """How much every place counts, [..., h, w]."""
        return 1 + SUBJECT_WEIGHT * self.maps[shown[..., world.SUBJECT].long(), shown[..., world.DIRECTION].long()]

    def draw(self, n, prompts, blocks=BLOCKS, still=.12):
        """A random stretch of `blocks` blocks of n clips -> latents, conditions as the context saw them, conditions, weight of every place, whether
        the first latent frame is a given picture, whether a stream begins so. With a change in the clip the block before it is, half of the time, re-read with the new prompt.
        A first block counts only where a stream could begin with it: at a beginning, or after a given picture."""
        rows = self.clips.draw(n)
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
        weight = self.weight(shown)                                                  # [n, blocks, h, w]
        begins = torch.tensor([r[5] for r in rows]) & (at == 0)
        weight[:, 0] *= (held | begins).float().view(n, 1, 1)
        weight = weight.repeat_interleave(flow.FRAMES, 1).unsqueeze(1)
        return latents[:, :, at * flow.FRAMES:(at + blocks) * flow.FRAMES], prompts(pick(early)[:, part]), prompts(shown), weight, held, begins

    def scenes(self, n, prompts):
        """Beginnings of n streams -> latents [n, C, FRAMES, h, w], conditions [n, L, caption], weight."""
        rows = self.beginnings.draw(n)
        shown = torch.stack([r[1] for r in rows])
        return torch.stack([r[0] for r in rows]).float(), prompts(shown), self.weight(shown)[:, None, None]

    def save(self):
        self.clips.save()
        self.beginnings.save()


def hidden(name):
    return "transformer_blocks" in name and "table" not in name and "conv_depth" not in name


def train(folder, vae_folder, minutes, height=192, batch=1, rate=1.5e-3, muon_rate=.02, pool_size=1200, shift=4.0, name="world", start_from=None, fill=48, fresh=3, pool_path=None,
          own_past=0.0, workers=1, blocks=4, copies=2, share=.75, policy="window(3)", scenes=0, every=2,
          continuing=1.0):
    """fresh: a new clip every so many steps; share: of the noise levels that are the sampler's own; scenes: one step in `every` learns this many
    beginnings of streams instead of a clip; continuing: the weight of blocks that have a past."""
    autoencoder = load_vae(vae_folder)
    prompts = Prompts(conditions.condition_tables())
    model = transformer.Transformer()
    torch.nn.init.zeros_(model.proj_out.weight)
    for block in model.transformer_blocks:
        torch.nn.init.zeros_(block.ff.conv_temp.weight)      # new layers start as nothing
        torch.nn.init.zeros_(block.attn2.to_out[0].weight)
    loop = Loop(name, model, folder, minutes, rate, decay=.997, hidden=hidden, muon_rate=muon_rate, start_from=start_from, workers=workers)
    pool = Pool(autoencoder, pool_size, height, pool_path)
    pool.fill(fill)
    kept = Policy(policy)
    sampler = export.SAMPLER
    first_levels = [t / 1000 for t in sampler["first_block_timesteps"]]

    def step(model):
        if loop.steps % fresh == 0:
            pool.add(1)
        if scenes and loop.steps % every == every - 1:
            pool.add_beginnings(1)
            drawn = pool.scenes(scenes, prompts)
            with autocast():
                total, plain = flow.scene_loss(model, *drawn, shift, first_levels, share)
            return total, {"scenes": plain}
        latents, tokens_clean, tokens, weight, held, begins = pool.draw(batch, prompts, blocks)
        own = bool(torch.rand((), generator=torch.Generator().manual_seed(loop.steps)) < own_past)        # both processes at once, or one would wait for the other
        with autocast():
            total, plain = flow.loss(model, latents, tokens_clean, tokens, weight, held, begins, sampler, shift, own_past=own, copies=copies, share=share, policy=kept, continuing=continuing)
        return total, {"own past" if own else "clips": plain}

    def look(average):
        pool.save()

    loop.run(step, look)


if __name__ == "__main__":
    import argparse
    p = argparse.ArgumentParser()
    p.add_argument("folder"), p.add_argument("vae"), p.add_argument("minutes", type=float)
    for option, kind in (("height", int), ("batch", int), ("rate", float), ("muon_rate", float), ("pool_size", int), ("shift", float), ("name", str), ("start_from", str), ("fill", int), ("fresh", int),
                         ("pool_path", str), ("own_past", float), ("workers", int), ("blocks", int), ("copies", int), ("share", float), ("policy", str), ("scenes", int),
                         ("every", int), ("continuing", float)):
        p.add_argument("--" + option, type=kind)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 2)))
    train(**{("vae_folder" if k == "vae" else k): v for k, v in vars(p.parse_args()).items() if v is not None})
