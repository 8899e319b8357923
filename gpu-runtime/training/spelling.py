"""Misspelt words. Those drawn for training and those held out for `eval` never overlap, and none of them is nearer to another word."""
import functools

import phrases
from word_pieces import fnv1a, words

NEIGHBOURS = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wa qes wrd etf ryg tuh yij uok ipl o qsz awdx sefc drgv fthb gyjn hukm jil ko asx zsdc xdfv cfgb vghn bhjm njk".split()))


def _meanings():
    """{word: what it speaks of}, and the same for every word less one letter."""
    exact, near = {}, {}
    groups = [((a, v), [text]) for d in (phrases.NOUNS, phrases.ADJECTIVES) for (a, v), text in d.items()] + list(phrases.PHRASES.items())
    groups += [(("style", v), [text]) for v, text in phrases.STYLE_NOUNS.items()]
    groups += [(("speed", v), verbs) for v, verbs in phrases.PACES.items()] + [("filler", phrases.COMMON + phrases.VERBS + phrases.ALONG), ("unknown", phrases.STRANGERS + phrases.TRICKS + list(phrases.COLOURS))]
    for meaning, texts in groups:
        for w in {w for text in texts for w in words(text)}:
            exact.setdefault(w, set()).add(meaning)
            for short in shorter(w):
                near.setdefault(short, set()).add(w)
    return exact, near


def shorter(word):
    return {word} | {word[:i] + word[i + 1:] for i in range(len(word))}


KNOWN, NEAR = _meanings()


@functools.lru_cache(None)
def variants(word, held_out):
    """Every way to get one letter of the word wrong (left out, doubled, exchanged with the next, or the key beside it) that cannot be another word. Words of
    four letters only get longer. One in twelve is held out, by its hash."""
    if len(word) < 4 or not word.isalpha() or not word.isascii():
        return ()
    found = set()
    for i in range(1, len(word)):
        found.add(word[:i] + word[i] + word[i:])
        if len(word) > 4:
            if i < len(word) - 1:
                found.add(word[:i] + word[i + 1:])
                found.add(word[:i] + word[i + 1] + word[i] + word[i + 2:])
            found.update(word[:i] + c + word[i + 1:] for c in NEIGHBOURS[word[i]] if c.isalpha())
    kept = []
    for new in sorted(found - {word}):
        near = set().union(*(NEAR.get(s, set()) for s in shorter(new))) - {word}
        if new not in KNOWN and all(KNOWN[w] & KNOWN.get(word, set()) for w in near) and (fnv1a(new.encode()) % 12 == 0) == held_out:
            kept.append(new)
    return tuple(kept)


def misspell(word, r, held_out=False):
    options = variants(word, held_out)
    return r.choice(options) if options else word
