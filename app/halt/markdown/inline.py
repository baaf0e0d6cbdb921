"""Long paragraphs, a piece at a time: where one can be cut so that what stands before the cut is final.

Emphasis, code and links may reach back as far as their paragraph goes. A cut is clean where nothing before it is still
waiting for its other half. Where that never comes, the text is cut all the same, and the paragraph remembers what was
left waiting: should its other half come after all, it is shown anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from markdown_it.common.utils import escapeHtml
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from halt.markdown.bare_link import without_open_link
from halt.markdown.formula import AHEAD, GROWING, UNDECIDED
from halt.markdown.parser import PARSER, References
from halt.markdown.pending import unknown_labels

# A paragraph longer than this (characters) is cut, and so much of its end is left open.
LONG = 600
HELD = 120
# What grows to this size without a clean cut is cut where it is not.
LONGEST = 2_400

# Between a space and a letter, or two letters of a script without spaces: no construct begins, ends or breaks there.
CUT = re.compile(r"(?<= )(?=[^\W_])|(?<=[\u3040-\ua4cf\uac00-\ud7a3])(?=[\u3040-\ua4cf\uac00-\ud7a3])")
# A link whose address is not closed; its text is, so that nothing else tells.
OPEN_ADDRESS = re.compile(r"\]\([^()]*(?:\([^()]*\)[^()]*)*\Z")
# An address that may go on: no space has ended it.
OPEN_URL = re.compile(r"(?:(?:\A|[\s*_~(])(?:https?://|www\.)|<[A-Za-z])\S*\Z")
DEFINITION = re.compile(r"\[(?:[^\[\]\\]|\\.){1,999}\]:", re.DOTALL)
# What waits for a link's definition, which may come anywhere.
LATER = "definition"
# What may be a formula together with what follows; that is known soon, as formulas are short.
SOON = "formula"
MARKS = re.compile(r"`+|\[|\]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a paragraph: its HTML, and the halves in it that wait for one after or before it."""

    html: str
    openers: frozenset[str]
    closers: frozenset[str]


@dataclass(slots=True)
class Waiting:
    """The halves that were left waiting by the pieces so far; ``broken`` once one of them has found its other half."""

    openers: set[str] = field(default_factory=set)
    broken: bool = False

    def follow(self, piece: Piece) -> None:
        """Take the next piece into account."""
        met = not self.openers.isdisjoint(piece.closers)
        self.broken = self.broken or met or LATER in piece.openers
        self.openers |= piece.openers


def render_piece(text: str, references: References, after: str | None = None, *, growing: bool = False) -> Piece:
    """Render a piece by itself, and find what waits in it.

    ``after`` is what is known to follow it, ``None``: all. ``growing``: what is half open at its end is shown as such.
    """
    tokens: list[Token] = []
    env: dict[str, Any] = {"references": references, GROWING: growing}
    if after is not None:
        env[AHEAD] = (text, after)
    state = StateInline(text, PARSER, env, tokens)
    PARSER.inline.tokenize(state)
    for rule in PARSER.inline.ruler2.getRules(""):
        rule(state)
    openers, closers = _marks(tokens)
    matched = {one.end for one in state.delimiters if one.end >= 0}
    for index, one in enumerate(state.delimiters):
        if one.end < 0 and index not in matched:
            openers |= {chr(one.marker)} if one.open else set()
            closers |= {chr(one.marker)} if one.close else set()
    if OPEN_ADDRESS.search(text):
        openers.add("(")
    if ")" in text:
        closers.add("(")
    if unknown_labels(text, tokens, references):
        openers.add(LATER)
    if UNDECIDED in env:
        openers.add(SOON)
    children = without_open_link(tokens) if growing else tokens
    inline = Token("inline", "", 0, children=children, content=text)
    PARSER.join(inline)
    return Piece(PARSER.html([inline]), frozenset(openers), frozenset(closers))


def cut(text: str, references: References) -> tuple[Piece, int] | None:
    """Find how much of a paragraph's text can be settled: the piece and its length; ``None`` where nothing can be.

    The last line is left alone where it has a bar: it may yet become the head of a table. So is text that may yet
    become a link's definition.
    """
    end = len(text) - HELD
    last_line = text.rfind("\n") + 1
    if "|" in text[last_line:]:
        end = min(end, last_line)
    if end < LONG - HELD or DEFINITION.match(text):
        return None
    places = [match.start() for match in CUT.finditer(text, 0, end)]
    for share in (1.0, 0.75, 0.5):
        place = places[int((len(places) - 1) * share)] if places else 0
        if place < HELD:
            break
        piece = render_piece(text[:place], references, text[place:])
        if SOON in piece.openers or OPEN_URL.search(text, text.rfind(" ", 0, place), place):
            continue
        if not piece.openers:
            return piece, place
        if len(text) > LONGEST:
            return _as_is(text[:place], piece), place
    return None


def _as_is(text: str, piece: Piece) -> Piece:
    """Show the source itself where it may be code: formatted it has fewer characters than the code would show."""
    if any(opener.startswith("`") for opener in piece.openers):
        return Piece(escapeHtml(text), frozenset({LATER}), frozenset())
    return piece


def _marks(tokens: list[Token]) -> tuple[set[str], set[str]]:
    """Find brackets and backticks that stayed text."""
    openers: set[str] = set()
    closers: set[str] = set()
    brackets = 0
    for token in tokens:
        for mark in MARKS.findall(token.content) if token.type == "text" else ():
            if mark == "[":
                brackets += 1
            elif mark != "]":
                openers.add(mark)
                closers.add(mark)
            elif brackets:
                brackets -= 1
            else:
                closers.add("[")
    if brackets:
        openers.add("[")
    return openers, closers
