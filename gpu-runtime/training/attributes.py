"""What the embedded world can be told: six-way choices with one canonical word each.

Everything else (the renderer, the text encoder, the transformer's condition, the page's prompt box) reads these lists;
the order of the values is part of the exported model.
"""
ATTRIBUTES = {
    "biome": ["meadow", "forest", "desert", "mountains", "sea", "city"],
    "time": ["dawn", "day", "sunset", "night"],
    "weather": ["clear", "rain", "snow", "fog"],
    "subject": ["none", "train", "car", "balloon", "boat", "airplane"],
    "speed": ["slow", "medium", "fast"],
}
NAMES = list(ATTRIBUTES)

# How each value is written in the canonical sentence (only where it differs from its own name).
CANONICAL_WORDS = {"weather": {"clear": "clear sky"}, "subject": {"none": "nothing else"}}
TEMPLATE = "{biome} at {time}, {weather}, {subject}, {speed} speed"
DEFAULT = {"biome": "meadow", "time": "day", "weather": "clear", "subject": "train", "speed": "medium"}


def canonical(values):
    """The one sentence that says exactly these attribute values (names, or indices in the order of NAMES)."""
    if not isinstance(values, dict):
        values = {name: ATTRIBUTES[name][int(i)] for name, i in zip(NAMES, values)}
    return TEMPLATE.format(**{n: CANONICAL_WORDS.get(n, {}).get(v, v) for n, v in values.items()})
