"""A reply that grows: each piece of source text becomes a small patch of the page."""

from __future__ import annotations

import re

from halt.markdown.half_open import LONGEST_MARK, blocks_as_shown, half_mark
from halt.markdown.inline import LONG
from halt.markdown.open_part import render_open
from halt.markdown.parser import PARSER, References, normalize
from halt.markdown.patch import Discard, Patch, Step
from halt.markdown.pending import Pending
from halt.markdown.spine import Frame, opening_lines
from halt.markdown.walk import Torn, Walk

# Up to this size (characters) what is open is parsed anew with every patch.
SMALL = 4_000
# Above it, only after it grew by this share of its size, so that all parses together cost a fixed number of parses.
GROWTH = 1 / 16
# A line shorter than this (characters) may be a mark that is not complete.
MARK = 100

# A line that makes a table's head of the one before it.
DELIMITER = re.compile(r"[ \t]*[-:|][-:| \t]*")


class Document:
    """Source text in, patches out; the work for a patch is bounded by what is open, never by the document.

    A block settles as soon as the lines that end it are complete, wherever it stands: an item in a list, a row in a
    table, a line of code, a paragraph in a quote, and of a long paragraph what no later word can change. All patches
    together make ``render(source)``. What is half open is shown as though its other half stood at the end.
    """

    def __init__(self) -> None:
        """Begin with an empty document."""
        self._source: list[str] = []
        self._held_return = ""  # a carriage return at the end of a piece: half a line ending, perhaps
        self._raw = ""  # normalized text that is not settled
        self._spine: list[Frame] = []
        self._references: References = {}
        self._pending = Pending()
        self._examined = 0  # characters of ``_raw`` that the last parse covered
        self._uncut = 0  # characters of ``_raw`` in which no place was found to cut a paragraph
        self._finished = False
        self._cut_off = False

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
        text = normalize(text.removesuffix("\r"))
        if not text:
            return Patch()
        self._raw += text
        size = len(self._raw)
        if size > SMALL and size - self._examined < size * GROWTH:
            return Patch(open_append=text)
        steps: list[Step] = []
        if "\n" in text or size > SMALL:
            steps += self._settle(_certain(self._raw))
        while len(self._raw) > max(LONG, self._uncut * (1 + GROWTH)) and (more := self._settle_words()):
            steps += more
        self._examined = len(self._raw)
        end = len(self._raw)
        if end > SMALL and end - (line := self._raw.rfind("\n") + 1) < MARK:
            end = line  # its first characters may look like a mark, which is not shown, and turn out to be text
        shown = render_open(opening_lines(self._spine), self._raw[:end], self._spine, self._references)
        return Patch(steps, shown, self._raw[end:])

    def half_mark(self, text: str) -> int:
        """Tell how many characters at the end of ``text``, were it appended, wait for what follows them."""
        end = self._raw[-LONGEST_MARK:] + normalize(text[-LONGEST_MARK:])
        return min(half_mark(end), len(text))

    def finish(self, *, cut_off: bool = False) -> Patch:
        """Settle all that is open; doing so twice is harmless.

        The text of a reply that was ``cut_off`` stays as it was shown (S6): what is half open counts as closed.
        """
        if self._finished:
            return Patch()
        self._finished, self._cut_off = True, cut_off
        self._raw += normalize(self._held_return)
        return Patch(self._settle(self._raw, last=True), [])

    def _settle(self, text: str, *, last: bool = False) -> list[Step]:
        """Settle what ``text``, the certain beginning of ``_raw``, makes final; ``last``: all of it."""
        if not text and not last:
            return []
        if torn := self._tear_line():
            return [*torn, *self._settle(self._raw if last else _certain(self._raw), last=last)]
        opening = opening_lines(self._spine)
        skeleton = opening + text
        parse = blocks_as_shown if last and self._cut_off else PARSER.blocks
        tokens = parse(skeleton, self._references)
        walk = Walk(tokens, self._spine, self._references, self._pending, skeleton.count("\n"), last=last)
        try:
            line = walk.settle()
        except Torn:
            saved = self._spine.pop().saved
            self._raw = saved + self._raw
            return [*walk.steps, Discard(), *self._settle(saved + text, last=last)]
        if line is not None:
            self._cut(line - opening.count("\n"))
        elif not tokens and not self._spine:
            self._cut_definitions(text)
        return [*walk.steps, *self._pending.resolve(self._references)]

    def _tear_line(self) -> list[Step]:
        """Take back the containers that began in the first line of a paragraph, should that be the head of a table."""
        frame = self._spine[-1] if self._spine else None
        if frame is None or not frame.around:
            return []
        first, *others = self._raw.split("\n", 2)
        if len(others) < 2 and ("|" in first or not others):
            return []  # not known yet
        around, frame.around = frame.around, 0
        if "|" not in first or not DELIMITER.fullmatch(others[0]):
            return []
        del self._spine[-around - 1 :]
        self._raw = frame.line + self._raw
        return [Discard()] * (around + 1)

    def _settle_words(self) -> list[Step]:
        """Settle the beginning of a long paragraph that is open, as far as nothing to come can change it."""
        references = dict(self._references)
        opening = opening_lines(self._spine)
        tokens = PARSER.blocks(opening + self._raw, references)
        walk = Walk(tokens, self._spine, references, self._pending, 0)
        rest = walk.settle_words(self._raw, opening.count("\n"))
        self._uncut = len(self._raw) if rest is None else 0
        if rest is None:
            return walk.steps
        self._raw = rest
        # What was taken for a formula until now may have hidden definitions, which are settled with the blocks before.
        self._references.update(references)
        return [*walk.steps, *self._pending.resolve(self._references)]

    def _cut(self, lines: int) -> None:
        """Drop the first ``lines`` of the raw text, which are settled, and outside of containers the blank ones too."""
        offset = 0
        for _ in range(lines):
            offset = self._raw.find("\n", offset) + 1 or len(self._raw)
        if not self._spine:
            while (end := self._raw.find("\n", offset)) >= 0 and not self._raw[offset:end].strip(" \t"):
                offset = end + 1
        self._raw = self._raw[offset:]
        self._uncut = 0

    def _cut_definitions(self, text: str) -> None:
        """Drop definitions that another one follows: theirs is all that they say, and they are not shown."""
        begun = text.rfind("\n[") + 1
        if begun and not PARSER.blocks(text[:begun], {}):
            self._raw = self._raw[begun:]


def render(source: str, *, cut_off: bool = False) -> str:
    """Render a whole text at once; ``cut_off`` as in ``Document.finish``."""
    references: References = {}
    tokens = (blocks_as_shown if cut_off else PARSER.blocks)(normalize(source), references)
    PARSER.inlines(tokens, references)
    return PARSER.html(tokens)


def _certain(text: str) -> str:
    """Give the complete lines of ``text``; the last one, if it has a bar, may yet become the head of a table."""
    end = text.rfind("\n") + 1
    last = text.rfind("\n", 0, max(end - 1, 0)) + 1
    return text[:last] if "|" in text[last:end] else text[:end]
