"""The text encoder: words become readings of attributes by attention.

It reads a new text alone, never what was said before: seven learned slots in front, one per attribute in the order of attributes.NAMES, then the
words; a small pre-norm transformer over all of them. A linear head on each slot answers with the attribute's value, or with 0 = the text does not
name it, so it stays; a head on every word says what the word is about. Later mentions win.

What the video model sees of the values in force are rows of fixed tables (conditions.py), which travel with this model: no network runs for that.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from attributes import ATTRIBUTES, NAMES
from conditions import SIZE, condition_tables, conditions
from word_pieces import buckets, words

CONFIG = {"_class_name": "SanaLiveWordEncoder", "version": 2, "hidden_size": 128, "num_layers": 3, "num_heads": 4, "mlp_ratio": 4, "buckets": 4096, "max_words": 64,
          "slots": len(NAMES), "condition_size": SIZE, "layer_norm_eps": 1e-5, "tags": NAMES + ["filler", "unknown"], "attributes": ATTRIBUTES}


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


class Conditions(nn.Module):
    """The tables of conditions.py as buffers, so that they are stored and never trained: attributes [..., 7] (indices; fractions lie between two
    words) -> [..., 7, 128]."""

    def __init__(self):
        super().__init__()
        for name, table in condition_tables().items():
            self.register_buffer(name, table)

    def forward(self, attributes):
        return conditions(dict(self.named_buffers()), attributes)


class TextEncoder(nn.Module):
    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.cfg = cfg
        c = cfg["hidden_size"]
        self.embedding = nn.Embedding(cfg["buckets"], c)
        self.position = nn.Parameter(torch.randn(cfg["max_words"], c) * .3)
        self.slots = nn.Parameter(torch.randn(cfg["slots"], c))
        self.layers = nn.ModuleList(Layer(c, cfg["num_heads"], cfg["mlp_ratio"], cfg["layer_norm_eps"]) for _ in range(cfg["num_layers"]))
        self.norm_out = nn.LayerNorm(c, eps=cfg["layer_norm_eps"])
        self.heads = nn.ModuleDict({name: nn.Linear(c, 1 + len(values)) for name, values in cfg["attributes"].items()})
        self.tag_head = nn.Linear(c, len(cfg["tags"]))
        self.condition = Conditions()

    def batch(self, texts):
        """Texts -> flat bucket numbers, where each word's begin, which words are there [B, N]; of a text that is too long the last words count."""
        rows = [words(t)[-self.cfg["max_words"]:] for t in texts]
        longest = max(1, max(map(len, rows)))
        flat, offsets = [], []
        present = torch.zeros(len(rows), longest, dtype=torch.bool)
        for r, row in enumerate(rows):
            for i in range(longest):
                offsets.append(len(flat))
                if i < len(row):
                    flat += buckets(row[i], self.cfg["buckets"])
            present[r, :len(row)] = True
        return torch.tensor(flat, dtype=torch.long), torch.tensor(offsets), present

    def forward(self, flat, offsets, present):
        """-> slots [B, 7, C], words' hidden states [B, N, C] (both after the last norm)."""
        b, n = present.shape
        x = F.embedding_bag(flat, self.embedding.weight, offsets, mode="mean").view(b, n, -1) + self.position[:n]
        s = self.cfg["slots"]
        x = torch.cat((self.slots.expand(b, -1, -1), x), 1)
        mask = torch.zeros(b, 1, 1, s + n, dtype=x.dtype).masked_fill_(F.pad(~present, (s, 0)).view(b, 1, 1, -1), float("-inf"))
        for layer in self.layers:
            x = layer(x, mask)
        x = self.norm_out(x)
        return x[:, :s], x[:, s:]

    def encode(self, texts):
        """-> slots [B, 7, C], values [B, 7] (0: stays, 1 + i: value i), tags (one list of names per text)."""
        inputs = self.batch(texts)
        slots, hidden = self(*inputs)
        chosen = torch.stack([self.heads[n](slots[:, i]).argmax(-1) for i, n in enumerate(NAMES)], 1)
        tags = self.tag_head(hidden).argmax(-1)
        return slots, chosen, [[self.cfg["tags"][t] for t in row[:k]] for row, k in zip(tags.tolist(), inputs[-1].sum(1).tolist())]


def named(chosen):
    """What a row of chosen values names: {attribute: value}; what stays is not in it."""
    return {n: ATTRIBUTES[n][int(v) - 1] for n, v in zip(NAMES, chosen) if v > 0}
