"""Cues for evaluation only: new words for a running stream that name one attribute, in frames that training never draws.

    heldout_cues.py --count 500 --seed 1                     JSON lines {"text": ..., "values": {the one it names}}
"""
import argparse
import json
import random

from attributes import ATTRIBUTES, NAMES
from heldout_sentences import say
from spelling import misspell

FRAMES = ["how about {}?", "{}, if you would", "and from here on {}", "we would like {} better", "could we try {} next?", "my vote goes to {}", "{}!!"]
ARTICLE = ("biome", "subject")                           # "a forest", "a train": the others say themselves


def sample(r):
    """-> text, {attribute: value}."""
    name = r.choice(NAMES)
    value = r.choice(ATTRIBUTES[name])
    words = say(name + "_a" if name in ARTICLE else name, value, r)
    errors = r.choice([0, 0, .15])
    words = " ".join(misspell(w, r, True) if r.random() < errors else w for w in words.split())
    text = r.choice(FRAMES).format(words)
    return text.upper() if r.random() < .1 else text.capitalize() if r.random() < .4 else text, {name: value}


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--count", type=int, required=True), p.add_argument("--seed", type=int, required=True)
    a = p.parse_args()
    r = random.Random(a.seed)
    for _ in range(a.count):
        text, values = sample(r)
        print(json.dumps({"text": text, "values": values}))
