"""Stage 0: the text encoder, on sentences made up on the spot.

    train_text.py <work folder> <minutes> [--export <text_encoder folder>] [--start_from <model.safetensors>]
                                                                              resumes; with --export the latest average is written every 90 s
    train_text.py <work folder> --check                                       readings of held-out and of hand-typed sentences
"""
import json
import os
import random

import torch
import torch.nn.functional as F

import heldout_sentences
import sentences
import text
from attributes import ATTRIBUTES, NAMES
from loop import Loop
from train_spelling import likeness

TYPED = os.path.join(os.path.dirname(__file__), "typed_sentences.json")       # [[text, what it names]], typed by hand
ALIKE = 16                                               # so many batches are drawn at once and sorted by length, so that little is padding


def tensors(model, rows):
    """[(text, named, tags)] -> the network's inputs, values [B, 7] (0: not named), tags [B, N] (-100: no word)."""
    inputs = model.batch([row[0] for row in rows])
    values = torch.tensor([[1 + ATTRIBUTES[k].index(named[k]) if k in named else 0 for k in NAMES] for _, named, _ in rows])
    tags = torch.full(inputs[-1].shape, -100)
    for i, (_, _, row) in enumerate(rows):
        row = row[-model.cfg["max_words"]:]
        tags[i, :len(row)] = torch.tensor([model.cfg["tags"].index(t) for t in row], dtype=torch.long)
    return inputs, values, tags


def batches(r, size):
    while True:
        rows = sorted((sentences.sample(r) for _ in range(size * ALIKE)), key=lambda row: len(row[2]))
        parts = [rows[i:i + size] for i in range(0, len(rows), size)]
        r.shuffle(parts)
        yield from parts


@torch.no_grad()
def read(model, texts):
    """-> [{attribute: value} that each text names]"""
    out = []
    for i in range(0, len(texts), 200):
        out += [text.named(row) for row in model.encode(texts[i:i + 200])[1].tolist()]
    return out


def measure(model, rows):
    """[(text, named)] -> share with every attribute right, share right per attribute, the wrong ones [(text, named, read)]"""
    got = read(model, [t for t, _ in rows])
    wrong = [(t, named, g) for (t, named), g in zip(rows, got) if g != named]
    each = {k: sum(g.get(k) == named.get(k) for (_, named), g in zip(rows, got)) / len(rows) for k in NAMES}
    return 1 - len(wrong) / len(rows), each, wrong


def heldout(count, seed=999):
    r = random.Random(seed)
    return [heldout_sentences.sample(r) for _ in range(count)]


def typed():
    with open(TYPED) as f:
        return [tuple(row) for row in json.load(f)]


def hidden(name):
    return name.startswith("layers.")


def train(folder, minutes, rate=2e-3, size=48, muon_rate=.01, export_to=None, start_from=None):
    torch.manual_seed(0)
    model = text.TextEncoder()
    loop = Loop("text", model, folder, minutes, rate, decay=.995, every=90, hidden=hidden, muon_rate=muon_rate, start_from=start_from)
    r = random.Random(f"{loop.steps} {minutes}")
    source = batches(r, size)

    def step(model):
        inputs, values, tags = tensors(model, next(source))
        slots, hidden = model(*inputs)
        attribute = sum(F.cross_entropy(model.heads[k](slots[:, i]), values[:, i]) for i, k in enumerate(NAMES))
        tag = F.cross_entropy(model.tag_head(hidden).flatten(0, 1), tags.flatten(), ignore_index=-100)
        spelling = likeness(model.embedding.weight, model.embedding.weight.detach(), r)
        return attribute + tag + 10 * spelling, {"attributes": attribute.item(), "tags": tag.item(), "spelling": spelling.item()}

    def look(average):
        print(f"text test at step {loop.steps}: every attribute right in {measure(average, heldout(400))[0]:.4f} of held-out sentences, {measure(average, typed())[0]:.4f} of hand-typed ones", flush=True)
        if export_to:
            import export
            export.write_text(export_to, average)

    loop.run(step, look)


def check(folder, count=4000):
    """Prints how held-out sentences are read, and every hand-typed sentence that is read wrongly. -> whether 99 % and all hand-typed ones are right."""
    model = text.TextEncoder()
    model.load_state_dict(torch.load(folder + "/text.pt", map_location="cpu")["average"])
    share, each, wrong = measure(model, heldout(count))
    for t, named, got in wrong[:40]:
        print(f"  {t}\n      {({k: (named.get(k), got.get(k)) for k in NAMES if named.get(k) != got.get(k)})}")
    print(f"held-out sentences: every attribute right in {share:.4f} of {count};", ", ".join(f"{k} {v:.4f}" for k, v in each.items()))
    rows = typed()
    typed_share, _, typed_wrong = measure(model, rows)
    for t, named, got in typed_wrong:
        print(f"  typed: {t}\n      {({k: (named.get(k), got.get(k)) for k in NAMES if named.get(k) != got.get(k)})}")
    print(f"hand-typed sentences: {typed_share:.4f} of {len(rows)}")
    return share >= .99 and not typed_wrong


if __name__ == "__main__":
    import argparse
    import sys
    p = argparse.ArgumentParser()
    p.add_argument("folder"), p.add_argument("minutes", type=float, nargs="?"), p.add_argument("--export"), p.add_argument("--start_from"), p.add_argument("--check", action="store_true")
    a = p.parse_args()
    torch.set_num_threads(1)
    if a.check:
        sys.exit(0 if check(a.folder) else 1)
    if a.minutes is None:
        p.error("say how many minutes to train, or --check")
    train(a.folder, a.minutes, export_to=a.export, start_from=a.start_from)
