"""A copied table holds what the cells say, and runs nothing where it is pasted."""

from __future__ import annotations

import csv
import io
import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halt.markdown import render
from halt.markdown.table_text import to_csv, to_markdown
from tests.unit.markdown.page import visible_text


def test_csv_has_commas_quotes_and_line_ends_of_rfc_4180() -> None:
    rows = [["name", "said"], ["Ann", 'a "b", c'], ["", "ü 漢"]]
    assert to_csv(rows) == 'name,said\r\nAnn,"a ""b"", c"\r\n,ü 漢\r\n'


@pytest.mark.parametrize(
    "cell",
    ["=1+1", '=HYPERLINK("https://evil.example")', "+A1", "-A1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "--a", "-1-2"],
)
def test_what_a_spreadsheet_would_run_is_disarmed(cell: str) -> None:
    assert list(csv.reader(io.StringIO(to_csv([["x"], [cell]]))))[1] == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["-5", "+3.5", "-1,234.50", "-2e-3", "-12 %", "-", "--", "a=b", "a-b", "1+1", "5", ""])
def test_numbers_dashes_and_plain_text_stay_as_they_are(cell: str) -> None:
    assert list(csv.reader(io.StringIO(to_csv([["x", "y"], [cell, "z"]]))))[1] == [cell, "z"]


# All that a table takes apart, without what is emphasis, a link or an entity beyond it.
CELL = st.text(alphabet="ab1 |\\,\"'=-", max_size=8).map(lambda text: " ".join(text.split()))


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1)))
def test_csv_gives_every_cell_back(rows: list[list[str]]) -> None:
    back = list(csv.reader(io.StringIO(to_csv([["head"], *rows]), newline="")))
    for row, again in zip(rows, back[1:], strict=True):
        assert [cell.removeprefix("'") for cell in again] == [cell.removeprefix("'") for cell in row]


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1)))
def test_markdown_shows_the_same_cells_again(rows: list[list[str]]) -> None:
    html = render(to_markdown(rows, [""] * len(rows[0])))
    assert [visible_text(cell) for cell in re.findall(r"<t[hd] [^>]*>(.*?)</t[hd]>", html)] == [*chain(*rows)]


def test_markdown_keeps_the_alignment() -> None:
    assert to_markdown([["a", "b", "c", "d"], ["1", "2", "3", "4"]], ["", "left", "center", "right"]) == (
        "| a | b | c | d |\n| --- | :-- | :-: | --: |\n| 1 | 2 | 3 | 4 |\n"
    )


def test_a_cell_stays_on_one_line() -> None:
    assert to_markdown([["a\n b\t c"]], [""]) == "| a b c |\n| --- |\n"
    assert to_csv([["a\n b\t c"]]) == "a b c\r\n"
