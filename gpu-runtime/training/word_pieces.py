"""Splits a prompt into words, and a word into hash buckets of its letters, so that misspelt words land near the right ones. Nothing but Python here."""
import re

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
