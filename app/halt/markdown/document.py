"""A reply that grows: each piece of source text becomes a small patch of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from halt.markdown.fence import Fence
from halt.markdown.parser import PARSER, References, normalize, top_level

# Up to this size (characters) an open block is parsed anew with every patch: about 4 ms natively.
SMALL = 4_000
# Above it, only after it grew by this share of its size, so that all parses together cost a fixed number of parses.
GROWTH = 1 / 16
# A single paragraph is formatted while open only up to this size (characters): beyond, when it settles.
LONG_PARAGRAPH = 8_000

BLANK_LINE = re.compile(r"\n[ \t]*\n")
BLANK_START = re.compile(r"[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Patch:
    """What to do to the page, in this order.

    ``settled``: HTML of blocks that are final, to be placed behind the ones before and never touched again.
    ``open``: HTML that replaces all of the open part, which stands behind the settled blocks; ``None`` leaves it.
    ``open_append``: plain text to append to the open part's element marked ``data-tail``; ``None`` where there is none.
    """

    settled: list[str]
    open: str | None
    open_append: str | None


class Document:
    """Source text in, patches out; the work for a patch is bounded by the open block, never by the document.

    All top-level blocks but the last settle as soon as the lines that end them are complete. All patches together make
    ``render(source)``, except where a link is used before its definition arrives: what is settled stays as it is.
    An open part never shows less than the finished text will: ``finish`` reveals no character.
    """

    def __init__(self) -> None:
        """Begin with an empty document."""
        self._source: list[str] = []
        self._held_return = ""  # a carriage return at the end of a piece: half a line ending, perhaps
        self._tail = ""  # normalized text that is not settled, unless a fence holds it
        self._fence: Fence | None = None
        self._references: References = {}
        self._parsed = 0  # characters of the tail that the last parse covered
        self._long_paragraph = False  # the tail is one paragraph too long to be formatted while it grows
        self._inlines: dict[str, list[Token]] = {}  # the insides of the open block's parts, as last parsed
        self._inlines_references: References = {}
        self._finished = False

    @property
    def source(self) -> str:
        """The text as it was appended, to the character."""
        return "".join(self._source)

    def append(self, text: str) -> Patch:
        """Take the next piece of source text, cut anywhere; raises ``ValueError`` after ``finish``."""
        if self._finished:
            raise ValueError("This document is finished; start a new one to go on.")
        self._source.append(text)
        text = self._held_return + text
        self._held_return = "\r" if text.endswith("\r") else ""
        return self._advance(normalize(text.removesuffix("\r")))

    def finish(self) -> Patch:
        """Settle all that is open; doing so twice is harmless."""
        if self._finished:
            return Patch([], None, None)
        self._finished = True
        if self._fence is not None:
            self._tail = self._fence.source
            self._fence = None
        references = dict(self._references)
        tokens = PARSER.blocks(self._tail + normalize(self._held_return), references)
        self._parse_inlines(tokens, references)
        settled = _render_each(tokens)
        self._tail = ""
        return Patch(settled, "", None)

    def _advance(self, text: str) -> Patch:
        if not text:
            return Patch([], None, None)
        if self._fence is None:
            self._tail += text
            if self._due() or (self._long_paragraph and self._blank_line_in(text)):
                return self._parse() or Patch([], None, text)
            return Patch([], None, text)
        rest = self._fence.feed(text)
        if rest is None:
            return Patch([], None, text)
        closed = PARSER.html([self._fence.token])
        self._fence = None
        self._tail = rest
        after = self._parse() or Patch([], "", None)
        return Patch([closed, *after.settled], after.open, None)

    def _due(self) -> bool:
        """Tell whether the tail has grown enough to be parsed again."""
        size = len(self._tail)
        return size <= SMALL or size - self._parsed >= size * GROWTH

    def _blank_line_in(self, text: str) -> bool:
        """Tell whether ``text``, the tail's last piece, completes a blank line: the end of any paragraph."""
        line_start = self._tail.rfind("\n", 0, len(self._tail) - len(text))
        return BLANK_LINE.search(self._tail, max(line_start, 0)) is not None

    def _parse(self) -> Patch | None:
        """Parse the tail, settle what is final and show the rest; ``None`` where a long paragraph merely goes on."""
        references = dict(self._references)
        tokens = PARSER.blocks(self._tail, references)
        starts = top_level(tokens)
        final = _count_final(tokens, starts, self._tail.count("\n"))
        self._parsed = len(self._tail)
        only_paragraph = len(starts) == 1 and tokens[0].type == "paragraph_open" and not final
        if only_paragraph and self._long_paragraph:
            return None
        self._parse_inlines(tokens, references)
        settled = _render_each(tokens[: starts[final]] if final < len(starts) else tokens) if final else []
        if final:
            self._cut(_lines(tokens[starts[final - 1]])[1], references)
        self._long_paragraph = only_paragraph and len(self._tail) > LONG_PARAGRAPH

        opened = Fence.opened_by(self._tail)
        if opened is not None and opened[0].feed(opened[1]) is None:
            self._fence = opened[0]
            self._tail = ""
            return Patch(settled, PARSER.open_html([self._fence.token]), None)
        rest = tokens[starts[final] :] if final < len(starts) else []
        return Patch(settled, PARSER.open_html(rest) if self._tail else "", None)

    def _cut(self, line: int, references: References) -> None:
        """Drop the tail's first lines, which are settled, and the blank ones that follow; keep what they defined."""
        for label, definition in references.items():
            if label not in self._references and definition["map"][1] <= line:
                self._references[label] = definition
        offset = 0
        for _ in range(line):
            offset = self._tail.index("\n", offset) + 1
        while blank := BLANK_START.match(self._tail, offset):
            offset = blank.end()
        self._tail = self._tail[offset:]
        self._parsed = len(self._tail)

    def _parse_inlines(self, tokens: list[Token], references: References) -> None:
        """Parse the insides of ``tokens``, those of the open block's finished parts (items, rows) only once."""
        if references != self._inlines_references:
            self._inlines = {}
            self._inlines_references = references
        inlines = [token for token in tokens if token.type == "inline"]
        new = [token for token in inlines if token.content not in self._inlines]
        PARSER.inlines(new, references)
        for token in inlines:
            token.children = self._inlines.get(token.content, token.children)
        self._inlines = {token.content: token.children or [] for token in inlines}


def _lines(token: Token) -> tuple[int, int]:
    """Tell a block's first line and the one after its last."""
    first, after = token.map or (0, 0)
    return first, after


def _count_final(tokens: list[Token], starts: list[int], complete: int) -> int:
    """Count the top-level blocks that nothing to come can change, ``complete`` being the number of complete lines.

    A block is over once a complete line begins another one, a paragraph even once any complete line follows it. Only a
    table is known by its second line, so that must be complete too: ``a | b`` is a paragraph unless ``--|--`` follows.
    """
    final = 0
    for index, start in enumerate(starts):
        following = tokens[starts[index + 1]] if index + 1 < len(starts) else None
        if tokens[start].type == "paragraph_open":
            ends_at = _lines(tokens[start])[1]
        elif following is not None:
            ends_at = _lines(following)[0]
        else:
            break
        table = following is not None and following.type == "table_open" and _lines(following)[0] == ends_at
        if ends_at + (2 if table else 1) <= complete:
            final = index + 1
    return final


def _render_each(tokens: list[Token]) -> list[str]:
    starts = top_level(tokens)
    return [PARSER.html(tokens[start:end]) for start, end in pairwise([*starts, len(tokens)])]
