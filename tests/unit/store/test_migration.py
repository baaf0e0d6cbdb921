"""Records of an older version: copied, verified, and the old one kept until the new one was read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from halt.store.migration import Form, bring

NAME = "halt.thing"
OLD = {"version": 1, "name": "a", "newer": [1]}
NEW = {"version": 3, "names": ["a"], "newer": [1]}


def one_to_two(record: dict[str, Any]) -> dict[str, Any]:
    names = [record.pop("name")]
    return {**record, "names": names}


FORM = Form(NAME, 3, {1: one_to_two, 2: lambda record: record}, lambda old, new: new["names"] == [old["name"]])


class Memory:
    """Implements ``TextStore``; it keeps ``room`` texts at most, and spoils those it is told to."""

    def __init__(self, record: object = None, room: int = 9) -> None:
        self.texts: dict[str, str] = {} if record is None else {NAME: json.dumps(record)}
        self.room = room
        self.spoilt: set[str] = set()
        self.writes = 0

    def read(self, name: str) -> str | None:
        return self.texts.get(name)

    def write(self, name: str, text: str) -> bool:
        self.writes += 1
        if len(self.texts | {name: text}) > self.room:
            return False
        self.texts[name] = text[:5] if name in self.spoilt else text
        self.spoilt.discard(name)
        return True

    def remove(self, name: str) -> None:
        self.texts.pop(name, None)


def test_the_old_record_is_kept_until_the_new_one_was_read_once() -> None:
    store = Memory(OLD)
    assert bring(store, FORM) == NEW
    assert json.loads(store.texts[NAME]) == NEW
    assert json.loads(store.texts["halt.thing.version-1"]) == OLD
    assert bring(store, FORM) == NEW
    assert list(store.texts) == [NAME]
    writes = store.writes
    assert bring(store, FORM) == NEW
    assert store.writes == writes


def test_where_the_new_record_is_damaged_before_it_was_read_the_old_one_is_brought_again() -> None:
    store = Memory(OLD)
    bring(store, FORM)
    store.texts[NAME] = '{"version": 3, "na'
    assert bring(store, FORM) == NEW
    assert json.loads(store.texts[NAME]) == NEW
    assert bring(store, FORM) == NEW
    assert list(store.texts) == [NAME]


def test_where_nothing_more_can_be_written_the_old_record_stays_and_the_new_one_holds_for_this_visit() -> None:
    store = Memory(OLD, room=1)
    assert bring(store, FORM) == NEW
    assert store.texts == {NAME: json.dumps(OLD)}


@pytest.mark.parametrize("spoilt", [NAME, "halt.thing.version-1"])
def test_what_does_not_read_back_as_it_was_written_is_taken_back(spoilt: str) -> None:
    store = Memory(OLD)
    store.spoilt = {spoilt}
    assert bring(store, FORM) == NEW
    assert json.loads(store.texts[NAME]) == OLD
    assert bring(store, FORM) == NEW
    assert json.loads(store.texts[NAME]) == NEW


@pytest.mark.parametrize("record", [{"version": 1}, {"version": 1, "name": "b", "names": 7}])
def test_what_cannot_be_brought_over_is_kept_aside_for_good(record: dict[str, Any]) -> None:
    def strict(old: dict[str, Any], new: dict[str, Any]) -> bool:
        return old.get("name") == "a" and bool(new)

    store = Memory(record)
    form = Form(NAME, 3, FORM.steps, strict)
    assert bring(store, form) is None
    assert json.loads(store.texts["halt.thing.version-1.unread"]) == record
    store.texts[NAME] = json.dumps(NEW)
    bring(store, form)
    assert "halt.thing.version-1.unread" in store.texts


def test_a_version_that_no_step_leads_from_is_kept_aside() -> None:
    store = Memory({"version": 2})
    assert bring(store, Form(NAME, 3, {1: one_to_two})) is None
    assert "halt.thing.version-2.unread" in store.texts


def test_a_record_of_a_newer_version_is_given_as_it_is() -> None:
    newer = {"version": 9, "what": "ever"}
    store = Memory(newer)
    assert bring(store, FORM) == newer
    assert store.writes == 0


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "7", "[" * 100_000])
def test_what_is_no_record_is_none(text: str) -> None:
    store = Memory()
    store.texts[NAME] = text
    assert bring(store, FORM) is None
