"""What can be said after `python build.py bench render`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from bench.documents import LONG, Document, documents

RENDERERS = {
    "halt": "Halt, as in its page: Python, a patch a frame",
    "marked": "marked and DOMPurify, the whole text again with each chunk",
    "marked-frame": "marked and DOMPurify, the whole text again once a frame",
    "streaming-markdown": "streaming-markdown, fed each chunk",
    "streamdown": "streamdown in React, a state update with each chunk",
}
"""Each renderer's name and what it is."""

PASSES = ("streamed", "at-once", "watched")
"""The ways in which each text is sent: at the rate; as fast as it is taken; quickly, and observed."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast chunks come: so many (for a text of 60,000 characters) in so many seconds."""

    chunks: int = 5_000
    seconds: float = 25

    @property
    def gap_ms(self) -> float:
        """The time from one chunk to the next, in ms."""
        return 1000 * self.seconds / self.chunks

    @property
    def limit_s(self) -> float:
        """How long a pass may take unless told otherwise: a renderer that is so far behind stays behind."""
        return max(3 * self.seconds, 15)

    def count(self, document: Document) -> int:
        """Tell into how many chunks a text is cut, all texts having chunks of the same mean length."""
        return max(2, round(self.chunks * len(document.text) / LONG))


QUICK = Rate(2_000, 5)


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured, and where the results go."""

    renderers: tuple[str, ...] = tuple(RENDERERS)
    documents: tuple[str, ...] = ()
    passes: tuple[str, ...] = PASSES
    rate: Rate = Rate()
    runs: int = 1
    limit_s: float | None = None
    markdown: bool = False
    json: Path | None = None


def parse(arguments: Sequence[str]) -> Options:
    """Read the options of `bench render`; exits with a sentence where one is wrong, or to show the help."""
    parser = argparse.ArgumentParser(
        prog="python build.py bench render",
        description="Measure Halt's streaming renderer beside three others, in one page and one go.",
        epilog="\n".join(f"{name:20}{what}" for name, what in RENDERERS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = tuple(documents())
    parser.add_argument("--only", type=Names(RENDERERS), default=tuple(RENDERERS), metavar="A,B", help="renderers")
    parser.add_argument("--documents", type=Names(names), default=names, metavar="A,B", help=", ".join(names))
    parser.add_argument("--passes", type=Names(PASSES), default=PASSES, metavar="A,B", help=", ".join(PASSES))
    parser.add_argument("--rate", type=_rate, default=Rate(), metavar="CHUNKS/SECONDS", help="default: 5000/25")
    parser.add_argument("--quick", action="store_const", const=QUICK, dest="rate", help="the same as --rate 2000/5")
    parser.add_argument("--runs", type=positive, default=1, metavar="N", help="measure N times, print the medians")
    parser.add_argument(
        "--limit",
        type=_seconds,
        metavar="SECONDS",
        help="give up a pass then (default: 3 times the rate's, at least 15)",
    )
    parser.add_argument("--markdown", action="store_true", help="print tables to paste into a Markdown file")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured to a file")
    read = parser.parse_args(arguments)
    return Options(
        renderers=read.only,
        documents=read.documents,
        passes=read.passes,
        rate=read.rate,
        runs=read.runs,
        limit_s=read.limit,
        markdown=read.markdown,
        json=read.json,
    )


class Names:
    """Reads a list of names, each one of those that there are; keeps their order."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = tuple(known)

    def __call__(self, text: str) -> tuple[str, ...]:
        """Give the names that were asked for; argparse tells what is wrong with them."""
        asked = {name.strip() for name in text.split(",")}
        unknown = asked.difference(self._known)
        if unknown:
            _refuse(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(self._known)}")
        return tuple(name for name in self._known if name in asked)


def _rate(text: str) -> Rate:
    try:
        chunks, seconds = text.split("/")
        rate = Rate(int(chunks), float(seconds))
    except ValueError:
        _refuse(f"{text!r} is no rate; say for example 5000/25: 5,000 chunks in 25 seconds")
    if rate.chunks < 1 or rate.seconds <= 0:
        _refuse("a rate needs at least one chunk and some time")
    return rate


def positive(text: str) -> int:
    """Read a number of runs."""
    if not text.isdecimal() or int(text) < 1:
        _refuse(f"{text!r} is no number of runs")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if seconds <= 0:
        _refuse(f"{text!r} is no number of seconds")
    return seconds


def _refuse(why: str) -> NoReturn:
    raise argparse.ArgumentTypeError(why)
