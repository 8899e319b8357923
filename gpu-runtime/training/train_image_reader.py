"""The image reader: what a start image shows, read in its latents, so that a stream that was given a picture and no words keeps what is seen.

One linear layer per attribute over the mean and the maximum of every latent channel in six parts of the picture (three rows, two columns): a logistic
regression on fresh renders, a few minutes on a CPU. An attribute is exported only if it is read well on renders that the fit never saw; speed cannot be
seen in a picture that stands still. It belongs to one VAE: train it again with every new one.

    python3 train_image_reader.py ../models/world
"""
import argparse
import os
import time

import torch
import torch.nn.functional as F

import tensors
import world
from attributes import ATTRIBUTES, NAMES
from train_world import load_vae

ROWS, COLUMNS = 3, 2
READ = ["biome", "time", "weather", "subject", "direction", "style"]


def describe(latents):
    """[B, z, h, w] -> [B, 6 * 2 * z]: parts from the top left, row by row; of each the means, then the maxima. ImageReader.Describe in the runtime."""
    cut = lambda size, parts: [slice(i * size // parts, max((i + 1) * size // parts, i * size // parts + 1)) for i in range(parts)]
    parts = [latents[:, :, y, x].flatten(2) for y in cut(latents.shape[2], ROWS) for x in cut(latents.shape[3], COLUMNS)]
    return torch.cat([torch.cat((p.mean(2), p.amax(2)), 1) for p in parts], 1)


@torch.no_grad()
def examples(model, n, seed, at_once=8):
    """Features and attributes of n pictures, each a video of four equal frames, rounded to bytes as a file would be."""
    g = torch.Generator().manual_seed(seed)
    attributes, rows = world.random_attributes(n, g, held_out=None), []
    for part in attributes.split(at_once):
        picture = world.clips(part, part, torch.full((len(part),), 999), 1, 192, None, g)
        picture = ((picture.clamp(-1, 1) + 1) * 127.5).round() / 127.5 - 1
        rows.append(describe(model.encode(picture.expand(-1, 4, -1, -1, -1))[:, 0]))
    return torch.cat(rows), attributes


def fit(features, target, values, decay):
    """-> weight [values, features], bias [values] of a logistic regression with the least squares of its weights times `decay` added to the loss."""
    mean, std = features.mean(0), features.std(0).clamp_min(1e-4)
    x = (features - mean) / std
    weight, bias = torch.zeros(values, x.shape[1], requires_grad=True), torch.zeros(values, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss():
        optimiser.zero_grad()
        value = F.cross_entropy(x @ weight.T + bias, target) + decay * weight.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    weight = weight.detach() / std
    return weight, bias.detach() - weight @ mean


def accuracy(x, target, weight, bias):
    return float(((x @ weight.T + bias).argmax(1) == target).float().mean())


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder", help="a model folder with vae/; image_reader/ is written beside it")
    p.add_argument("--pictures", type=int, default=3000)
    p.add_argument("--decay", type=float, default=1e-3)
    p.add_argument("--least", type=float, default=.85, help="share of fresh renders that an attribute must be read in to be exported")
    a = p.parse_args()
    start = time.time()
    model = load_vae(a.folder + "/vae")
    (x, y), (x_test, y_test) = examples(model, a.pictures, 1), examples(model, max(200, a.pictures // 6), 2)
    out = {}
    for name in READ:
        at = NAMES.index(name)
        # Which way an empty scene goes cannot be seen in it.
        seen, seen_test = ((rows[:, NAMES.index("subject")] > 0) if name == "direction" else torch.ones(len(rows), dtype=torch.bool) for rows in (y, y_test))
        weight, bias = fit(x[seen], y[seen, at], len(ATTRIBUTES[name]), a.decay)
        right = accuracy(x_test[seen_test], y_test[seen_test, at], weight, bias)
        print(f"{name}: {100 * right:.1f} % of {int(seen_test.sum())} fresh renders, {100 * accuracy(x[seen], y[seen, at], weight, bias):.1f} % of those fitted"
              + ("" if right >= a.least else "; not exported"), flush=True)
        if right >= a.least:
            out[name + ".weight"], out[name + ".bias"] = weight, bias
    if not out:
        raise SystemExit("Nothing is read well enough to be exported.")
    tensors.write(os.path.join(a.folder, "image_reader", "model.safetensors"), out)
    print(f"{a.folder}/image_reader: {sum(v.numel() for v in out.values())} numbers, {time.time() - start:.0f} s")


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 2)))
    main()
