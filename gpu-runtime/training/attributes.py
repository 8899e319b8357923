"""What the embedded world can be told: seven choices with one canonical word each, two of which are also numbers.

Everything else (the renderer, the text encoder, the transformer's condition, the judge, the page's prompt box) reads these lists;
the order of the values is part of the exported model.
"""
ATTRIBUTES = {
    "biome": ["meadow", "forest", "desert", "mountains", "sea", "city"],
    "time": ["dawn", "day", "sunset", "night"],
    "weather": ["clear", "rain", "snow", "fog"],
    "subject": ["none", "train", "car", "bus", "boat", "balloon", "airplane", "bird", "horse"],
    "speed": ["slow", "medium", "fast"],
    "direction": ["right", "left"],
    "style": ["natural", "ink", "neon", "pastel"],
}
NAMES = list(ATTRIBUTES)

# Attributes that are also numbers: a control names a value between two words' knots, and the condition lies between theirs.
SCALES = {
    "speed": {"control": "speed", "unit": "px/s", "knots": [10, 30, 60]},                      # of the nearest layer, at 320x192
    "time": {"control": "hour", "unit": "h", "knots": [6, 12, 18, 0], "period": 24},           # round the clock
}

# Pairs of values that no training clip shows together: `eval` asks for them, to see whether the model composes or remembers.
HELD_OUT_PAIRS = [
    (("biome", "desert"), ("weather", "snow")), (("biome", "sea"), ("subject", "balloon")), (("biome", "forest"), ("time", "sunset")),
    (("biome", "city"), ("subject", "airplane")), (("time", "night"), ("subject", "horse")), (("weather", "rain"), ("subject", "car")),
]

# How each value is written in the canonical sentence (only where it differs from its own name).
CANONICAL_WORDS = {"weather": {"clear": "clear sky"}, "subject": {"none": "nothing else"}, "style": {"natural": "natural colours", "ink": "ink style", "neon": "neon style", "pastel": "pastel style"},
                   "direction": {"right": "to the right", "left": "to the left"}}
TEMPLATE = "{biome} at {time}, {weather}, {subject}, {speed} speed, {direction}, {style}"
DEFAULT = {"biome": "meadow", "time": "day", "weather": "clear", "subject": "train", "speed": "medium", "direction": "right", "style": "natural"}


def held_out(values):
    """Whether these values (names) hold a pair that training never shows."""
    return any(all(values[n] == v for n, v in pair) for pair in HELD_OUT_PAIRS)


def canonical(values):
    """The one sentence that says exactly these attribute values (names, or indices in the order of NAMES)."""
    if not isinstance(values, dict):
        values = {name: ATTRIBUTES[name][int(i)] for name, i in zip(NAMES, values)}
    return TEMPLATE.format(**{n: CANONICAL_WORDS.get(n, {}).get(v, v) for n, v in values.items()})
