"""The spine: the containers that are still open, and the few lines that put a parser back into them.

What is settled need not be parsed again. Instead of it the parser is given a line for each container, which opens it
at the same indentation, with an empty heading for all that was in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from halt.markdown.inline import Waiting
from halt.markdown.outline import CODE, ITEM, LIST, QUOTE, TABLE, TEXT, Block

# What stands for settled blocks: it ends with its line, and whatever follows begins anew after it.
STUB = "#\n"
# What stands for the settled beginning of a paragraph, on the same line as the rest.
WORD = "x "


@dataclass(slots=True)
class Frame:
    """An open container: its ``kind`` and what it takes to open it again.

    ``indent`` is how many columns an item's content stands behind the beginning of the quote around it. ``head`` are
    the lines that begin a table or a code block again. ``loose`` is of lists. ``resumed`` tells that some code is
    settled already. Of a long paragraph, ``saved`` is the source of what is settled, ``waiting`` what in that waits,
    and ``around`` how many containers begin in its first line, ``line``, while that may still become a table's head.
    """

    kind: str
    marker: str = ""
    indent: int = 0
    head: tuple[str, ...] = ()
    loose: bool = False
    resumed: bool = False
    saved: str = ""
    waiting: Waiting = field(default_factory=Waiting)
    around: int = 0
    line: str = ""


def frame_of(block: Block) -> Frame:
    """Describe an open block."""
    token = block.opening
    if block.kind == ITEM:
        marker = token.info + token.markup
        return Frame(ITEM, marker, int(token.meta["indent"]))
    if block.kind == LIST:
        marker = token.markup if token.tag == "ul" else f"1{token.markup}"
        return Frame(LIST, marker, loose=bool(token.meta["loose"]))
    if block.kind == TABLE:
        return Frame(TABLE, head=_table_head(block))
    if block.kind == CODE:
        fenced = token.type == "fence"
        return Frame(CODE, head=(f"{' ' * int(token.meta['indent'])}{token.markup}",) if fenced else ("    x",))
    return Frame(QUOTE)


def opening_lines(spine: list[Frame]) -> str:
    """Write the lines that open all containers of ``spine`` again, with a stub in each that holds blocks."""
    return _opening(spine)[0]


def line_prefix(spine: list[Frame]) -> str:
    """Write what a line begins with that goes on in the innermost container of ``spine``."""
    return _opening(spine)[1]


def _opening(spine: list[Frame]) -> tuple[str, str]:
    lines: list[str] = []
    prefix = ""
    base = 0
    for frame in spine:
        if frame.kind == QUOTE:
            prefix, base = f"{prefix}> ", 0
            lines.append(prefix + STUB)
        elif frame.kind == ITEM:
            room = frame.indent - base - len(frame.marker)
            after = min(4, room)
            lines.append(prefix + " " * (room - after) + frame.marker + " " * after + STUB)
            prefix, base = prefix + " " * (frame.indent - base), frame.indent
        elif frame.kind == LIST and frame is spine[-1]:
            # The next item by itself would do, were it not for "- a | b", which outside of a list begins a table. The
            # stub's content is indented so far that no item belongs into it.
            lines.append(f"{prefix}{frame.marker}    {STUB}")
        elif frame.kind == TEXT:
            lines.append(prefix + WORD)
        else:
            lines += [f"{prefix}{line}\n" for line in frame.head]
    return "".join(lines), prefix


def without_stub(inside: list[Block], depth: int, spine: list[Frame]) -> list[Block]:
    """Leave out the stub of the container at ``depth``; at 0 is the document itself, which has none."""
    if not depth:
        return inside
    kind = spine[depth - 1].kind
    return inside[1:] if kind in (QUOTE, ITEM) or (kind == LIST and depth == len(spine)) else inside


def code_added(block: Block, frame: Frame) -> str:
    """Give the code that is not settled; an indented block begins with a line that stands for what is."""
    return block.opening.content.removeprefix("x\n" if block.opening.type == "code_block" and frame.resumed else "")


def _table_head(block: Block) -> tuple[str, ...]:
    cells = [token for token in block.slice() if token.type == "th_open"]
    aligned = {"": "---", "left": ":--", "right": "--:", "center": ":-:"}
    aligns = [str(cell.attrGet("style") or "").removeprefix("text-align:") for cell in cells]
    return "|".join(["", *("x" for _ in cells), ""]), "|".join(["", *(aligned[align] for align in aligns), ""])
