"""Stage 0: the text encoder, on sentences made up on the spot. Minutes."""
import random

import torch
import torch.nn.functional as F

import sentences
import text
from attributes import ATTRIBUTES, NAMES, canonical
from loop import Loop


def batch(model, r, n, draw=sentences.sample):
    rows = [draw(r) for _ in range(n)]
    inputs = model.batch([(canonical(previous), sentence) for previous, sentence, _, _ in rows])
    values = torch.tensor([[ATTRIBUTES[k].index(after[k]) for k in NAMES] for _, _, after, _ in rows])
    tags = torch.full(inputs[3].shape, -100)
    for i, row in enumerate(rows):
        t = row[3]
        previous = len(sentences.canonical_tags(row[0]))
        t = t[:previous] + t[previous:][-(model.cfg["max_words"] - previous):]
        tags[i, :len(t)] = torch.tensor([model.cfg["tags"].index(x) for x in t])
    return inputs, values, tags


def alone(r):
    """A canonical sentence with nothing after it: what conditions the video."""
    values = {n: r.choice(v) for n, v in ATTRIBUTES.items()}
    return values, "", values, sentences.canonical_tags(values)


def measure(model, seed=999, n=4000):
    """Held-out sentences: share with every attribute right, share of attributes, share of tags."""
    r = random.Random(seed)
    right = total = tag_right = tag_total = 0
    with torch.no_grad():
        for _ in range(n // 200):
            inputs, values, tags = batch(model, r, 200)
            slots, hidden = model(*inputs)
            chosen = torch.stack([model.heads[k](slots[:, i]).argmax(-1) for i, k in enumerate(NAMES)], 1)
            right += int((chosen == values).all(1).sum())
            total += 200
            known = tags >= 0
            tag_right += int((model.tag_head(hidden).argmax(-1) == tags)[known].sum())
            tag_total += int(known.sum())
    return right / total, tag_right / tag_total


def hidden(name):
    return name.startswith("layers.")


def train(folder, minutes, rate=2e-3, size=96, start_from=None, anchor=None, muon_rate=.01):
    """anchor: the checkpoint a video model was trained with; the slots of canonical sentences then stay what they were."""
    torch.manual_seed(0)
    model = text.TextEncoder()
    fixed = None
    if anchor:
        fixed = text.TextEncoder()
        fixed.load_state_dict(torch.load(anchor, map_location="cpu")["average"])
    loop = Loop("text", model, folder, minutes, rate, decay=.995, every=45, hidden=hidden, start_from=start_from, muon_rate=muon_rate)
    r = random.Random(f"{loop.steps} {minutes}")

    def step(model):
        inputs, values, tags = batch(model, r, size, alone if r.random() < .03 else sentences.sample)
        slots, hidden = model(*inputs)
        attribute = sum(F.cross_entropy(model.heads[k](slots[:, i]), values[:, i]) for i, k in enumerate(NAMES))
        tag = F.cross_entropy(model.tag_head(hidden).flatten(0, 1), tags.flatten(), ignore_index=-100)
        if fixed:
            plain = [(canonical(alone(r)[0]), "") for _ in range(48)]
            with torch.no_grad():
                wanted = fixed.encode(plain)[0]
            drift = (model(*model.batch(plain))[0] - wanted).square().mean()
            return attribute + tag + 30 * drift, {"attributes": attribute.item(), "tags": tag.item(), "drift": drift.item()}
        return attribute + tag, {"attributes": attribute.item(), "tags": tag.item()}

    def look(average):
        every, tag = measure(average, n=1000)
        print(f"text test: all five attributes right {every:.4f}, tags {tag:.4f} at step {loop.steps}", flush=True)

    loop.run(step, look)


if __name__ == "__main__":
    import sys
    torch.set_num_threads(1)
    before = sys.argv[3] if len(sys.argv) > 3 else None                    # go on from a checkpoint that a video model already knows
    train(sys.argv[1], float(sys.argv[2]), start_from=before, anchor=before, **({"rate": 1e-3, "muon_rate": .004} if before else {}))
