"""Which blocks of the past count, as the runtime writes it: sum, decay(0.9), window(3), window(2)+sink."""
import re

import torch
import torch.nn.functional as F

from transformer import add_states, rope_table, rotate


class Policy:
    def __init__(self, text):
        match = re.fullmatch(r"sum|decay\(([\d.]+)\)|window\((\d+)\)(\+sink)?", text.replace(" ", ""))
        if not match:
            raise ValueError(f"'{text}' is no state policy; sum, decay(0.9), window(3) and window(2)+sink are.")
        self.text, self.decay = text, float(match[1] or 1)
        self.window, self.sink = int(match[2] or 0), bool(match[3])

    def weight(self, distance):
        """Of the term of the block `distance` blocks before (1: the one before)."""
        return (0.0 if self.window and distance > self.window else 1.0) * self.decay ** (distance - 1 + (self.decay < 1))

    def sums(self, model, own, frames):
        """own [B, K, heads, d, d] or [B, K, heads, 1, d]: every block's own S or z, each in its own time origin -> what each block's past adds up to."""
        rotated = own.shape[-2] > 1
        k = own.shape[1]
        turned = lambda term, distance: rotate(term, rope_table(model.cfg["attention_head_dim"], 1, 1, 1, -frames * distance)) if rotated else term
        total = torch.zeros_like(own)
        for d in range(1, k):
            if self.weight(d):
                total = total + F.pad(self.weight(d) * turned(own[:, :k - d], d), (0, 0, 0, 0, 0, 0, d, 0))
        if self.sink and k > self.window + 1:                    # block 0 counts for ever, as if it had come just before the window
            sink = turned(own[:, :1], self.window + 1).expand(-1, k - self.window - 1, -1, -1, -1)
            total = total + F.pad(sink, (0, 0, 0, 0, 0, 0, self.window + 1, 0))
        return total


class Past:
    """The past of a stream, block by block, of constant size but for `sum` and `decay`, which this keeps the plain way: it is for looking, not for serving."""

    def __init__(self, policy, model, frames):
        self.policy, self.model, self.frames, self.terms, self.first = policy, model, frames, [], None

    def state(self):
        """-> per layer (S, z, tail) for a block whose first frame is at t = 0, or None."""
        if not self.terms:
            return None
        moved = lambda term, d: [(rotate(s, rope_table(self.model.cfg["attention_head_dim"], 1, 1, 1, -self.frames * d)) * self.policy.weight(d), z * self.policy.weight(d), tail)
                                 for s, z, tail in term]
        parts = [moved(term, d) for d, term in enumerate(reversed(self.terms), 1) if self.policy.weight(d) > 1e-4][::-1]
        if self.policy.sink and self.blocks > self.policy.window:
            w = self.policy.window + 1
            parts.insert(0, [(rotate(s, rope_table(self.model.cfg["attention_head_dim"], 1, 1, 1, -self.frames * w)), z, tail) for s, z, tail in self.first])
        return add_states(parts)

    blocks = 0

    def add(self, own):
        self.first = self.first or own
        self.terms.append(own)
        self.blocks += 1
        if self.policy.window:
            self.terms = self.terms[-self.policy.window:]
