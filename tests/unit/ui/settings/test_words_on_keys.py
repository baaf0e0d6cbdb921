"""What is said of keys: true for each place that the page can be at."""

from __future__ import annotations

import pytest

from halt.store.vault import State
from halt.ui.settings import words_on_keys as say


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("https://you.github.io", "Every page under https://you.github.io, so all projects of that account, could"),
        ("https://chat.example", "Any page under https://chat.example could"),
        ("http://localhost:8000", "Any page under http://localhost:8000 could"),
        ("null", "Any page that is opened from this disk could"),
    ],
)
def test_who_else_can_read_a_remembered_key_is_said(origin: str, words: str) -> None:
    assert words in say.what_remembering_means(origin)


def test_where_the_key_is_is_said() -> None:
    assert "gone when the tab closes" in say.where_it_is(remembered=False, wanted=False, under_passphrase=True)
    assert "gone" not in say.where_it_is(remembered=False, wanted=True, under_passphrase=False)
    assert "as it is" in say.where_it_is(remembered=True, wanted=True, under_passphrase=False)
    assert "encrypted" in say.where_it_is(remembered=True, wanted=True, under_passphrase=True)


def test_an_empty_field_is_explained() -> None:
    assert say.why_none_is_shown(State.PLAIN, locked=False, unreadable=False) == ""
    assert "locked" in say.why_none_is_shown(State.LOCKED, locked=True, unreadable=False)
    assert "newer version" in say.why_none_is_shown(State.NEWER, locked=False, unreadable=False)
    assert "damaged" in say.why_none_is_shown(State.OPEN, locked=False, unreadable=True)
    assert "damaged" in say.why_none_is_shown(State.DAMAGED, locked=False, unreadable=False)
