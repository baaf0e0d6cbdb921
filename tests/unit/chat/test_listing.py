"""The list by day: as a person reads it on the wall, whatever the clock did in between."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from halt.chat.conversation import MOST_TITLE, Conversation, Prompt
from halt.chat.listing import by_day


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A place whose clock is put back in October."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


NOW = datetime(2026, 10, 26, 9, 30)


def changed(moment: datetime | None, name: str = "", *, pinned: bool = False, loaded: bool = True) -> Conversation:
    conversation = Conversation(name or str(moment), loaded=loaded)
    conversation.changed_ms = moment.timestamp() * 1000 if moment else 0
    conversation.pinned = pinned
    return conversation


def names(*conversations: Conversation, now: datetime = NOW) -> list[tuple[str, list[str]]]:
    return [(day.name, [one.id for one in day.conversations]) for day in by_day(conversations, now)]


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        (NOW, "Today"),
        (datetime(2026, 10, 26, 0, 0), "Today"),
        (NOW + timedelta(days=2), "Today"),  # the clock was wrong then, or is now
        (datetime(2026, 10, 25, 23, 59, 59), "Yesterday"),
        (datetime(2026, 10, 25, 0, 0), "Yesterday"),  # 25 hours long
        (datetime(2026, 10, 24, 23, 59, 59), "Previous 7 days"),
        (datetime(2026, 10, 19, 0, 0), "Previous 7 days"),
        (datetime(2026, 10, 18, 23, 59), "Previous 30 days"),
        (datetime(2026, 9, 26, 0, 0), "Previous 30 days"),
        (datetime(2026, 9, 25, 23, 59), "September 2026"),
        (datetime(2024, 2, 29, 12, 0), "February 2024"),
    ],
)
def test_each_moment_has_its_heading(moment: datetime, name: str) -> None:
    assert names(changed(moment, "c")) == [(name, ["c"])]


def test_headings_and_conversations_come_newest_first_and_pinned_before_all() -> None:
    old, older = datetime(2025, 5, 5), datetime(2025, 5, 4)
    assert names(
        changed(older, "older"),
        changed(NOW, "now"),
        changed(old, "old"),
        changed(older, "pinned long ago", pinned=True),
        changed(old, "pinned", pinned=True),
        changed(NOW - timedelta(days=1), "yesterday"),
    ) == [
        ("Pinned", ["pinned", "pinned long ago"]),
        ("Today", ["now"]),
        ("Yesterday", ["yesterday"]),
        ("May 2025", ["old", "older"]),
    ]


def test_what_was_just_begun_is_on_top_and_a_record_without_a_date_at_the_end() -> None:
    assert names(changed(NOW, "now"), changed(None, "lost", loaded=False), changed(None, "new")) == [
        ("Today", ["new", "now"]),
        ("Without a date", ["lost"]),
    ]


def test_a_title_that_was_given_goes_before_the_first_words_until_it_is_taken_away() -> None:
    conversation = Conversation("c")
    conversation.add(Prompt("p", text="  What is\n" + "a word? " * 50), None)
    assert conversation.title.startswith("What is a word?")
    conversation.rename(" My \n title ")
    assert (conversation.title, conversation.title_by) == ("My title", "person")
    conversation.rename("x" * 500)
    assert len(conversation.title) == MOST_TITLE
    conversation.rename(" ")
    assert (conversation.title, conversation.title_by) == (conversation.first_words, "")
