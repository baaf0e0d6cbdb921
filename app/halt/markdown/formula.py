r"""Formulas in TeX: between $ and $ or \( and \) in a line, between $$ and $$ or \[ and \] by themselves.

Rules of our own, since those of the parser's plugins can't be settled piece by piece: there a line of text may turn out
to be part of a formula thousands of characters later. Here the line that begins a display formula begins a block,
whatever follows; and what isn't closed within a certain length, or before a blank line, is text for good.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

# How long (characters) a formula in a line may be, and one by itself.
LONGEST_INLINE = 1_000
LONGEST_BLOCK = 4_000

# What ends a formula by what begins it; a backslash escapes the character after it.
ENDS = {
    "$$": re.compile(r"\\.|(\$\$)", re.DOTALL),
    "$": re.compile(r"\\.|(\$)", re.DOTALL),
    r"\(": re.compile(r"(\\\))|\\.", re.DOTALL),
    r"\[": re.compile(r"(\\\])|\\.", re.DOTALL),
}
DISPLAY = ("$$", r"\[")
# These are CommonMark's escapes of brackets as well: several words without one of the signs are no formula.
ESCAPES = (r"\(", r"\[")
SPACE = re.compile(r"\s")
SIGN = re.compile(r"[\\^_=+*/<>|{}\d]")

INLINE, BLOCK, TEXT = "formula", "formula_block", "formula_text"
"""The types of tokens: in a line, by itself, and what began like one by itself but is not closed."""

AHEAD = "ahead"
"""In a parser's environment: the text that is parsed, and what is known to follow it in the same paragraph."""

UNDECIDED = "undecided"
"""In a parser's environment: a formula may reach from the text into what follows it."""

GROWING = "growing"
"""In a parser's environment, and a token's ``meta``: its text grows, and a formula that has begun is shown as it is."""


def formula(state: StateInline, silent: bool) -> bool:
    """Parse a formula in a line; a dollar that may be money is none (the conditions are Pandoc's)."""
    src, pos = state.src, state.pos
    mark = next((mark for mark in ENDS if src.startswith(mark, pos, state.posMax)), "")
    if not mark or (mark == "$" and pos and (src[pos - 1].isalnum() or src[pos - 1] == "$")):
        return False
    longest = LONGEST_INLINE + 2 * len(mark) + 1
    known = src[pos : min(state.posMax, pos + longest)]
    text, after = state.env.get(AHEAD, ("", ""))
    goes_on = src is text and state.posMax == len(src)
    if goes_on:
        known = (known + after)[:longest]
    end = _end(known, mark, len(mark))
    if (end < 0 or (goes_on and end == len(known))) and len(known) < longest:
        if goes_on:
            state.env[UNDECIDED] = True
        return mark != "$" and _show_as_is(state, silent)
    content = known[len(mark) : end - len(mark)]
    if end < 0 or len(content) > LONGEST_INLINE or not _is_formula(content, mark, known[end : end + 1]):
        return False
    if end > state.posMax - pos:
        state.env[UNDECIDED] = True
        return False
    if not silent:
        token = state.push(INLINE, "span", 0)
        token.content, token.markup = content.strip(), mark
    state.pos += end
    return True


def formula_block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    """Parse a formula by itself. Whether a line begins one is told by that line alone."""
    if state.is_code_block(startLine):
        return False
    line = _line(state, startLine)
    mark = line[:2]
    if mark not in DISPLAY or line.startswith("$$$"):
        return False
    end = _end(line, mark, 2)
    if end >= 0 and (line[end:] or not _is_formula(line[2 : end - 2], mark, "")):
        return False
    if end < 0 and mark == r"\[" and "]" in line:  # a bracket that shall be none
        return False
    if silent:
        return True
    lines, size = [line], len(line)
    after = startLine + 1
    while end < 0 and after < endLine and (state.isEmpty(after) or state.sCount[after] >= state.blkIndent):
        line = _line(state, after)
        end = _end(line, mark, 0)
        size += len(line)
        if not line or size > LONGEST_BLOCK or (end >= 0 and line[end:]):
            return False
        lines.append(line)
        after += 1
    content = "\n".join(lines)
    if end >= 0 and not _is_formula(content[2:-2], mark, ""):
        return False
    token = state.push(BLOCK if end >= 0 else TEXT, "div" if end >= 0 else "p", 0)
    token.content = content[2:-2].strip() if end >= 0 else content
    token.block, token.markup, token.map = True, mark, [startLine, after]
    token.meta["closed"] = end >= 0
    state.line = after
    return True


def _end(text: str, mark: str, start: int) -> int:
    """Find where the formula ends that ``mark`` began, its closing mark included; -1 where it doesn't."""
    return next((match.end() for match in ENDS[mark].finditer(text, start) if match[1]), -1)


def _is_formula(content: str, mark: str, after: str) -> bool:
    if mark == "$" and (content[:1].isspace() or content[-1:].isspace() or after.isdigit()):
        return False
    if mark in ESCAPES and SPACE.search(content.strip()) and not SIGN.search(content):
        return False
    return any(character.isalnum() for character in content)


def _show_as_is(state: StateInline, silent: bool) -> bool:
    """Take all that is left as text, for as long as the text grows: half a formula is no Markdown."""
    if not state.env.get(GROWING) or state.posMax < len(state.src):
        return False
    if not silent:
        state.pending += state.src[state.pos :]
    state.pos = state.posMax
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip(" \t")
