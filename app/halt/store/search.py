"""Searching text: what a person types is found in whatever case, and shown in its surroundings.

The text of a conversation is kept folded, as UTF-8 in one piece: that takes the least memory whatever script it is in,
and Python looks through some hundred megabytes of it in a second, in the browser too.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

# What stands between two messages; no UTF-8 has it.
_BETWEEN = b"\xff"

# An excerpt has so many characters, so many of them before what was found.
EXCERPT = 120
BEFORE = 32

Parts = list[tuple[str, bool]]
"""A text in parts; of each, whether it is what was looked for."""


def words_of(query: str) -> list[str]:
    """Give the words to look for, folded, the longest first as it is the rarest."""
    return sorted(dict.fromkeys(_fold(query).split()), key=len, reverse=True)


def has_all(text: str, words: Iterable[str]) -> bool:
    """Tell whether all of ``words`` are in ``text``."""
    folded = _fold(text)
    return all(word in folded for word in words)


class SearchText:
    """The text of one conversation, made to be searched; ``messages`` are ids and texts, in the order of the hits."""

    __slots__ = ("_data", "_ids", "_starts")

    def __init__(self, messages: Iterable[tuple[str, str]]) -> None:
        self._ids: list[str] = []
        self._starts = array("L")
        pieces: list[bytes] = []
        start = 0
        for name, text in messages:
            piece = _encode(_fold(text))
            pieces.append(piece)
            self._ids.append(name)
            self._starts.append(start)
            start += len(piece) + len(_BETWEEN)
        self._data = _BETWEEN.join(pieces)

    def find(self, words: Sequence[str], most: int) -> list[str]:
        """List the ids of messages in which all of ``words`` are, ``most`` of them at most."""
        found: list[str] = []
        first, *others = map(_encode, words)
        place = self._data.find(first)
        while place >= 0 and len(found) < most:
            number = bisect_right(self._starts, place) - 1
            last = number + 1 == len(self._starts)
            end = len(self._data) if last else self._starts[number + 1]
            if all(self._data.find(word, self._starts[number], end) >= 0 for word in others):
                found.append(self._ids[number])
            place = self._data.find(first, end)
        return found


def marked(text: str, words: Sequence[str]) -> Parts:
    """Cut ``text`` where one of ``words`` begins or ends."""
    folded, places = _fold_placed(text)
    hits = [False] * len(text)
    for word in words:
        at = folded.find(word)
        while at >= 0:
            begin, end = places(at), places(at + len(word) - 1) + 1
            hits[begin:end] = [True] * (end - begin)
            at = folded.find(word, at + 1)
    parts: Parts = []
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or hits[end] != hits[start]:
            parts.append((text[start:end], hits[start]))
            start = end
    return parts


def excerpt(text: str, words: Sequence[str]) -> Parts:
    """Give the surroundings of the first of ``words`` in ``text``, on one line."""
    folded, places = _fold_placed(text)
    found = folded.find(words[0])
    hit = places(found) if found >= 0 else 0
    begin = 0
    if hit > BEFORE:
        begin = hit - BEFORE
        blank = text.find(" ", begin, hit)
        begin = blank + 1 if blank >= 0 else begin
    end = begin + EXCERPT
    line = " ".join(text[begin : max(end, hit + len(words[0]))].split())
    return marked(f"{'…' if begin else ''}{line}{'…' if end < len(text) else ''}", words)


def _fold(text: str) -> str:
    return text.casefold()


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class _Places:
    """Tells which character of a text became the one at a place in what was folded."""

    def __init__(self, text: str, folded: str) -> None:
        # Few characters become more than one ("ß").
        self._ends = None if len(text) == len(folded) else list(accumulate(len(_fold(one)) for one in text))

    def __call__(self, place: int) -> int:
        return place if self._ends is None else bisect_right(self._ends, place)


def _fold_placed(text: str) -> tuple[str, _Places]:
    folded = _fold(text)
    return folded, _Places(text, folded)
