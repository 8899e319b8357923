"""Endless labelled English for the text encoder: what people might type at the world, and what it means.

A sentence is a row of phrases; each phrase sets attributes, and each of its words is tagged with the attribute it speaks of, as filler, or as
unknown. Later phrases win. Small misspellings and unknown words are mixed in.
"""
import random

from attributes import ATTRIBUTES, NAMES, canonical
from text import words

NOUNS = {  # used after an article or alone; '*' marks the words that carry the meaning when there are several (the others are filler)
    ("biome", "meadow"): "meadow meadows grassland grasslands field fields pasture countryside prairie hills hillside farmland village",
    ("biome", "forest"): "forest forests woods woodland trees pines firs taiga wood jungle",
    ("biome", "desert"): "desert deserts dunes sand sahara dune sands canyon mesa",
    ("biome", "mountains"): "mountains mountain peaks alps summit highlands peak hilltops summits range",
    ("biome", "sea"): "sea ocean coast waves seaside water shore beach bay",
    ("biome", "city"): "city town downtown skyline streets skyscrapers metropolis buildings street towers",
    ("time", "dawn"): "dawn sunrise daybreak morning",
    ("time", "day"): "day daytime noon midday afternoon daylight",
    ("time", "sunset"): "sunset dusk evening twilight sundown nightfall",
    ("time", "night"): "night midnight nighttime darkness moonlight moon stars",
    ("weather", "rain"): "rain rainstorm downpour drizzle shower storm thunderstorm showers",
    ("weather", "snow"): "snow snowfall blizzard snowflakes snowstorm winter",
    ("weather", "fog"): "fog mist haze clouds",
    ("subject", "train"): "train locomotive railway trains tram",
    ("subject", "car"): "car automobile taxi vehicle cab cars truck",
    ("subject", "balloon"): "balloon balloons airship",
    ("subject", "boat"): "boat ship sailboat yacht boats sail ships",
    ("subject", "airplane"): "airplane plane aeroplane jet aircraft planes airliner",
}
ADJECTIVES = {
    ("weather", "rain"): "rainy stormy wet", ("weather", "snow"): "snowy snow-covered wintry white frozen icy",
    ("weather", "fog"): "foggy misty hazy cloudy", ("weather", "clear"): "clear cloudless dry",
    ("time", "night"): "dark nocturnal moonlit starry", ("time", "day"): "bright sunlit",
    ("biome", "mountains"): "mountainous alpine", ("biome", "city"): "urban", ("biome", "forest"): "wooded forested", ("biome", "meadow"): "grassy rural",
    ("biome", "desert"): "sandy", ("speed", "slow"): "slow leisurely gentle", ("speed", "fast"): "fast rapid quick speedy racing",
}
PHRASES = {  # whole phrases; every word not in capitals below is tagged with the attribute, words in (brackets) are filler
    ("time", "dawn"): ["(the) sun rises", "(the) sun (is) rising", "(the) sun comes up", "early (in the) morning", "first light", "sunrise", "(the) night ends",
                       "(it) dawns", "(a new) day begins"],
    ("time", "day"): ["(by) day", "broad daylight", "(it is) daytime", "(make it) day", "(the) day comes", "(it) gets bright", "(let it be) day", "lighter", "(at) noon"],
    ("time", "sunset"): ["(the) sun sets", "(the) sun (is) setting", "(the) sun goes down", "golden hour", "dusk falls", "evening comes", "(at) dusk"],
    ("time", "night"): ["night falls", "(it) gets dark", "(it) becomes dark", "(make it) night", "(at) night", "(by) night", "(under the) stars", "(let it be) night",
                        "darkness falls", "(the) moon rises", "(in the) dark", "darker", "(late at) night"],
    ("weather", "clear"): ["clear sky", "clear skies", "(the) rain stops", "(the) snow stops", "(the) fog lifts", "(the) fog clears", "(it) stops raining", "(it) stops snowing",
                           "stop (the) rain", "no rain", "no snow", "no fog", "without rain", "without snow", "good weather", "(the) sky clears", "(the) weather clears", "clear weather",
                           "(the) storm passes", "(the) mist lifts", "(the) clouds part", "nice weather", "fair weather", "(the) rain ends", "(the) snow melts",
                           "stop (the) snow", "blue sky", "no clouds", "no more rain", "no more snow", "(it) clears up", "rain stops", "snow stops"],
    ("weather", "rain"): ["(it) starts (to) rain", "(it) begins (to) rain", "(it is) raining", "(it) rains", "heavy rain", "rain falls", "rain (is) falling", "(a) storm comes",
                          "(let it) rain", "(make it) rain", "(in the) rain", "(it's) raining", "raining", "starts raining"],
    ("weather", "snow"): ["(it) starts (to) snow", "(it) begins (to) snow", "(it is) snowing", "(it) snows", "snow falls", "snow (is) falling", "(let it) snow", "(make it) snow",
                          "(in the) snow", "(it's) snowing", "snowing", "winter comes", "starts snowing"],
    ("weather", "fog"): ["fog rolls in", "(it) becomes foggy", "(it) gets foggy", "(a) mist rises", "thick fog", "(in the) fog", "fog comes up", "(in the) mist", "(make it) foggy"],
    ("subject", "none"): ["nothing else", "no subject", "nobody", "empty landscape", "just (the) landscape", "no train", "no car", "no boat", "no balloon", "no airplane", "without (a) train",
                          "without (the) car", "remove (the) train", "remove (the) car", "remove (the) boat", "remove (the) balloon", "remove (the) plane", "(the) train leaves",
                          "(the) boat disappears", "(the) balloon vanishes", "(the) car disappears", "(the) plane leaves", "no vehicles", "only (the) landscape", "without (a) boat",
                          "no plane", "no ship", "(the) train disappears", "(the) train (is) gone", "(the) airplane disappears", "nothing"],
    ("subject", "train"): ["(a) red train", "(a) train passes", "(a) train appears", "by train", "(a) train arrives", "train ride", "(on a) train"],
    ("subject", "car"): ["(a) yellow car", "(a) car drives (by)", "driving (a) car", "by car", "driving", "road trip", "(a) car appears"],
    ("subject", "balloon"): ["hot air balloon", "(a) red balloon", "(a) balloon floats (by)", "(a) balloon rises", "(a) balloon appears", "ballooning"],
    ("subject", "boat"): ["sailing boat", "(a) boat sails (by)", "(a) white sail", "sailing", "(a) ship appears", "by boat", "(a) boat appears"],
    ("subject", "airplane"): ["(a) plane flies (by)", "(a) plane (in the) sky", "by plane", "(an) airplane appears", "(a) jet flies", "flying (by) plane"],
    ("speed", "slow"): ["slow", "slowly", "slower", "slow down", "slow speed", "(at a) slow (pace)", "(at) low speed", "crawl", "take (it) easy", "leisurely", "gently"],
    ("speed", "medium"): ["medium speed", "normal speed", "moderate speed", "steady", "(at) medium speed", "cruising", "medium", "moderately", "average speed"],
    ("speed", "fast"): ["fast", "faster", "speed up", "full speed", "quickly", "quick", "high speed", "hurry", "(at) top speed", "rush", "rapidly", "(go) faster", "accelerate", "racing"],
}
SUNNY = ["sunny", "sunshine", "(the) sun shines", "(make it) sunny", "bright sunshine"]      # clear, by day
CROSSING = ["(crossing the)", "(across the)", "(over the)", "(through the)", "(into the)", "(to the)", "(along the)", "(in the)", "(on the)", "(near the)", "(towards the)",
            "(we reach the)", "(we enter the)", "(go to the)", "(take me to the)", "(in a)", "(at the)", "(passing the)", "(we leave for the)", "(now the)", "(a)", "(the)", "(some)"]
LEADS = ["please", "make it", "now", "i want", "show me", "can you show", "could we have", "let there be", "turn it into", "change to", "switch to", "give us", "there is", "add", "we see",
         "let's have", "how about", "then", "and now", "suddenly", "let it be", "imagine", "a picture of", "a video of", "it is", "i would like", "let us see", "please make it", "can we get"]
JOINS = [", ", " and ", ", then ", " then ", ". ", "; ", " with ", " ", ", and ", " but ", ", now ", " while ", " and then ", ", later ", " before "]
ENDS = ["please", "now", "thanks", "again", "for me", "!", ".", "", "", "", "", "", "today", "in the picture", "if you can"]
FILLER = sorted({w for t in LEADS + JOINS + ENDS + CROSSING for w in words(t)} | set(
    "a an the of in on at to with and or is are was be it its this that there here we you they i me my us our very some more bit little lot just so will would can could should for from by as into "
    "over under through across along near scene view beautiful nice pretty quiet calm peaceful big large small old new landscape world video image picture next soon later after before again".split()))
STRANGERS = ("dragon wizard castle pizza robot unicorn cat dog horse cow bird elephant tiger lion monkey fish whale dolphin shark person man woman child girl boy king queen princess knight soldier monster "
             "zombie ghost vampire alien spaceship rocket planet galaxy computer phone keyboard music song guitar piano drum violin book table chair lamp sofa kitchen bathroom window door banana apple orange "
             "cheese bread chocolate coffee beer wine football tennis basketball skateboard bicycle motorcycle helicopter submarine tank gun sword explosion fire volcano earthquake tornado lava diamond gold "
             "money bank hospital school church temple pyramid statue museum library garden flower rose tulip butterfly spider snake frog turtle dinosaur penguin bear wolf fox rabbit mouse hat shoe shirt "
             "dress jacket glasses watch ring clown circus party birthday wedding dance love heart angel devil purple pink cube sphere triangle cartoon anime pixel realistic cinematic portrait face hands "
             "laser hologram cyberpunk steampunk medieval samurai ninja pirate mermaid fairy giant goblin orc elf dwarf troll potion magic spell crystal tower0 quantum neural president actor movie "
             "bottle spoon fork knife plate cup umbrella backpack suitcase pencil paper painting sculpture clock mirror carpet curtain pillow blanket bathtub toilet shampoo scissors hammer nail screw").split()
HELD_OUT_STRANGERS = "griffin octopus teapot skeleton kangaroo trumpet sandwich astronaut cupcake telescope hamster lighthouse windmill panda rhinoceros toaster".split()

KNOWN = set(FILLER)
_TAGGED = []                                            # (attribute, value, [(word, is_filler)])


def _parse(phrase):
    out, inside = [], False
    for token in phrase.split():
        inside = inside or token.startswith("(")
        for w in words(token):
            out.append((w, inside))
        if token.endswith(")"):
            inside = False
    return out


_NOUNS = {k: [_parse(n) for n in v.split()] for k, v in NOUNS.items()}
_ADJ = {k: [_parse(a) for a in v.split()] for k, v in ADJECTIVES.items()}
_PHRASES = {k: [_parse(p) for p in v] for k, v in PHRASES.items()}
_SUNNY = [_parse(p) for p in SUNNY]
for group in (_NOUNS, _ADJ, _PHRASES):
    for options in group.values():
        KNOWN.update(w for o in options for w, _ in o)
KNOWN.update(w for o in _SUNNY for w, _ in o)


def misspell(word, r):
    if len(word) < 5 or not word.isalpha():
        return word
    i = r.randrange(1, len(word) - 1)
    kind = r.randrange(4)
    new = (word[:i] + word[i + 1] + word[i] + word[i + 2:] if kind == 0 else word[:i] + word[i + 1:] if kind == 1
           else word[:i] + word[i] + word[i:] if kind == 2 else word[:i] + r.choice("aeioustrn") + word[i + 1:])
    return word if new in KNOWN else new


def gibberish(r):
    return "".join(r.choice(["b", "k", "dr", "gl", "m", "z", "v", "t", "p", "s", "fl", "qu", "j", "th", "n", "l", "ch", "w", "h", "r"]) + r.choice(["a", "e", "i", "o", "u", "oo", "ea", "y"]) + r.choice(["", "", "n", "r", "x", "ck", "lt", "sh", "m", "g"])
                   for _ in range(r.randint(1, 4)))


class Sentence:
    """A text under construction: tokens to print, their tags, and what they set."""

    def __init__(self, r):
        self.r, self.pieces, self.tags, self.sets = r, [], [], {}

    def filler(self, text):
        self.pieces.append(text)
        self.tags += ["filler"] * len(words(text))

    def say(self, attribute, parsed):
        for w, is_filler in parsed:
            self.pieces.append(" " + (misspell(w, self.r) if not is_filler and self.r.random() < .04 else w))
            self.tags.append("filler" if is_filler else attribute)

    def stranger(self):
        r = self.r
        w = r.choice(STRANGERS) if r.random() < .6 else gibberish(r)
        if w in KNOWN:
            return
        self.filler(r.choice([" a", " the", " with a", " my", "", " some", " and a"]))
        self.pieces.append(" " + w)
        self.tags.append("unknown")

    def phrase(self, strict_biome=None):
        r = self.r
        kind = r.random()
        if kind < .30:                                   # "(across the) snowy forest (at) night (with a) train"
            if r.random() < .8:
                self.say("filler", _parse(r.choice(CROSSING)))
            for _ in range(r.choice([0, 0, 1, 1, 2])):
                k = r.choice(list(_ADJ))
                self.say(k[0], r.choice(_ADJ[k]))
                self.sets[k[0]] = k[1]
            if r.random() < .12:
                self.stranger()
            k = ("biome", r.choice(ATTRIBUTES["biome"]))
            self.say("biome", r.choice(_NOUNS[k]))
            self.sets["biome"] = k[1]
            if r.random() < .4:
                t = r.choice(ATTRIBUTES["time"])
                self.filler(r.choice([" at", " in the", " by", " at the"]))
                self.say("time", r.choice(_NOUNS[("time", t)]))
                self.sets["time"] = t
            if r.random() < .3:
                s = r.choice(ATTRIBUTES["subject"][1:])
                self.filler(r.choice([" with a", " and a", " with the", ", a", " where a"]))
                self.say("subject", r.choice(_NOUNS[("subject", s)]))
                self.sets["subject"] = s
        elif kind < .50:                                 # one noun
            k = r.choice(list(_NOUNS))
            if r.random() < .7:
                self.filler(r.choice([" the", " a", " at", " in", " in the", " with", " more", " some", " it is", " now", " by", " an", " with a"]))
            if r.random() < .15:
                j = r.choice(list(_ADJ))
                if j[0] != k[0]:
                    self.say(j[0], r.choice(_ADJ[j]))
                    self.sets[j[0]] = j[1]
            self.say(k[0], r.choice(_NOUNS[k]))
            self.sets[k[0]] = k[1]
        elif kind < .56:
            k = r.choice(list(_ADJ))
            self.filler(r.choice([" it is", " make it", " very", "", " let it be", " it gets", " it becomes"]))
            self.say(k[0], r.choice(_ADJ[k]))
            self.sets[k[0]] = k[1]
        elif kind < .59:
            self.say("weather", r.choice(_SUNNY))
            self.sets["weather"], self.sets["time"] = "clear", "day"
        elif kind < .65:
            self.stranger()
        else:
            attribute = r.choice(NAMES[1:])
            k = (attribute, r.choice(ATTRIBUTES[attribute]))
            self.say(attribute, r.choice(_PHRASES[k]))
            self.sets[attribute] = k[1]


def sample(r):
    """-> previous values, text, values after, tags of the words of previous + text."""
    previous = {n: r.choice(v) for n, v in ATTRIBUTES.items()}
    before = canonical(previous)
    tags = canonical_tags(previous)
    s = Sentence(r)
    if r.random() > .06:
        if r.random() < .35:
            s.filler(r.choice(LEADS) + " ")
        for i in range(r.choice([1, 1, 1, 2, 2, 2, 3, 3, 4, 5])):
            if i:
                s.filler(r.choice(JOINS))
            s.phrase()
        if r.random() < .3:
            s.filler(" " + r.choice(ENDS))
    if r.random() < .04:                                   # the user pastes a whole canonical sentence
        other = {n: r.choice(v) for n, v in ATTRIBUTES.items()}
        s.pieces.append(". " + canonical(other))
        s.tags += canonical_tags(other)
        s.sets.update(other)
    text = "".join(s.pieces).strip()
    style = r.random()
    text = text.upper() if style < .05 else text.capitalize() if style < .3 else text.title() if style < .34 else text
    assert len(words(text)) == len(s.tags), (text, s.tags)
    return previous, text, {**previous, **s.sets}, tags + s.tags


def canonical_tags(values):
    """Tags of the words of the canonical sentence: '{biome} at {time}, {weather}, {subject}, {speed} speed'."""
    weather = 2 if values["weather"] == "clear" else 1
    subject = 2 if values["subject"] == "none" else 1
    return ["biome", "filler", "time"] + ["weather"] * weather + ["subject"] * subject + ["speed", "speed"]


if __name__ == "__main__":
    r = random.Random(1)
    for _ in range(25):
        previous, text, after, tags = sample(r)
        print(text, "|", {k: v for k, v in after.items() if previous[k] != v}, list(zip(words(text), tags[len(canonical_tags(previous)):])))
