"""The outline of parsed text: which blocks stand in which, as far as something can still be added to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

QUOTE, ITEM, LIST, TABLE, CODE, TEXT = "quote", "item", "list", "table", "code", "text"

_KINDS = {
    "blockquote_open": QUOTE,
    "list_item_open": ITEM,
    "bullet_list_open": LIST,
    "ordered_list_open": LIST,
    "table_open": TABLE,
    "fence": CODE,
    "code_block": CODE,
    "paragraph_open": TEXT,
}


@dataclass(frozen=True, slots=True)
class Block:
    """A block: ``tokens[start:end]`` of all tokens, and the lines of the text that it takes."""

    tokens: Sequence[Token]
    start: int
    end: int

    @property
    def opening(self) -> Token:
        """The block's first token."""
        return self.tokens[self.start]

    @property
    def kind(self) -> str:
        """What kind of container it is, or "" where nothing can be added to it piece by piece."""
        return _KINDS.get(self.opening.type, "")

    @property
    def lines(self) -> tuple[int, int]:
        """Its first line and the one after its last."""
        first, after = self.opening.map or (0, 0)
        return first, after

    @property
    def over(self) -> bool:
        """Tell whether it ends with its own last line, whatever comes."""
        opening = self.opening
        return opening.type in ("hr", "tr_open") or bool(opening.meta.get("closed"))

    def slice(self) -> Sequence[Token]:
        """Its tokens, the ones inside included."""
        return self.tokens[self.start : self.end]

    def children(self) -> list[Block]:
        """The blocks directly inside: a list's items, a table's rows below its head."""
        if self.kind == TABLE:
            body = next((one for one in blocks(self.tokens, self.start + 1, self.end - 1) if _is_body(one)), None)
            return body.children() if body else []
        return blocks(self.tokens, self.start + 1, self.end - 1) if self.opening.nesting > 0 else []


def blocks(tokens: Sequence[Token], start: int, end: int) -> list[Block]:
    """Cut ``tokens[start:end]`` into the blocks that stand side by side there."""
    found: list[Block] = []
    depth = 0
    for index in range(start, end):
        nesting = tokens[index].nesting
        if depth == 0 and nesting >= 0:
            start = index
        depth += nesting
        if depth == 0:
            found.append(Block(tokens, start, index + 1))
    return found


def _is_body(block: Block) -> bool:
    return block.opening.type == "tbody_open"
