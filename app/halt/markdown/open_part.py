"""The open part: what is not settled, as it looks so far."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from halt.markdown import formula
from halt.markdown.half_open import blocks_as_shown
from halt.markdown.outline import CODE, TEXT, Block, blocks
from halt.markdown.parser import PARSER, References
from halt.markdown.renderer import TAIL, code_text
from halt.markdown.spine import WORD, Frame, code_added, without_stub

TAIL_START = f"<span {TAIL}>"
TAIL_PLACE = f"{TAIL_START}</span>"


def render_open(opening: str, raw: str, spine: list[Frame], references: References) -> list[str]:
    """Render ``raw``, one piece for each open container, the document itself first.

    ``opening`` are the lines that open the containers of ``spine`` again. The place where plain text can be appended is
    marked once.
    """
    references = dict(references)
    tokens = blocks_as_shown(opening + raw, references)
    nested = _along(tokens, spine)
    if spine and spine[-1].kind == TEXT and nested[-1]:
        _drop_word(nested[-1][0])
    PARSER.inlines(tokens, references)
    _mark_tail(tokens, half_line=not raw.endswith("\n"))
    pieces = [_html(inside[1:] if depth < len(spine) else inside) for depth, inside in enumerate(nested)]
    if spine and spine[-1].kind in (CODE, TEXT):
        pieces.append(_text_of(nested[-1][0], spine[-1], raw, tail=not any(pieces)))
    if not any(TAIL_START in piece for piece in pieces):  # the whole tag: a text may name the attribute
        pieces[0] += TAIL_PLACE
    return pieces


def _along(tokens: Sequence[Token], spine: list[Frame]) -> list[list[Block]]:
    """List what stands in the document and in each container of ``spine``, stubs left out."""
    inside = blocks(tokens, 0, len(tokens))
    found = [inside]
    for depth, frame in enumerate(spine, 1):
        if frame.kind in (CODE, TEXT):
            break
        inside = without_stub(inside[0].children(), depth, spine)
        found.append(inside)
    return found


def _drop_word(block: Block) -> None:
    """Take the stub out of a paragraph, or of what its last line makes of it for the moment."""
    for token in block.slice():
        if token.type == "inline":
            token.content = token.content.removeprefix(WORD.rstrip()).removeprefix(" ")
            return


def _text_of(block: Block, frame: Frame, raw: str, *, tail: bool) -> str:
    """Render what is open of the code or the text that is settled line by line or word by word."""
    if frame.kind == CODE:
        return code_text(code_added(block, frame), tail=tail)
    inline = block.tokens[block.start + 1]
    if inline.type == "inline":
        return PARSER.html([inline])
    return escapeHtml(raw) + (TAIL_PLACE if tail else "")


def _html(inside: list[Block]) -> str:
    return PARSER.html(inside[0].tokens[inside[0].start : inside[-1].end]) if inside else ""


def _mark_tail(tokens: Sequence[Token], *, half_line: bool) -> None:
    """Mark the last text, which plain text can be appended to; half a language's name may look like another's."""
    for token in reversed(tokens):
        if token.type == "inline":
            token.children = [*(token.children or []), Token("tail", "span", 0)]
            return
        if token.type in ("fence", "code_block", formula.TEXT):
            token.meta["tail"] = True
            first, after = token.map or (0, 0)
            if half_line and after - first == 1:
                token.meta["half_line"] = True
            return
