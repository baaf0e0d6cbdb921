"""ChatGPT's export: the tree with its branches, what was said, and what became of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halt.chat.conversation import Conversation, Prompt, Reply, Turn
from halt.chat.status import Status
from halt.providers.events import FinishReason
from halt.store.import_chatgpt import read_chatgpt
from halt.store.imports import Imported, read_export

from .trees import everything, texts

DATA = (Path(__file__).parent / "fixtures" / "chatgpt-conversations.json").read_text("utf-8")


@pytest.fixture
def imported() -> Imported:
    return read_export(DATA, {})


def shape(turn: Turn) -> list[Any]:
    return [(child.text if isinstance(child, Prompt | Reply) else "", shape(child)) for child in turn.children]


def reply_of(conversation: Conversation, text: str) -> Reply:
    return next(turn for turn in conversation.turns() if isinstance(turn, Reply) and turn.text.startswith(text))


def test_the_tree_comes_with_its_branches_and_its_path(imported: Imported) -> None:
    tides, voice = imported.conversations
    assert (tides.title, voice.title) == ("Tides and the moon", "Say hello.")
    assert shape(tides.root) == [
        (
            "Why are there two tides a day?",
            [
                (
                    "The moon pulls.\n\n- near side\n- far side",
                    [("And in this bay? Compute it.", [("The bay is", []), ("About **6.2** hours apart.", [])])],
                ),
                ("Because of gravity and", []),
            ],
        )
    ]
    assert [texts(turn)[0][:10] for turn in tides.path()] == ["Why are th", "The moon p", "And in thi", "About **6."]


def test_what_led_to_a_reply_is_its_thinking(imported: Imported) -> None:
    reply = reply_of(imported.conversations[0], "About")
    assert reply.thinking == (
        "Reading the bay\nIt is long and narrow.\n\n"
        "[python]\n```python\nprint(12.4 / 2)\n```\n\n"
        "[python]\n```\n6.2\n```"
    )
    assert (reply.thinking_ms, reply.model, reply.provider) == (12_000, "o3", "ChatGPT")
    assert "internal" not in str(everything(imported.conversations[0])), "ChatGPT does not show that either"
    assert "I like the sea" not in str(everything(imported.conversations[0]))


def test_states_are_told(imported: Imported) -> None:
    """S8"""
    tides, voice = imported.conversations
    assert reply_of(tides, "The bay is").status is Status.STOPPED
    assert reply_of(voice, "Hel").status is Status.INTERRUPTED
    cut = reply_of(tides, "Because")
    assert (cut.status, cut.finish) == (Status.COMPLETE, FinishReason.LENGTH)
    assert reply_of(tides, "About").finish is FinishReason.STOP


def test_times_and_pins_are_taken_over(imported: Imported) -> None:
    tides, voice = imported.conversations
    assert (tides.created_ms, tides.changed_ms) == (1712345678250, 1712349278250)
    assert tides.path()[0].created_ms == 1712345681250
    assert (tides.pinned, voice.pinned) == (True, False)
    assert (tides.title_by, voice.title_by) == ("model", "")


def test_what_is_left_out_is_said(imported: Imported) -> None:
    assert [damage.sentence for damage in imported.damages] == [
        "Images and files of “Tides and the moon” were left out: only texts are imported.",
        "Images and files of “Say hello.” were left out: only texts are imported.",
    ]


def test_the_same_export_gives_the_same_ids(imported: Imported) -> None:
    again = read_export(DATA, {})
    assert [everything(one) for one in again.conversations] == [everything(one) for one in imported.conversations]


@pytest.mark.parametrize("wrapped", [lambda all_of_it: all_of_it[0], lambda all_of_it: {"conversations": all_of_it}])
def test_one_conversation_and_the_newer_wrapping_are_read_too(wrapped: Any) -> None:
    assert read_export(json.dumps(wrapped(json.loads(DATA))), {}).conversations[0].title == "Tides and the moon"


def message(role: str, text: str) -> dict[str, Any]:
    return {"author": {"role": role}, "content": {"content_type": "text", "parts": [text]}}


def mapping(*nodes: tuple[str, str | None, str, str]) -> dict[str, Any]:
    """Make a conversation of (id, parent, role, text)."""
    return {
        "conversation_id": "x",
        "mapping": {
            name: {"id": name, "parent": above, "message": message(role, text)} for name, above, role, text in nodes
        },
    }


def test_a_fork_within_a_reply_makes_two_that_begin_alike() -> None:
    forked = mapping(
        ("u", None, "user", "Q"),
        ("a", "u", "assistant", "Begin."),
        ("b", "a", "assistant", "Left."),
        ("c", "a", "assistant", "Right."),
        ("v", "a", "user", "Next"),
    )
    conversation, damages = read_chatgpt(forked)
    assert not damages
    assert shape(conversation.root) == [
        ("Q", [("Begin.\n\nLeft.", []), ("Begin.\n\nRight.", []), ("Begin.", [("Next", [])])])
    ]


def test_forks_at_every_step_are_no_flood() -> None:
    nodes = [("u", None, "user", "Q"), ("a0", "u", "assistant", "0")]
    for number in range(1, 400):
        nodes.append((f"a{number}", f"a{number - 1}", "assistant", f"<{number}>" + "x" * 10_000))
        nodes.append((f"b{number}", f"a{number - 1}", "assistant", f"<b{number}>"))
    conversation, _ = read_chatgpt(mapping(*nodes))
    replies = [turn for turn in conversation.turns() if isinstance(turn, Reply)]
    assert sum(one.characters for one in replies) < 10_000 * 400 + 2_000_000
    said = "".join(one.text for one in replies)
    assert all(f"<{number}>" in said and f"<b{number}>" in said for number in range(1, 400))


def test_two_questions_after_one_reply_stand_below_the_same() -> None:
    asked = mapping(
        ("u", None, "user", "Q"), ("a", "u", "assistant", "A"), ("v", "a", "user", "One"), ("w", "a", "user", "Two")
    )
    conversation, _ = read_chatgpt(asked)
    assert shape(conversation.root) == [("Q", [("A", [("One", []), ("Two", [])])])]


def test_orphans_and_circles_are_branches_and_are_said() -> None:
    broken = mapping(
        ("u", None, "user", "Q"), ("o", "gone", "user", "Orphan"), ("x", "y", "user", "X"), ("y", "x", "user", "Y")
    )
    conversation, damages = read_chatgpt(broken)
    assert sorted(str(one) for one in shape(conversation.root)) == sorted(
        str(one) for one in [("Q", []), ("Orphan", []), ("X", [("Y", [])])]
    )
    assert [damage.record_id for damage in damages] == ["o", "x"]


def test_code_that_holds_fences_keeps_them() -> None:
    entry = mapping(("a", None, "assistant", ""))
    entry["mapping"]["a"]["message"]["content"] = {"content_type": "code", "language": "unknown", "text": "```\nx\n```"}
    conversation, _ = read_chatgpt(entry)
    assert shape(conversation.root) == [("````\n```\nx\n```\n````", [])]


def test_a_very_long_chain_is_no_deep_one() -> None:
    nodes = [(str(n), str(n - 1) if n else None, ("user", "assistant")[n % 2], str(n)) for n in range(4_000)]
    conversation, damages = read_chatgpt(mapping(*nodes))
    assert not damages
    assert len(conversation.path()) == 4_000


@given(
    st.dictionaries(
        st.sampled_from("abcdef"),
        st.fixed_dictionaries(
            {
                "parent": st.none() | st.sampled_from("abcdefg"),
                "children": st.lists(st.sampled_from("abcdefg"), max_size=3),
            }
        ),
    ),
    st.sampled_from(["user", "assistant"]),
)
def test_whatever_the_tree_is_every_message_comes_in(nodes: dict[str, Any], other: str) -> None:
    for name, node in nodes.items():
        node["message"] = message("user" if name in "ace" else other, f"<{name}>")
    conversation, _ = read_chatgpt({"id": "x", "mapping": nodes, "current_node": "a"})
    said = "".join(text for turn in conversation.turns() for text in texts(turn))
    assert all(f"<{name}>" in said for name in nodes)
    assert len(conversation.path()) <= len(list(conversation.turns()))
