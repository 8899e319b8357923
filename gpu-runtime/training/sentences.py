"""Endless labelled English for the text encoder: what people might type at the world, and what it means.

A sentence is a row of clauses; each sets attributes, and each of its words is tagged with the attribute it speaks of, as filler, or as unknown.
Later mentions win. Misspellings and strangers are mixed in. heldout_sentences.py has other frames, for evaluation only.
"""
import random

from attributes import ATTRIBUTES, CANONICAL_WORDS, DEFAULT, NAMES, held_out
from frames import ENDS, INSTEAD, JOINS, LEADS, PLACES, SHIFTS, SWAPS, TAILS
from phrases import ADJECTIVES, ALONG, COLOURS, COMMON, GONE, NOUNS, PACES, PHRASES, STOPPED, STRANGERS, STYLE_NOUNS, SUNNY, TRICKS, VERBS
from spelling import KNOWN, misspell
from word_pieces import words

NOUN = {k: v.split() for k, v in NOUNS.items()}
ADJECTIVE = {k: v.split() for k, v in ADJECTIVES.items()}
SUBJECTS = ATTRIBUTES["subject"][1:]
NOBODY = ["nothing else", "no vehicles", "nobody", "no subject", "nothing", "no one", "no animals", "no train", "without (a) car", "no boat"]
CLEAR = ["clear sky", "clear skies", "blue sky", "blue skies", "good weather", "clear weather", "cloudless sky", "nice weather", "fair weather"]
COMMON_ALONE = [w for w in COMMON if KNOWN[w] == {"filler"} and w not in ("no", "not", "without", "from", "turn", "more", "than")]


def tokens(phrase):
    """'(the) {} rises' -> [(text, inside brackets)]"""
    out, inside = [], False
    for token in phrase.split():
        inside = inside or token.startswith("(")
        out.append((token.strip("()"), inside))
        inside = inside and not token.endswith(")")
    return out


def gibberish(r):
    return "".join(r.choice("b k dr gl m z v t p s fl qu j th n l ch w h r".split()) + r.choice("a e i o u oo ea y".split()) + r.choice(["", "", "n", "r", "x", "ck", "lt", "sh", "m", "g"]) for _ in range(r.randint(1, 4)))


class Sentence:
    """A text under construction: pieces to print, the tags of their words, and what they set."""

    def __init__(self, r, errors=.05):
        self.r, self.errors, self.pieces, self.tags, self.sets = r, errors, [], [], {}

    def add(self, text, tag):
        for w in text.split():
            if self.r.random() < (self.errors if tag != "filler" else self.errors / 5):
                w = misspell(w, self.r)
            self.pieces.append(" " + w)
            self.tags += [tag] * len(words(w))

    def join(self, text):
        self.pieces.append(text)
        self.tags += ["filler"] * len(words(text))

    def mean(self, attribute, value, text=None):
        """Say a word for the value (an own one, or any noun or adjective)."""
        self.add(text or self.r.choice(NOUN[attribute, value]), attribute)
        self.sets[attribute] = value

    def frame(self, frame, *fillings):
        """A frame whose {} are filled by functions or (text, tag); its own words are filler."""
        rest = list(fillings)
        for token in frame.split():
            if token == "{}":
                f = rest.pop(0)
                f() if callable(f) else self.add(*f)
            else:
                self.add(token, "filler")

    def phrase(self, phrase, attribute, value=None, filling=None):
        """A phrase with (filler) in brackets and the attribute's words outside."""
        for text, filler in tokens(phrase):
            self.add(filling if text == "{}" else text, "filler" if filler else attribute)
        if value:
            self.sets[attribute] = value


def value(r, attribute):
    return r.choice(SUBJECTS if attribute == "subject" else ATTRIBUTES[attribute])


def adjective(s, besides=()):
    k = s.r.choice([k for k in ADJECTIVE if k[0] not in besides])
    s.mean(*k, s.r.choice(ADJECTIVE[k]))


def stranger(s, article=True):
    r = s.r
    s.add(r.choice(["a", "the", "with a", "my", "", "some", "and a", "a big"]) if article else "", "filler")
    s.add(r.choice(STRANGERS) if r.random() < .6 else gibberish(r) if r.random() < .85 else str(r.randrange(1000)), "unknown")


def place(s, tails=True):
    """'across the snowy forest'"""
    r = s.r
    s.add(r.choice(PLACES), "filler")
    for _ in range(r.choice([0, 0, 1, 1, 2, 3])):
        adjective(s, ("biome",) if r.random() < .9 else ())
    roll = r.random()
    if roll < .06:
        stranger(s, False)
    elif roll < .15:
        s.add(r.choice("beautiful quiet wide open lonely endless green old big vast little".split()), "filler") if roll < .12 else s.add(r.choice(list(COLOURS)), "unknown")
    b = value(r, "biome")
    s.mean("biome", b)
    if tails:
        tail(s, r.choice([0, 0, 1, 1, 2, 3]))


def tail(s, n, kinds=("time", "time", "weather", "weather", "subject", "speed", "direction", "direction", "style", "style")):
    """'at night, in the rain, to the left, ...', each kind once."""
    kinds = list(dict.fromkeys(s.r.sample(kinds, len(kinds))))[:n]
    for kind in kinds:
        if s.r.random() < .4:
            s.join(s.r.choice([",", ",", " and", ";"]))
        v = value(s.r, kind)
        if kind == "style":
            s.frame(s.r.choice(TAILS[kind]), lambda: s.mean(kind, v, s.r.choice(STYLE_NOUNS[v].split()))) if s.r.random() < .5 else s.phrase(s.r.choice(PHRASES[kind, v]), kind, v)
        elif (kind, v) == ("weather", "clear"):
            s.frame(s.r.choice(TAILS[kind]), lambda: s.mean(kind, v, s.r.choice(CLEAR)))
        elif kind in ("speed", "direction"):
            s.phrase(s.r.choice(PHRASES[kind, v]), kind, v)
        elif kind == "subject" and s.r.random() < .15:
            s.phrase(s.r.choice(NOBODY), "subject", "none")
        elif kind == "subject":
            s.frame(s.r.choice(TAILS[kind]), lambda: actor_name(s, v))
        else:
            s.frame(s.r.choice(TAILS[kind]), lambda: s.mean(kind, v))


def actor_name(s, v, describe=.35):
    r = s.r
    if r.random() < describe:
        roll = r.random()
        if roll < .45:
            colour = r.choice(list(COLOURS))
            s.add(colour, "subject" if v in COLOURS[colour] else "unknown")
        elif roll < .6:
            pace = r.choice(["slow", "fast"])
            s.mean("speed", pace, r.choice(ADJECTIVE["speed", pace]))
        elif roll < .7:
            s.add(r.choice(STRANGERS), "unknown")
        else:
            s.add(r.choice("big small old new lonely little beautiful single tiny wild".split()), "filler")
    s.mean("subject", v)


def actor(s):
    """'a red train rushes through the forest to the left'"""
    r = s.r
    if r.random() < .15:
        s.phrase(r.choice(NOBODY), "subject", "none")
    else:
        s.add(r.choice(["a", "the", "one", "an", "our", "", "there is a", "with a", "this"]), "filler")
        actor_name(s, value(r, "subject"))
    roll = r.random()
    if roll < .2:
        pace = r.choice(list(PACES))
        s.mean("speed", pace, r.choice(PACES[pace]))
    elif roll < .85:
        s.add(r.choice(["", "", "is", "that", "which is"]), "filler")
        s.add(r.choice(VERBS), "filler")
    parts = ["tail"] * r.choice([0, 1, 1, 2]) + ["place"] * (r.random() < .6) + ["along"] * (r.random() < .15)
    r.shuffle(parts)
    for part in parts:
        if part == "place":
            place(s, False)
        elif part == "along":
            s.add(r.choice(ALONG), "filler")
        else:
            tail(s, 1, ("time", "weather", "speed", "speed", "direction", "direction", "direction", "style"))


def single(s):
    """One noun or adjective."""
    r = s.r
    if r.random() < .3:
        s.add(r.choice(SHIFTS), "filler")
        return adjective(s)
    k = r.choice(list(NOUN))
    s.add(r.choice(["the", "a", "at", "in", "in the", "with", "more", "some", "it is", "now", "by", "an", "with a", "there is", "", "", "a lot of"]), "filler")
    if r.random() < .2:
        adjective(s, k[:1])
    s.mean(*k)


def phrase(s):
    r = s.r
    attribute = r.choice(["time", "weather", "subject", "speed", "direction", "direction", "style", "style"])
    v = r.choice(ATTRIBUTES[attribute])
    p = r.choice(PHRASES[attribute, v])
    if attribute == "subject" and "subject" in s.sets and p in ("driving", "sailing", "galloping"):
        return                                          # "a bus ... driving" is a bus
    s.phrase(p, attribute, v)


def gone(s):
    r = s.r
    if r.random() < .5:
        s.phrase(r.choice(GONE), "subject", "none", r.choice(NOUN["subject", value(r, "subject")]))
    else:
        s.phrase(r.choice(STOPPED), "weather", "clear", r.choice(NOUN["weather", r.choice(["rain", "snow", "fog"])]))


def swap(s):
    """'from day to night', 'replace the train with a bus', 'a bus instead of the train'"""
    r = s.r
    attribute = r.choice(["biome", "time", "subject", "weather", "style"])
    old, new = r.sample([v for v in ATTRIBUTES[attribute] if (attribute, v) in NOUN or attribute == "style"], 2)
    word = lambda v: r.choice(STYLE_NOUNS[v].split() if attribute == "style" else NOUN[attribute, v])
    if r.random() < .6:
        s.frame(r.choice(SWAPS), (word(old), attribute), (word(new), attribute))
    else:
        s.frame(r.choice(INSTEAD), (word(new), attribute), (word(old), attribute))
    s.sets[attribute] = new


def keywords(s, least=2, most=7):
    """'night city rain bus neon left'"""
    r = s.r
    for attribute in r.sample(NAMES, r.randint(least, most)):
        v = r.choice(ATTRIBUTES[attribute])
        options = NOUN.get((attribute, v), []) + ADJECTIVE.get((attribute, v), []) + [CANONICAL_WORDS.get(attribute, {}).get(v, v)]
        if (attribute, v) == ("weather", "clear"):
            options += CLEAR + ["no rain", "no snow", "no fog"]
        if attribute == "direction":
            options = [v, f"(to the) {v}", v + "wards"]
        if v == "none":
            options += NOBODY
        if attribute in ("speed", "style"):             # "normal speed, neon style": each "normal" belongs to its own
            options += r.sample(PHRASES[attribute, v], 6) * 2
        s.join(r.choice([" ", " ", ", ", ", ", " and ", ". ", " | "]))
        s.phrase(r.choice(options), attribute, v)


def sunny(s):
    s.phrase(s.r.choice(SUNNY), "weather", "clear")
    s.sets["time"] = "day"


def stray(s):
    if s.r.random() < .5:
        return stranger(s)
    s.phrase(s.r.choice(TRICKS), "unknown")


def own_words(s):
    """The world's own sentence, or parts of it."""
    r = s.r
    for attribute in NAMES if r.random() < .5 else r.sample(NAMES, r.randint(1, 6)):
        v = r.choice(ATTRIBUTES[attribute])
        s.join(" at" if attribute == "time" and r.random() < .7 else ", ")
        s.phrase({"speed": f"{v} speed", "direction": f"(to the) {v}"}.get(attribute, CANONICAL_WORDS.get(attribute, {}).get(v, v)), attribute, v)


CLAUSES = [(place, 16), (actor, 18), (single, 14), (phrase, 24), (gone, 7), (swap, 10), (keywords, 14), (sunny, 2), (stray, 6), (own_words, 4)]


def sample(r):
    """-> text, what it names {attribute: value}, tags of its words. No sentence names a pair that `eval` asks for."""
    while True:
        text, named, tags = jumble(r)
        if not held_out({**DEFAULT, **named}):
            return text, named, tags


def jumble(r):
    if r.random() < .35:                                # a word or two, most often misspelt: cheap, and where misspellings are learnt
        s = Sentence(r, .4)
        r.choice((single, single, phrase, phrase, phrase, lambda s: keywords(s, 1, 2)))(s)
        return "".join(s.pieces).strip(), s.sets, s.tags
    s = Sentence(r, r.choice([0, .08, .2]))
    if r.random() > .02:
        for i in range(r.choice([1, 1, 1, 2, 2, 2, 3, 3, 4, 5])):
            if i:
                s.join(r.choice(JOINS))
            if r.random() < (.1 if i else .3):
                s.add(r.choice(LEADS), "filler")
            while r.random() < .15:
                s.add(r.choice(COMMON_ALONE), "filler")
            r.choices([c for c, _ in CLAUSES], [w for _, w in CLAUSES])[0](s)
        if r.random() < .2:
            s.join(" " + r.choice(ENDS))
    text = " ".join("".join(s.pieces).split())
    style = r.random()
    text = text.upper() if style < .05 else text.capitalize() if style < .3 else text
    if len(words(text)) != len(s.tags):
        raise ValueError(f"{len(s.tags)} tags for the words of: {text}")
    return text, s.sets, s.tags


if __name__ == "__main__":
    for seed in range(30):
        text, sets, tags = sample(random.Random(seed))
        print(text, "|", sets, " ".join(t[:2] if t in NAMES else "-" if t == "filler" else "?" for t in tags))
