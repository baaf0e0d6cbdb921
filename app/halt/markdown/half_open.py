"""Half-open syntax, made calm: what a text that still grows is shown as until its other half comes.

Two things keep the page from flickering. A mark at the very end ("**", "- ", "](") waits unshown for the character
after it, which tells what it is; so it is not stored either, should a stop come first (S7). And where words have begun
to be bold, code or a link, they are shown as that, as though the other half stood at the end of the text. A reply that
was cut off stays as it was shown: nothing is added to the page by a stop, not even an asterisk (S6).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_inline import StateInline, link_pairs
from markdown_it.token import Token

from halt.markdown import formula
from halt.markdown.parser import PARSER, References

# A mark is at most so long (characters); a longer one is text, or a line that is drawn.
LONGEST_MARK = 100
# What is opened so far (characters) before the end, and is not closed, is taken for text.
LONGEST_SPAN = 300
EXAMINED = 2 * LONGEST_SPAN
LONGEST_LABEL = 100
LONGEST_ADDRESS = 2_000

# A line that is nothing but the beginning of a block so far: of an item, a heading, a fence, a table's second line.
MARK_LINE = re.compile(
    r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(?:[-+*_=~`#|: \t]*|\d{1,9}[.)]?|\[[ xX]?\]?)[ \t]*",
)
# The beginning of something within a line, or of its end; each is taken whole, so that the search stays linear.
MARK_END = re.compile(
    r"""(?>
      \[(?:\^[^\s\[\]]{0,20}|\d{1,3})(?:\](?::[ \t]*|[(\[])?)?  # a footnote, or a source's number
      | !?\[ | \](?::[ \t]*|[(\[])? | [*_~`] | \\.?
      | (?<!\S)(?:!|<[a-z]{0,6}:?/{0,2})  # the beginning of a picture, of an address
    )+\Z""",
    re.VERBOSE,
)

CODE = re.compile(r"\\.|(`+)", re.DOTALL)
LABEL = re.compile(r"(?<![\\\w])!?\[(?=[^\[\]\n`]+\Z)")
ADDRESS = re.compile(
    r"""\]\((?=[^\s)])[^\s()]*(?:\([^\s()]*\)[^\s()]*)*(?:\([^\s()]*)?(?:\s+["'(][^"')]*["')]?)?\Z""",
)
BRACKETED_ADDRESS = re.compile(r"<(?=(?:https?://|mailto:)[^\s<>]*\Z)")
BAR_LINE = re.compile(r"(?P<before>[^|]*)(?P<row>\|[^\n]*)")
DELIMITERS = re.compile(r"[ \t>]*\|?[-:| \t]*")


def half_mark(text: str) -> int:
    """Tell how many characters at the end of ``text`` are a mark that what follows may give a meaning to.

    ``text`` begins with a line, or is the end of a longer one.
    """
    line = text[text.rfind("\n") + 1 :]
    if len(line) <= LONGEST_MARK and MARK_LINE.fullmatch(line):
        return len(line)
    found = MARK_END.search(line, max(0, len(line) - LONGEST_MARK))
    return len(line) - found.start() if found else 0


def blocks_as_shown(text: str, references: References) -> list[Token]:
    """Parse the block structure of a text that may go on, with what is half open at its end closed."""
    tokens = PARSER.blocks(text, references)
    last = _growing(tokens, text)
    if last is not None and "|" in tokens[last].content and tokens[last - 1].type == "paragraph_open":
        tokens = PARSER.blocks(_with_table(text), references)
        last = _growing(tokens, text)
    if last is not None:
        tokens[last].meta[formula.GROWING] = True
        tokens[last].content = close(tokens[last].content, references)
    return tokens


def _growing(tokens: Sequence[Token], text: str) -> int | None:
    """Find the last text among ``tokens`` if it may go on; only a paragraph goes on in the next line."""
    last = next((index for index in range(len(tokens) - 1, -1, -1) if tokens[index].nesting >= 0), None)
    if last is None or tokens[last].type != "inline":
        return None
    if tokens[last - 1].type == "td_open" and not text.rstrip().endswith("|"):
        while not tokens[last].content and tokens[last - 3].type == "inline":
            last -= 3  # a row that is half there is filled up with empty cells
    lines = text.count("\n") + (not text.endswith("\n"))
    goes_on = not text.endswith("\n") or tokens[last - 1].type == "paragraph_open"
    _, after = tokens[last].map or (0, lines)  # a table's cell has none
    return last if goes_on and after >= lines else None


def _with_table(text: str) -> str:
    """Add the line that makes a table of the last line of ``text``, where that looks like a table's head."""
    lines = text.removesuffix("\n").rsplit("\n", 2)
    half_of_it = not text.endswith("\n") and "-" in lines[-1] and DELIMITERS.fullmatch(lines[-1])
    if half_of_it and len(lines) > 1 and BAR_LINE.fullmatch(lines[-2]):
        lines.pop()
    head = BAR_LINE.fullmatch(lines[-1])
    if not head or DELIMITERS.fullmatch(lines[-1]) or not MARK_LINE.fullmatch(head["before"]):
        return text
    cells = escapedSplit(head["row"].strip())[1:]
    if cells and not cells[-1].strip():
        cells.pop()
    prefix = re.sub(r"[^>\s]", " ", head["before"])
    return "\n".join([*lines, f"{prefix}|{'---|' * max(1, len(cells))}"])


def close(text: str, references: References) -> str:
    """Close what is half open at the end of a paragraph's ``text``; what is not begun well enough stays text."""
    if _in_formula(text):
        return text
    if (code := _open_code(text)) is not None:
        start, mark = code
        body = text[start + len(mark) :].rstrip("`")
        if not body.strip() or len(body) > LONGEST_SPAN:
            return text
        return _close_emphasis(text[: start + len(mark)] + body + mark, references)
    if address := BRACKETED_ADDRESS.search(text, max(0, len(text) - LONGEST_ADDRESS)):
        text = text[: address.start()] + text[address.end() :]
    return _close_emphasis(_without_half_link(text).rstrip(), references)


def _in_formula(text: str) -> bool:
    """Tell whether a formula has begun that is not closed; a lone dollar may be money, though."""
    for mark, end in formula.ENDS.items():
        if (
            mark != "$"
            and (start := text.rfind(mark)) >= 0
            and not any(one[1] for one in end.finditer(text, start + 2))
        ):
            return text.count(mark) % 2 == 1 or mark != "$$"
    return False


def _open_code(text: str) -> tuple[int, str] | None:
    """Find the backticks that begin code which nothing ends: where they are, and which."""
    place = 0
    while found := CODE.search(text, place):
        place = found.end()
        if mark := found[1]:
            end = re.compile(rf"(?<!`){mark}(?!`)").search(text, place)
            if not end:
                return found.start(), mark
            place = end.end()
    return None


def _without_half_link(text: str) -> str:
    """Show of a link that is half there its words alone."""
    if label := LABEL.search(text, max(0, len(text) - LONGEST_LABEL)):
        return text[: label.start()] + text[label.end() :]
    if address := ADDRESS.search(text, max(0, len(text) - LONGEST_ADDRESS)):
        start = _label_start(text, address.start())
        if start is not None:
            picture = text[:start].endswith("!")
            return text[: start - picture] + text[start + 1 : address.start()]
    return text


def _label_start(text: str, end: int) -> int | None:
    """Find the bracket that the one at ``end`` closes."""
    depth = 0
    for place in range(end - 1, max(-1, end - LONGEST_SPAN), -1):
        if text[place] in "[]" and text[place - 1 : place] != "\\":
            if text[place] == "[" and not depth:
                return place
            depth += 1 if text[place] == "]" else -1
    return None


def _close_emphasis(text: str, references: References) -> str:
    if not any(mark in text for mark in "*_~"):
        return text
    tokens: list[Token] = []
    env: dict[str, Any] = {"references": references}
    # What begins before this is too far away to be closed; a word's beginning is a good place to look from.
    start = text.find(" ", len(text) - EXAMINED) + 1 if len(text) > EXAMINED else 0
    state = StateInline(text[start:], PARSER, env, tokens)
    PARSER.inline.tokenize(state)
    link_pairs(state)
    closed = {one.end for one in state.delimiters if one.end >= 0}
    marks = ""
    for index, one in enumerate(state.delimiters):
        if one.open and one.end < 0 and index not in closed and _is_near(tokens, one.token):
            marks = chr(one.marker) * (2 if chr(one.marker) == "~" else 1) + marks
    return text + marks


def _is_near(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether the mark at ``place`` begins a word and is not far from the end."""
    before = tokens[place - 1].content if place else ""
    after = sum(len(token.content) for token in tokens[place + 1 :])
    return not before[-1:].isalnum() and 0 < after <= LONGEST_SPAN
