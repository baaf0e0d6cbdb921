"""An import beside what is kept: nothing is overwritten, nothing comes twice, and no id means two things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halt.chat.conversation import Conversation, Prompt, Reply
from halt.store.exports import to_json
from halt.store.imports import read_export

from .test_imports import CHATGPT, OPEN_WEBUI, all_texts, named
from .trees import conversations, everything, seen, small, texts


@pytest.mark.parametrize("data", [to_json([small(), named("d", "Hi")]).encode(), CHATGPT, OPEN_WEBUI])
def test_importing_twice_doubles_nothing(data: bytes) -> None:
    first = read_export(data, {})
    assert first.conversations
    again = read_export(data, {one.id: one for one in first.conversations})
    assert again.conversations == []
    assert again.known == [one.title for one in first.conversations]
    assert f"{len(first.conversations)} conversations left out, being here already." in again.sentence


def test_what_was_read_on_here_is_known_all_the_same() -> None:
    kept = small()
    data = to_json([kept])
    kept.add(Prompt("p9", text="More"), kept.last)
    kept.choose(kept.find("r1") or kept.root)
    kept.given_title, kept.draft, kept.pinned = "Sky", "else", True
    before = everything(kept)
    imported = read_export(data, {"c": kept})
    assert (imported.conversations, imported.known) == ([], ["Why is the sky blue?"])
    assert everything(kept) == before


def test_the_same_id_with_other_words_comes_beside_it_once() -> None:
    """S7: what is kept here stays as it is."""
    kept = small()
    data = to_json([kept])
    reply = kept.find("r4")
    assert isinstance(reply, Reply)
    reply.source.append(" longest.")
    before = everything(kept)
    imported = read_export(data, {"c": kept})
    (copy,) = imported.conversations
    assert imported.copies == [copy.title]
    assert everything(kept) == before
    assert copy.id != "c"
    assert not {turn.id for turn in copy.turns()} & {turn.id for turn in kept.turns()}
    assert sorted(map(texts, copy.turns())) == sorted(map(texts, read_export(data, {}).conversations[0].turns()))
    assert [texts(turn) for turn in copy.path()] == [texts(turn) for turn in small().path()]
    prompt = copy.path()[2]
    assert isinstance(prompt, Prompt)
    assert [column.text for column in prompt.columns] == ["Longer path.", "Red stays"]
    again = read_export(data, {"c": kept, copy.id: copy})
    assert (again.conversations, len(again.known)) == ([], 1)


def test_a_message_never_takes_the_id_of_another_conversations() -> None:
    kept = named("a", "Mine")
    other = Conversation("b")
    other.add(Prompt("a-0", text="Theirs"), None)
    (copy,) = read_export(to_json([other]), {"a": kept}).conversations
    assert [turn.id for turn in copy.turns()] != ["a-0"]
    assert all_texts([copy]) == ["Theirs"]


def test_ids_that_could_mean_something_to_a_page_are_replaced() -> None:
    odd = named('x"] <b>', "Hi")
    (imported,) = read_export(to_json([odd]), {}).conversations
    assert imported.id.isalnum()
    assert all(turn.id.isalnum() for turn in imported.turns())
    assert all_texts([imported]) == ["Hi"]


@given(conversations("a"), st.booleans())
def test_any_export_is_known_where_it_came_from(conversation: Conversation, empty: bool) -> None:
    data = to_json([conversation])
    imported = read_export(data, {} if empty else {"a": conversation})
    if not empty:
        assert imported.conversations == []
    elif imported.conversations:
        assert seen(imported.conversations[0]) == seen(conversation)
