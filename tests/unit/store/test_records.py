"""What is kept comes back: in any order, past a newer version's fields, and around whatever is damaged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halt.chat.attached import used_files
from halt.chat.conversation import Conversation, GrowingText, Prompt, Reply
from halt.chat.overrides import Overrides
from halt.chat.status import Status
from halt.store.attachment_records import attachment_record
from halt.store.loading import load_conversation, load_conversations
from halt.store.records import VERSION, conversation_record, message_record, message_records

from .trees import conversations, everything, seen, small, texts

RUBBISH = st.sampled_from([None, 7, "x", [], {}, True, -1, [7], {"text": 7}, 1e300, float("nan")])


def files_kept(conversation: Conversation) -> list[Any]:
    files = [attachment_record(conversation, one) for one in used_files(conversation)]
    return list(json.loads(json.dumps(files, allow_nan=False)))


def kept(conversation: Conversation) -> tuple[Any, list[Any]]:
    """Give the records as a store would give them back: as new objects, through JSON."""
    both = (conversation_record(conversation), list(message_records(conversation)))
    head, messages = json.loads(json.dumps(both, allow_nan=False))
    return head, messages


@given(conversations(), st.randoms(use_true_random=False))
def test_a_tree_comes_back_whatever_order_its_records_come_in(conversation: Conversation, random: Any) -> None:
    """S7: what was kept of a reply is what comes back, no shorter and no longer."""
    head, messages = kept(conversation)
    random.shuffle(messages)
    loaded, damages = load_conversation(head, messages, attachments=files_kept(conversation))
    assert not damages
    assert everything(loaded) == everything(conversation)
    assert seen(loaded) == seen(conversation)


@given(conversations(), st.data())
def test_a_damaged_record_leaves_all_other_texts_readable(conversation: Conversation, data: st.DataObject) -> None:
    """S7"""
    head, messages = kept(conversation)
    records = [head, *messages]
    place = data.draw(st.integers(0, len(records) - 1))
    damage = data.draw(st.sampled_from(["record", "field", "missing field", "gone"]))
    if damage == "record":
        records[place] = data.draw(RUBBISH)
    elif damage == "gone":
        records[place] = None
    else:
        name = data.draw(st.sampled_from(sorted(records[place])))
        if damage == "field":
            records[place][name] = data.draw(RUBBISH)
        else:
            del records[place][name]
    heads = [records[0]] if records[0] is not None else []
    loaded, _damages = load_conversations(heads, [one for one in records[1:] if one is not None])
    found = sorted(texts(turn) for one in loaded for turn in one.turns())
    wanted = [
        texts(turn)
        for turn in map(conversation.find, [one["id"] for n, one in enumerate(messages, 1) if n != place])
        if turn
    ]
    for one in wanted:
        found.remove(one)
    assert len(found) <= 1
    for one in loaded:
        everything(one)
        assert len(one.path()) <= len(list(one.turns()))


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["id", "parent", "conversation", "role", "text", "columns", "chosen"]), RUBBISH)
    )
)
def test_rubbish_is_reported_and_stops_nothing(records: list[object]) -> None:
    loaded, damages = load_conversations(records, records)
    assert all(damage.sentence.endswith(".") for damage in damages)
    assert sum(len(list(one.turns())) for one in loaded) == len(records), "each message has its place"


def test_fields_of_a_newer_version_survive_this_one() -> None:
    head, messages = kept(small())
    head |= {"version": 99, "folder": {"name": "Physics"}}
    for one in messages:
        one |= {"version": 99, "rating": [1, 2]}
    messages[2]["spent"]["cached_tokens"] = 7
    loaded, damages = load_conversation(head, messages)
    assert not damages
    again = conversation_record(loaded), list(message_records(loaded))
    assert again[0] == head | {"version": VERSION}
    assert again[1] == [one | {"version": VERSION} for one in messages]


def test_what_a_chat_has_of_its_own_comes_back_and_damage_in_it_costs_only_itself() -> None:
    head, messages = kept(small())
    assert head["overrides"] == {"profile": "work", "temperature": 0.5, "system_prompt": ""}
    loaded, _damages = load_conversation(head, messages)
    assert loaded.overrides == small().overrides
    head["overrides"] |= {"temperature": "hot", "max_tokens": 0, "effort": "high"}
    loaded, damages = load_conversation(head, messages)
    own = loaded.overrides
    assert (own.profile, own.temperature, own.max_tokens, own.system_prompt) == ("work", None, None, "")
    assert len(damages) == 1
    again = conversation_record(loaded)["overrides"]
    assert (again["effort"], again["damaged"]) == ("high", {"temperature": "hot", "max_tokens": 0})
    del head["overrides"]
    assert load_conversation(head, messages)[0].overrides == Overrides()


def test_a_word_of_a_newer_version_is_kept_beside_the_one_that_stands_for_it() -> None:
    head, messages = kept(small())
    messages[2]["finish"] = "bored"
    loaded, damages = load_conversation(head, messages)
    assert [damage.record_id for damage in damages] == ["r2"]
    assert next(one for one in message_records(loaded) if one["id"] == "r2")["damaged"] == {"finish": "bored"}


@pytest.mark.parametrize("status", [Status.CONNECTING, Status.STREAMING])
def test_what_was_being_written_is_interrupted(status: Status) -> None:
    """A part of S18: on the next visit the reply stands there as interrupted, never as "generating"."""
    conversation = small()
    reply = conversation.find("r3")
    assert isinstance(reply, Reply)
    reply.status, reply.notice = status, "Too many requests (429). Asking again in 3 s."
    loaded, damages = load_conversation(*kept(conversation))
    again = loaded.find("r3")
    assert not damages
    assert isinstance(again, Reply)
    assert (again.status, again.text) == (Status.INTERRUPTED, reply.text)
    assert "page was closed" in again.notice
    assert "Continue" in again.notice


def test_a_message_without_its_parent_is_a_branch_at_the_beginning_and_the_path_stays() -> None:
    head, messages = kept(small())
    loaded, damages = load_conversation(head, [one for one in messages if one["id"] != "r2"])
    assert [turn.id for turn in loaded.root.children] == ["p1", "p2"]
    assert [turn.id for turn in loaded.path()] == ["p1", "r1"]
    assert [damage.record_id for damage in damages] == ["p2"]
    assert "branch" in damages[0].sentence
    assert loaded.title in damages[0].sentence


def test_what_has_lost_its_place_takes_no_other_from_the_screen() -> None:
    _, messages = kept(small())
    loaded, _ = load_conversation(None, [one for one in messages if one["id"] != "r2"])
    assert [turn.id for turn in loaded.path()] == ["p1", "r1"]


def test_a_message_whose_role_is_damaged_is_known_by_its_fields() -> None:
    head, messages = kept(small())
    for one in messages:
        del one["role"]
    loaded, damages = load_conversation(head, messages)
    assert seen(loaded) == seen(small())
    assert len(damages) == len(messages)


def test_a_circle_is_broken_and_all_of_it_is_there() -> None:
    head, messages = kept(small())
    of = {one["id"]: one for one in messages}
    of["p1"]["parent"] = "r3"
    loaded, damages = load_conversation(head, messages)
    assert {turn.id for turn in loaded.turns()} == set(of)
    assert len(damages) == 1
    own, _ = load_conversation(head, [of["p1"] | {"parent": "p1"}])
    assert [turn.id for turn in own.path()] == ["p1"]


def test_messages_whose_conversation_is_gone_make_one() -> None:
    _, messages = kept(small())
    (loaded,), damages = load_conversations([], messages)
    assert (loaded.id, loaded.title) == ("c", "Why is the sky blue?")
    assert [damage.record_id for damage in damages] == ["c"]


def test_two_messages_of_one_id_are_both_kept() -> None:
    head, messages = kept(small())
    loaded, damages = load_conversation(head, [*messages, messages[0] | {"text": "another"}])
    assert {"Why is the sky blue?", "another"} <= {turn.text for turn in loaded.turns() if isinstance(turn, Prompt)}
    assert len(damages) == 1


def test_the_first_words_are_the_title_until_somebody_gives_one() -> None:
    conversation = small()
    assert conversation_record(conversation)["title"] == ""
    assert conversation_record(conversation)["first_words"] == conversation.title == "Why is the sky blue?"
    conversation.given_title, conversation.title_by = "Blue", "person"
    loaded, _ = load_conversation(*kept(conversation))
    assert (loaded.title, loaded.title_by) == ("Blue", "person")


def test_what_was_taken_out_is_no_message() -> None:
    with pytest.raises(ValueError, match="no message"):
        message_record(Conversation("c"), Prompt("p"))


def test_a_long_conversation_is_no_deep_one() -> None:
    conversation = Conversation("c")
    last = None
    for number in range(5_000):
        turn = Prompt(f"p{number}", text=str(number))
        conversation.add(turn, last)
        last = turn
    loaded, damages = load_conversation(*kept(conversation))
    assert not damages
    assert len(loaded.path()) == 5_000


def test_no_key_is_kept() -> None:
    head, messages = kept(small())
    head["api_key"] = messages[0]["api_key"] = "sk-sentinel"
    loaded, _ = load_conversation(head, messages)
    assert "sk-sentinel" not in json.dumps(everything(loaded))


def test_a_reply_that_grows_is_kept_as_far_as_it_was_shown() -> None:
    """S7"""
    reply = Reply("r", source=GrowingText("a"), status=Status.STREAMING)
    conversation = Conversation("c")
    conversation.add(reply, None)
    reply.source.append("b")
    assert message_record(conversation, reply)["text"] == "ab"
