"""The walk through what was parsed: it finds what is final, settles it, and goes in and out of containers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from halt.markdown.formula import GROWING
from halt.markdown.inline import Piece, cut, render_piece
from halt.markdown.outline import CODE, ITEM, LIST, QUOTE, TABLE, TEXT, Block, blocks
from halt.markdown.parser import PARSER, References
from halt.markdown.patch import Enter, Leave, Loosen, Settle, Step
from halt.markdown.pending import Pending
from halt.markdown.renderer import CODE_DEPTH, TABLE_DOWN, code_ends, code_text
from halt.markdown.spine import WORD, Frame, code_added, frame_of, line_prefix, without_stub

BLANK_END = re.compile(r"(?<=\n)(?:[ \t]*\n)+\Z|\A(?:[ \t]*\n)+\Z")

NOTHING = Piece("", frozenset(), frozenset())


class Torn(Exception):
    """A paragraph that was settled in part turned out to be something else, or to hang together across its parts."""


class Walk:
    """One walk through parsed text, from the outermost container to the innermost: it settles, leaves and enters.

    ``steps`` is what the page has to do then; the spine is changed along with it. ``lines`` is how many complete lines
    the text has, ``last`` tells that no more will come.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        spine: list[Frame],
        references: References,
        pending: Pending,
        lines: int,
        *,
        last: bool = False,
    ) -> None:
        self.steps: list[Step] = []
        self._tokens = tokens
        self._spine = spine
        self._references = references
        self._pending = pending
        self._lines = lines
        self._last = last
        self._words = NOTHING

    def settle(self) -> int | None:
        """Settle all that is final; tell the line at which the rest begins. Raises ``Torn`` before any step but
        ``Loosen``."""
        inside = blocks(self._tokens, 0, len(self._tokens))
        if self._spine and self._spine[-1].kind == TEXT:
            self._examine_words(inside)
        for depth, frame in enumerate(self._spine):
            entered, after = inside[0], inside[1:]
            self._loosen(entered, depth)
            if after or self._is_over(entered, frame) or self._last:
                self._leave(entered, depth)
                return self._settle_in(after, left=True) if after else entered.lines[1]
            if frame.kind == CODE:
                return self._grow_code(entered)
            if frame.kind == TEXT:
                return None
            inside = without_stub(entered.children(), depth + 1, self._spine)
        return self._settle_in(inside, left=False)

    def _is_over(self, entered: Block, frame: Frame) -> bool:
        # After a paragraph only a blank line is no part of it and begins nothing.
        return entered.over or (frame.kind == TEXT and entered.lines[1] < self._lines)

    def _settle_in(self, inside: list[Block], *, left: bool) -> int | None:
        """Settle the final ones of the blocks in the innermost container, and go into the one that is open."""
        final = inside if self._last or (inside and self._is_final(inside[-1])) else inside[:-1]
        self._put(final)
        if len(final) == len(inside):
            return final[-1].lines[1] if final else None
        line = self._enter(inside[-1])
        return inside[-1].lines[0] if line is None and (final or left) else line

    def _is_final(self, block: Block) -> bool:
        if block.over:
            return True
        # Outside of containers a blank line ends a paragraph for good, and nothing asks whether there was one.
        return not self._spine and block.opening.type == "paragraph_open" and block.lines[1] < self._lines

    # In and out of containers

    def _enter(self, block: Block) -> int | None:
        """Go into an open container, and those in it, as deep as something in them is final."""
        path: list[tuple[Block, list[Block], list[Block]]] = []
        deepest = 0
        while block.kind not in ("", TEXT):
            inside = block.children()
            final = inside if inside and inside[-1].over else inside[:-1]
            path.append((block, inside, final))
            # A fence's first line alone may yet become the head of a table.
            if final or (block.kind == CODE and block.lines[1] - block.lines[0] > 1):
                deepest = len(path)
            if len(final) == len(inside):
                break
            block = inside[-1]
        line: int | None = None
        for block, inside, final in path[:deepest]:
            self._go_into(block)
            if block.kind == CODE:
                return self._grow_code(block)
            self._put(final)
            line = final[-1].lines[1] if len(final) == len(inside) else inside[-1].lines[0]
        return line

    def _go_into(self, block: Block) -> None:
        self._spine.append(frame_of(block))
        if block.kind == CODE:
            before, after = code_ends(block.opening)
            self.steps.append(Enter(before, after, CODE_DEPTH))
            return
        inside = block.children()
        head = block.tokens[block.start : inside[0].start]
        foot = block.tokens[inside[-1].end : block.end]
        down = TABLE_DOWN if block.kind == TABLE else 0
        self.steps.append(Enter(self._html(head), PARSER.html(foot), down))

    def _leave(self, block: Block, depth: int) -> None:
        """Settle what is left in an entered container that is over, and leave it."""
        frame = self._spine[depth]
        if frame.kind == CODE:
            self._grow_code(block, whole=True)
        elif frame.kind == TEXT:
            self._put_html(self._words.html)
        else:
            inside = without_stub(block.children(), depth + 1, self._spine)
            if depth + 1 < len(self._spine):
                self._loosen(inside[0], depth + 1)
                self._leave(inside[0], depth + 1)
                inside = inside[1:]
            self._put(inside)
        del self._spine[depth:]
        self.steps.append(Leave())

    def _loosen(self, block: Block, depth: int) -> None:
        frame = self._spine[depth]
        if frame.kind == LIST and not frame.loose and block.opening.meta["loose"]:
            frame.loose = True
            self.steps.append(Loosen(depth + 1))

    # Code, a line at a time

    def _grow_code(self, block: Block, *, whole: bool = False) -> int:
        """Settle lines of code; blank ones at its end wait, since they may have to do with the lists around it."""
        added = code_added(block, self._spine[-1])
        certain = added if whole else BLANK_END.sub("", added)
        if certain:
            self._put_html(code_text(certain, tail=False))
            self._spine[-1].resumed = True
        return block.lines[1] - added.count("\n", len(certain))

    # Text, some words at a time

    def settle_words(self, raw: str, opening_lines: int) -> str | None:
        """Settle the beginning of the open paragraph, if there is a long one; give what is left of the text ``raw``.

        ``opening_lines`` is how many lines were parsed before ``raw``.
        """
        path, leaf = self._path_to_text()
        if leaf is None:
            return None
        resumed = bool(self._spine) and self._spine[-1].kind == TEXT
        content = self._tokens[leaf.start + 1].content
        if resumed:
            content = content.removeprefix(WORD)
        found = cut(content, self._references)
        if found is None:
            return None
        piece, length = found
        around, line = _around(path, leaf), content.partition("\n")[0]
        if around and length < len(line) and "|" in line:
            return None
        first = leaf.lines[0] - opening_lines
        place = _place_in(raw, first, content, length)
        if place is None:
            return None
        saved = raw[:place]
        if not resumed:
            for depth, inside in enumerate(path):
                self._put(inside[:-1])
                if depth + 1 < len(path):
                    self._go_into(inside[-1])
            saved = line_prefix(self._spine) + _source_before(raw, first, content, length, place)
            self._spine.append(Frame(TEXT, around=0 if "\n" in content else around))
            self.steps.append(Enter(PARSER.html([leaf.opening]).rstrip(), "</p>\n"))
        self._put_html(piece.html)
        frame = self._spine[-1]
        if frame.around:
            frame.line += raw[_line_start(raw, 0 if resumed else first) : place]
        frame.saved += saved
        frame.waiting.follow(piece)
        return raw[place:]

    def _path_to_text(self) -> tuple[list[list[Block]], Block | None]:
        """Find the open paragraph, and what stands in each container that has to be entered on the way to it."""
        inside = blocks(self._tokens, 0, len(self._tokens))
        for depth, frame in enumerate(self._spine, 1):
            if frame.kind in (CODE, TABLE) or len(inside) > 1:
                return [], None
            if frame.kind == TEXT:
                break
            inside = without_stub(inside[0].children(), depth, self._spine)
        path = [inside]
        while inside and inside[-1].kind in (LIST, ITEM, QUOTE):
            inside = inside[-1].children()
            path.append(inside)
        leaf = inside[-1] if inside and inside[-1].kind == TEXT else None
        return path, leaf

    def _examine_words(self, inside: list[Block]) -> None:
        """See whether the paragraph that is settled in part is still one, and where it ends, whether its parts fit."""
        over = self._last
        for depth in range(1, len(self._spine)):
            over = over or len(inside) > 1
            inside = without_stub(inside[0].children(), depth, self._spine)
        if inside[0].kind != TEXT:
            raise Torn
        frame = self._spine[-1]
        if over or len(inside) > 1 or self._is_over(inside[0], frame):
            inline = self._tokens[inside[0].start + 1]
            words = inline.content.removeprefix(WORD.rstrip()).removeprefix(" ")
            self._words = render_piece(words, self._references, growing=GROWING in inline.meta)
            frame.waiting.follow(self._words)
            if frame.waiting.broken:
                raise Torn

    # What is put on the page

    def _put(self, final: list[Block]) -> None:
        if final:
            self._put_html(self._html(self._tokens[final[0].start : final[-1].end]))

    def _html(self, tokens: Sequence[Token]) -> str:
        """Render what is final."""
        PARSER.inlines(tokens, self._references)
        self._pending.mark(tokens, self._references)
        return PARSER.html(tokens)

    def _put_html(self, html: str) -> None:
        if self.steps and isinstance(self.steps[-1], Settle):
            self.steps[-1] = Settle(self.steps[-1].html + html)
        else:
            self.steps.append(Settle(html))


def _around(path: list[list[Block]], leaf: Block) -> int:
    """Count the containers that begin in the same line as the paragraph, and so were not there before it."""
    return sum(inside[-1].lines[0] == leaf.lines[0] for inside in path[:-1])


def _line_start(raw: str, line: int) -> int:
    start = 0
    for _ in range(line):
        start = raw.index("\n", start) + 1
    return start


def _place_in(raw: str, line: int, content: str, length: int) -> int | None:
    """Find in ``raw`` the place ``length`` characters into the paragraph ``content``, which begins at ``line``.

    The paragraph's lines have lost their indentation. ``None`` where they don't match.
    """
    start = _line_start(raw, line + content.count("\n", 0, length))
    whole = raw[start:].partition("\n")[0].rstrip(" \t")
    rest = content[length:].partition("\n")[0].rstrip(" \t")
    return start + len(whole) - len(rest) if whole.endswith(rest) else None


def _source_before(raw: str, line: int, content: str, length: int, place: int) -> str:
    """Give the source of a paragraph up to ``place``, its first line without what opens the containers around it."""
    first, newline, _ = content[:length].partition("\n")
    return first + raw[raw.index("\n", _line_start(raw, line)) : place] if newline else first
