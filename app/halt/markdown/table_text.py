"""A table's cells as text that other programs take: CSV, or Markdown again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

Rows = Sequence[Sequence[str]]
"""The text of each cell, row by row, the head first."""

# What a spreadsheet takes for a formula, and what looks alike but is only a number or a dash.
FORMULA = re.compile(r"[=+\-@\t\r]")
HARMLESS = re.compile(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?\s?%?|-+")

# There a backslash would be read as an escape (CommonMark 0.31.2, section 2.4).
BEFORE_PUNCTUATION = re.compile(r"\\(?=[!-/:-@\[-`{-~])")

DELIMITERS = {"left": ":--", "center": ":-:", "right": "--:"}


def to_csv(rows: Rows) -> str:
    """Write rows as CSV (RFC 4180): commas, quotes where they are needed, lines that end with CR and LF.

    A cell that a spreadsheet would run as a formula begins with an apostrophe then: what a model wrote, perhaps after
    reading a hostile page, must not fetch or run anything where it is pasted. Numbers stay as they are, and whoever
    needs such cells to the character copies the table as Markdown.
    """
    out = io.StringIO()
    csv.writer(out).writerows([[_disarmed(_one_line(cell)) for cell in row] for row in rows])
    return out.getvalue()


def to_markdown(rows: Rows, aligns: Sequence[str]) -> str:
    """Write rows as a table in Markdown (GitHub Flavored Markdown 0.29, section 4.10).

    ``aligns`` has "left", "center", "right" or "" for each column. Emphasis and links are gone, as in any plain text.
    """
    head, *body = rows
    delimiters = [DELIMITERS.get(align, "---") for align in aligns]
    lines = [[_escaped(cell) for cell in head], delimiters, *([_escaped(cell) for cell in row] for row in body)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _disarmed(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) and not HARMLESS.fullmatch(text) else text


def _escaped(text: str) -> str:
    return BEFORE_PUNCTUATION.sub(r"\\\\", _one_line(text)).replace("|", "\\|")
