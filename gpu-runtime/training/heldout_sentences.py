"""Sentences for evaluation only: frames, orders and misspellings that training never draws, of the published vocabulary (phrases.py).

    heldout_sentences.py --count 500 --seed 1 [--pairs]      JSON lines {"text": ..., "values": {what it names}}

Without --pairs no sentence, on top of the default, asks for a pair of values that training of the video never showed; with --pairs each names one.
"""
import random
import re

from attributes import ATTRIBUTES, DEFAULT, HELD_OUT_PAIRS, NAMES, canonical, held_out
from phrases import ADJECTIVES, NOUNS, STYLE_NOUNS
from spelling import misspell

# {biome}, {time}, {weather}, {subject}: a noun; {biome_}, {time_}, {weather_}, {style_}, {speed_}: an adjective; {speed}, {direction}, {style}: a short phrase of that kind
FRAMES = [
    "we are watching {subject_a} {direction}, {speed}, somewhere in the {biome}; it's {time} and there's {weather}; {style}",
    "{style}: {time} over the {biome}, {weather}, {subject_a} {speed} {direction}",
    "once upon a time {subject_a} went {direction} through a {weather_} {biome}",
    "could you draw me a {style_} {biome} at {time}?",
    "my grandmother's {biome}, {weather} all around, {subject_a} {direction}",
    "{direction}! {speed}! {time} in the {biome}",
    "what about {weather} and {subject_a}, both at {time}?",
    "i'd love {subject_a} - {speed} - {direction} - near a {biome}",
    "{time}. {weather}. {biome}. {subject}. {direction}. {speed}. {style}.",
    "{subject} | {biome} | {time} | {weather} | {style} | {direction} | {speed}",
    "a view from the window: {biome}, {weather_} {time}, {subject_a} outside",
    "{weather_} {biome}, {subject_a}, {direction}, {time_}",
    "travel diary: today the {biome}, {weather} since {time}, {subject_a} {speed}",
    "everything {style}, everything {speed}, {direction}, a {biome} during {time}",
    "when {time} reaches the {biome}, {subject_a} can be seen {direction}",
    "a {time} of {weather} at the {biome} and not much more than {subject_a}",
    "somebody's {subject} far off, {biome} all the way, {weather} too",
    "paint it {style_}; the place is a {biome}, the hour is {time}, the weather is {weather}",
    "{subject_a} goes its way {direction}, {speed}, {weather} or not",
    "just a {weather_} {time} with {subject_a}",
    "there should be {subject_a} in that {biome} around {time}, {speed}",
    "{biome}!! {weather}!! {time}!!",
    "seen by a traveller at {time}: {subject_a} and a {style_} {biome}",
    "{speed_} {subject} {direction} beside the {biome}, {weather_}, {time}, {style}",
    "hmm, {style} perhaps, with {weather} upon the {biome}",
    "at {time} i would rather look at {subject_a} and some {weather}",
    "surprise me: {biome} with {weather}, {subject_a} {direction}, {time}, {style}, {speed}",
    "{time} {biome} {weather} {subject} {direction} {style}",
    "the {subject} again, {speed}, {direction}, but in a {style_} {weather_} {biome}, {time}",
    "long shot of a {biome}; mood {style_}; {weather}; {time}",
    "tell the {subject} it may go {speed} {direction}, out there in the {biome}",
    "how does {weather} look in the {biome} at {time}, {style}?",
]
WHOLE = [f for f in FRAMES if all("{" + n in f for n in NAMES)]
WAYS = {
    "speed": {"slow": ["slowly", "slow", "at low speed", "leisurely"], "medium": ["at medium speed", "at normal speed", "at moderate speed", "steady"], "fast": ["fast", "quickly", "at high speed", "rapidly", "at full speed"]},
    "direction": {side: [f"to the {side}", f"heading {side}", f"{side}wards", f"towards the {side}", f"moving {side}"] for side in ("right", "left")},
    "style": {"natural": ["in natural colours", "realistic style", "photorealistic"], "ink": ["in ink", "ink drawing", "black and white", "ink style"],
              "neon": ["in neon", "neon style", "cyberpunk style", "neon lights"], "pastel": ["in pastel", "soft pastel colours", "pastel tones", "watercolour"]},
}
CANNOT = {"weather": ["clear"], "subject": ["none"]}     # have no noun of their own
CLEAR, NONE = ["clear sky", "blue sky", "clear skies", "good weather"], ["nothing else", "no vehicles"]


NAMELESS = re.compile(r"(the|'s|_}) {subject}")


def article(noun):
    return noun if noun.endswith("s") and noun not in ("bus", "autobus", "omnibus") else ("an " if noun[0] in "aeiou" else "a ") + noun


def say(slot, value, r):
    """Words for a value in a place of a frame; None where there are none."""
    name, adjective, with_article = slot.rstrip("_").removesuffix("_a"), slot.endswith("_"), slot.endswith("_a")
    if adjective:
        options = STYLE_NOUNS[value].split() if name == "style" else ADJECTIVES.get((name, value), "").split()
        return r.choice(options) if options else None
    if name in WAYS:
        return r.choice(WAYS[name][value])
    if value in CANNOT.get(name, ()):
        return r.choice(CLEAR if name == "weather" else NONE)
    noun = r.choice(NOUNS[name, value].split())
    return article(noun) if with_article else noun


def slots(frame):
    return [part.split("}")[0] for part in frame.split("{")[1:]]


def fill(frame, values, r, mistakes):
    """The frame with words for the values, as many of them misspelt; None when it has no words for one."""
    parts = frame.replace("}", "{").split("{")           # every second one is a slot
    for i in range(1, len(parts), 2):
        if parts[i] == "subject" and values["subject"] == "none" and NAMELESS.search(frame):
            return None                                 # nobody says "tell the nothing else"
        parts[i] = say(parts[i], values[parts[i].split("_")[0]], r)
        if parts[i] is None:
            return None
    for _ in range(mistakes):
        i = r.randrange(1, len(parts), 2)
        said = parts[i].split(" ")
        j = r.randrange(len(said))
        said[j] = misspell(said[j], r, True)
        parts[i] = " ".join(said)
    return "".join(parts)


def draw(r, pair):
    """Random values; with a pair they hold it, without one they hold none that training never showed."""
    while True:
        values = {n: r.choice(v) for n, v in ATTRIBUTES.items()}
        values.update(dict(pair or ()))
        if pair or not held_out(values):
            return values


def sample(r, pair=None):
    """-> text, what it names {attribute: value}."""
    while True:
        values = draw(r, pair)
        frame = r.choice(WHOLE if r.random() < .4 else FRAMES)
        named = {slot.split("_")[0] for slot in slots(frame)}
        if pair and not {n for n, _ in pair} <= named:
            continue
        values = {n: values[n] for n in NAMES if n in named}
        if not pair and held_out({**DEFAULT, **values}):
            continue
        text = fill(frame, values, r, r.choice([0, 0, 1, 1, 2]))
        if text:
            style = r.random()
            return (text.upper() if style < .1 else text.title() if style < .2 else text.capitalize() if style < .5 else text.replace(",", "") if style < .6 else text), values


if __name__ == "__main__":
    import argparse
    import json
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--count", type=int, required=True), p.add_argument("--seed", type=int, required=True), p.add_argument("--pairs", action="store_true")
    a = p.parse_args()
    r = random.Random(a.seed)
    for i in range(a.count):
        text, values = sample(r, HELD_OUT_PAIRS[i % len(HELD_OUT_PAIRS)] if a.pairs else None)
        print(json.dumps({"text": text, "values": values}))
