"""What the transformer sees of a prompt: seven rows of 128 numbers, one per attribute, from fixed random tables that are never trained.

Attributes are numbers here: the index of a word or, for the two that are also numbers (SCALES), a place between two words. The text encoder
and the video model meet only in these tables, so either can be trained again without the other.
"""
import torch

from attributes import ATTRIBUTES, NAMES, SCALES

SIZE = 128


def condition_tables():
    """{attribute: [values, 128]}, of unit variance, rounded to what 16 bits hold."""
    g = torch.Generator().manual_seed(20261121)
    return {name: torch.randn(len(values), SIZE, generator=g).half().float() for name, values in ATTRIBUTES.items()}


def conditions(tables, attributes):
    """attributes [..., 7] -> [..., 7, 128]. A fraction f in a scaled attribute mixes the rows of floor(f) and the next; time wraps round."""
    rows = []
    for i, name in enumerate(NAMES):
        table, at = tables[name], attributes[..., i].float()
        low = at.floor()
        f = (at - low).unsqueeze(-1)
        low = low.long()
        high = low + 1
        if name in SCALES and "period" in SCALES[name]:
            low, high = low % len(table), high % len(table)
        rows.append(table[low] * (1 - f) + table[high.clamp(max=len(table) - 1)] * f)
    return torch.stack(rows, -2)
