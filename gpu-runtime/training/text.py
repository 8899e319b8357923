"""The text encoder: words become attribute slots by attention.

    encode(previous, text): words of the previous canonical sentence (segment 0), then words of the new text (segment 1); six learned slots in
    front; a small pre-norm transformer over all of them. Slots 0..4 are the attributes in the order of attributes.NAMES, slot 5 is the whole.

A linear head on each attribute slot gives the attribute's new value (what the text does not name stays; the later mention wins), a head on every
word says what the word is about. The new canonical sentence, encoded alone, is what the video model sees: its six hidden states.
"""
import re

import torch
import torch.nn as nn
import torch.nn.functional as F

from attributes import ATTRIBUTES, NAMES

CONFIG = {"_class_name": "SanaLiveWordEncoder", "hidden_size": 128, "num_layers": 3, "num_heads": 4, "mlp_ratio": 4, "buckets": 4096, "max_words": 64,
          "slots": 6, "segments": 2, "layer_norm_eps": 1e-5, "tags": NAMES + ["filler", "unknown"], "attributes": ATTRIBUTES}
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def words(text):
    return WORD.findall(text.lower().replace("\u2019", "'"))


def fnv1a(data):
    h = 2166136261
    for b in data:
        h = ((h ^ b) * 16777619) & 0xFFFFFFFF
    return h


_buckets = {}                                           # (word, count) -> numbers


def buckets(word, count=4096):
    """The hash buckets of a word: the whole of <word>, then each of its three-byte pieces."""
    if (word, count) not in _buckets:
        data = ("<" + word + ">").encode("utf-8")
        _buckets[word, count] = [fnv1a(data) % count] + [fnv1a(data[i:i + 3]) % count for i in range(len(data) - 2)]
    return _buckets[word, count]


class Layer(nn.Module):
    def __init__(self, c, heads, ratio, eps):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(c, eps=eps), nn.LayerNorm(c, eps=eps)
        self.to_qkv, self.to_out = nn.Linear(c, 3 * c), nn.Linear(c, c)
        self.linear_1, self.linear_2 = nn.Linear(c, ratio * c), nn.Linear(ratio * c, c)

    def forward(self, x, mask):
        b, n, c = x.shape
        q, k, v = self.to_qkv(self.norm1(x)).view(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) / (c // self.heads) ** .5 + mask
        x = x + self.to_out((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, c))
        h = self.linear_1(self.norm2(x))
        h = .5 * h * (1 + torch.tanh(.7978845608028654 * (h + .044715 * h ** 3)))      # GELU, tanh form
        return x + self.linear_2(h)


class TextEncoder(nn.Module):
    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.cfg = cfg
        c = cfg["hidden_size"]
        self.embedding = nn.Embedding(cfg["buckets"], c)
        self.position = nn.Parameter(torch.randn(cfg["max_words"], c) * .3)
        self.segment = nn.Parameter(torch.randn(cfg["segments"], c) * .3)
        self.slots = nn.Parameter(torch.randn(cfg["slots"], c))
        self.layers = nn.ModuleList(Layer(c, cfg["num_heads"], cfg["mlp_ratio"], cfg["layer_norm_eps"]) for _ in range(cfg["num_layers"]))
        self.norm_out = nn.LayerNorm(c, eps=cfg["layer_norm_eps"])
        self.heads = nn.ModuleDict({name: nn.Linear(c, len(values)) for name, values in cfg["attributes"].items()})
        self.tag_head = nn.Linear(c, len(cfg["tags"]))

    def batch(self, pairs):
        """[(previous, text)] -> flat bucket numbers, offsets, position, segment, padding; the last words of a long text are kept."""
        limit = self.cfg["max_words"]
        rows = []
        for previous, text in pairs:
            a = words(previous)[:limit]
            b = words(text)
            b = b[max(0, len(b) - (limit - len(a))):] if len(a) < limit else []
            rows.append((a, b))
        longest = max(1, max(len(a) + len(b) for a, b in rows))
        flat, offsets = [], []
        segment = torch.zeros(len(rows), longest, dtype=torch.long)
        present = torch.zeros(len(rows), longest, dtype=torch.bool)
        for r, (a, b) in enumerate(rows):
            for i in range(longest):
                offsets.append(len(flat))
                if i < len(a) + len(b):
                    flat += buckets((a + b)[i], self.cfg["buckets"])
                    segment[r, i] = int(i >= len(a))
                    present[r, i] = True
        return torch.tensor(flat), torch.tensor(offsets), segment, present

    def forward(self, flat, offsets, segment, present):
        """-> slots [B, 6, C], words' hidden states [B, N, C] (both after the last norm)."""
        b, n = present.shape
        e = F.embedding_bag(flat, self.embedding.weight, offsets, mode="mean").view(b, n, -1)
        x = e + self.position[:n] + self.segment[segment]
        s = self.cfg["slots"]
        x = torch.cat((self.slots.expand(b, -1, -1), x), 1)
        mask = torch.zeros(b, 1, 1, s + n, dtype=x.dtype).masked_fill_(F.pad(~present, (s, 0)).view(b, 1, 1, -1), float("-inf"))
        for layer in self.layers:
            x = layer(x, mask)
        x = self.norm_out(x)
        return x[:, :s], x[:, s:]

    def encode(self, pairs):
        """[(previous, text)] -> slots, attributes [B, 5], tags (one list of names per pair)."""
        inputs = self.batch(pairs)
        slots, hidden = self(*inputs)
        chosen = torch.stack([self.heads[n](slots[:, i]).argmax(-1) for i, n in enumerate(NAMES)], 1)
        tags = self.tag_head(hidden).argmax(-1)
        return slots, chosen, [[self.cfg["tags"][t] for t in row[:k]] for row, k in zip(tags.tolist(), inputs[3].sum(1).tolist())]
