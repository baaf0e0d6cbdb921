"""Links whose definition comes later than they do: the blocks that may hold one, until it is there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from halt.markdown.parser import PARSER, References
from halt.markdown.patch import Resolve
from halt.markdown.renderer import PENDING

# A link's label (CommonMark 0.31.2, section 4.7): no brackets inside unless escaped, at most 999 characters.
LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999})\]", re.DOTALL)


def unknown_labels(text: str, children: Sequence[Token], references: References) -> set[str]:
    """Find the labels in ``text`` that a definition to come may make links; ``children`` is what it was parsed to."""
    if not any("[" in token.content for token in children if token.type in ("text", "image")):
        return set()
    return {normalizeReference(label) for label in LABEL.findall(text)} - references.keys()


class Pending:
    """Remembers the text of settled blocks with brackets that are no link yet."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._waiting: dict[str, set[int]] = {}
        self._count = 0

    def mark(self, tokens: Sequence[Token], references: References) -> None:
        """Mark the blocks among ``tokens`` that a definition to come may change."""
        for opening, inline in pairwise(tokens):
            if inline.type != "inline" or "[" not in inline.content:
                continue
            if unknown := unknown_labels(inline.content, inline.children or [], references):
                self._count += 1
                opening.attrSet(PENDING, str(self._count))
                self._texts[self._count] = inline.content
                for label in unknown:
                    self._waiting.setdefault(label, set()).add(self._count)

    def resolve(self, references: References) -> list[Resolve]:
        """Render anew the blocks that ``references`` have something for."""
        found = [label for label in self._waiting if label in references]
        numbers = sorted(set().union(*(self._waiting.pop(label) for label in found)))
        return [Resolve(number, self._render(self._texts[number], references)) for number in numbers]

    def _render(self, text: str, references: References) -> str:
        inline = Token("inline", "", 0, content=text, children=[])
        PARSER.inlines([inline], references)
        return PARSER.html([inline])
