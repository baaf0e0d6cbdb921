"""A code fence that is still open: its text needs no parsing, only an eye on the line that closes it."""

from __future__ import annotations

import re

from markdown_it.token import Token

# Only fences at the margin; an indented one is left to the parser, which must strip each line. A line with a bar is
# left to it as well: it may turn out to be a table's head.
_OPENING = re.compile(r"(?P<marker>(?P<tick>`)`{2,}|(?P<tilde>~)~{2,})(?P<info>(?(tick)[^`|\n]*|[^|\n]*))\n")


class Fence:
    """An open code fence (CommonMark 0.31.2, section 4.5), fed in pieces at a cost that its size does not change."""

    def __init__(self, opening: str, marker: str, info: str) -> None:
        """Begin after the opening line; use ``opened_by``."""
        self._opening = opening
        self._info = info
        self._closing = re.compile(rf"^ {{0,3}}{marker[0]}{{{len(marker)},}}[ \t]*\n", re.MULTILINE)
        self._lines: list[str] = []
        self._last: list[str] = []  # the pieces of the last line, which may still become the closing one

    @classmethod
    def opened_by(cls, text: str) -> tuple[Fence, str] | None:
        """Read the opening line that ``text`` begins with; tell the fence and what follows, or ``None``."""
        match = _OPENING.match(text)
        if match is None:
            return None
        return cls(match[0], match["marker"], match["info"]), text[match.end() :]

    def feed(self, text: str) -> str | None:
        """Take more text; tell what follows the closing line once that is complete, and ``None`` before."""
        if "\n" not in text:
            self._last.append(text)
            return None
        lines = "".join(self._last) + text
        closing = self._closing.search(lines)
        if closing is not None:
            self._lines.append(lines[: closing.start()])
            self._last = []
            return lines[closing.end() :]
        cut = lines.rindex("\n") + 1
        self._lines.append(lines[:cut])
        self._last = [lines[cut:]]
        return None

    @property
    def source(self) -> str:
        """The fence's source text so far, its closing line left out."""
        return self._opening + self._content

    @property
    def token(self) -> Token:
        """The fence as a token to render."""
        return Token("fence", "code", 0, content=self._content, info=self._info)

    @property
    def _content(self) -> str:
        return "".join((*self._lines, *self._last))
