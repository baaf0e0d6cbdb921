"""The languages of code blocks: each name once, in whatever case it is written."""

from __future__ import annotations

import pytest

from halt.markdown.languages import _ROWS, Language, find_language


def test_no_name_is_given_twice() -> None:
    aliases = [alias for _, _, names in _ROWS for alias in names.split()]
    assert len(aliases) == len(set(aliases))
    assert all(alias == alias.lower() for alias in aliases)


@pytest.mark.parametrize(
    ("alias", "name", "mode"),
    [("py", "Python", "python.python"), ("C++", "C++", "clike.cpp"), ("TSX", "TypeScript", "javascript.typescript")],
)
def test_a_language_is_found_by_what_fences_call_it(alias: str, name: str, mode: str) -> None:
    assert find_language(alias) == Language(name, mode)


@pytest.mark.parametrize("alias", ["", "brainfuck", "pythonx"])
def test_what_nobody_can_colour_is_none(alias: str) -> None:
    assert find_language(alias) is None
