"""Teaches the text encoder's word embedding misspellings, alone and against fixed targets: a minute or two, where the whole network would take an hour.

    train_spelling.py <work folder> [--steps 1200]          changes text.pt there; go on with train_text.py afterwards, so that the network gets used to it
"""
import math
import os
import random

import torch
import torch.nn.functional as F

import text
from spelling import KNOWN, misspell, variants
from word_pieces import buckets

WORDS = sorted(KNOWN)
MISSPELT = [w for w in WORDS if KNOWN[w] - {"filler", "unknown"} and variants(w, False)]
PIECES = {("<" + w + ">")[i:i + 3] for w in WORDS for i in range(len(w))}      # of three letters, that some known word has


def smudged(word, r, count):
    """The buckets of a misspelt word, with those that no known word has at random: what is learnt must hold for misspellings never seen."""
    whole, *pieces = buckets(word, count)
    return [r.randrange(count)] + [b if ("<" + word + ">")[i:i + 3] in PIECES or r.random() < .3 else r.randrange(count) for i, b in enumerate(pieces)]


def embed(weight, rows):
    """Rows of buckets -> [rows, C], as the text encoder does it."""
    offsets = torch.tensor([0] + [len(row) for row in rows[:-1]]).cumsum(0)
    return F.embedding_bag(torch.tensor([b for row in rows for b in row]), weight, offsets, mode="mean")


def likeness(weight, target, r, count=512):
    """How far misspelt words lie from the right ones in `target`, relative to the right ones' spread."""
    size = len(weight)
    right = r.choices(MISSPELT, k=count)
    wrong = [misspell(w, r) for w in right]
    goal = embed(target, [buckets(w, size) for w in right])
    return (embed(weight, [smudged(w, r, size) if r.random() < .8 else buckets(w, size) for w in wrong]) - goal).square().mean() / goal.var(0).mean()


def teach(model, steps=1200, rate=4e-3):
    """Misspelt words move to the right ones; every known word stays where the network expects it."""
    weight, fixed = model.embedding.weight, model.embedding.weight.detach().clone()
    spread = embed(fixed, [buckets(w, len(fixed)) for w in MISSPELT]).var(0).mean()
    optimizer, r = torch.optim.Adam([weight], lr=rate, betas=(.9, .98)), random.Random(5)
    for i in range(steps):
        optimizer.param_groups[0]["lr"] = rate * (.03 + .97 * .5 * (1 + math.cos(math.pi * i / steps)))
        known = [buckets(w, len(fixed)) for w in r.choices(WORDS, k=384)]
        moved = (embed(weight, known) - embed(fixed, known)).square().mean() / spread
        misspelt = likeness(weight, fixed, r)
        optimizer.zero_grad()
        (misspelt + 2 * moved).backward()
        optimizer.step()
        if i % 200 == 0 or i == steps - 1:
            print(f"spelling step {i}: misspelt words {misspelt.item():.3f} from the right ones, known words moved {moved.item():.4f}", flush=True)


def run(folder, steps=1200):
    """On the average in folder/text.pt, once: folder/text_spelling.done remembers it."""
    done = folder + "/text_spelling.done"
    if os.path.exists(done):
        return
    saved = torch.load(folder + "/text.pt", map_location="cpu")
    model = text.TextEncoder()
    model.load_state_dict(saved["average"])
    teach(model, steps)
    saved["average"] = model.state_dict()
    saved["model"] = {k: v.clone() for k, v in saved["average"].items()}
    torch.save(saved, folder + "/text.pt.tmp")
    os.replace(folder + "/text.pt.tmp", folder + "/text.pt")
    open(done, "w").close()


if __name__ == "__main__":
    import argparse
    p = argparse.ArgumentParser()
    p.add_argument("folder"), p.add_argument("--steps", type=int, default=1200)
    a = p.parse_args()
    torch.set_num_threads(1)
    run(a.folder, a.steps)
