"""Open WebUI's exports: today's tree, the list of old, and what stands in a reply besides its words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from halt.chat.conversation import Conversation, Prompt, Reply
from halt.chat.status import Status
from halt.chat.usage import Spent
from halt.store.import_open_webui import read_open_webui
from halt.store.imports import Imported, read_export

from .trees import everything, texts

DATA = (Path(__file__).parent / "fixtures" / "open-webui-chats.json").read_text("utf-8")


@pytest.fixture
def imported() -> Imported:
    return read_export(DATA, {})


def replies(conversation: Conversation) -> list[Reply]:
    return [turn for turn in conversation.turns() if isinstance(turn, Reply)]


def reply_of(content: str) -> Reply:
    messages = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": content}]
    conversation, _ = read_open_webui({"id": "x", "messages": messages})
    (reply,) = replies(conversation)
    return reply


def test_the_tree_comes_with_its_branches_and_its_path(imported: Imported) -> None:
    bread = imported.conversations[0]
    assert bread.title == "Bread 🍞"
    assert [texts(turn)[0] for turn in bread.path()] == [
        "How long does dough rest?",
        "Until it has **doubled**.\n\n```html\n<b>&amp;</b>\n```",
        "In the fridge?",
        "Over n",
    ]
    first = bread.path()[0]
    assert next(child.text for child in first.children if isinstance(child, Reply)) == "An hour."
    assert (bread.created_ms, bread.changed_ms, first.created_ms) == (1735000000000, 1735000200000, 1735000000000)
    assert bread.pinned


def test_thinking_and_tools_are_no_words_of_the_reply(imported: Imported) -> None:
    reply = next(one for one in replies(imported.conversations[0]) if one.thinking)
    assert reply.thinking == 'Yeast needs\nwarmth & time.\n\n[clock] {"zone": "UTC"}\n"10:00"'
    assert reply.thinking_ms == 3_000
    assert reply.model == "qwen3:4b"


def test_states_and_usage_are_told(imported: Imported) -> None:
    """S8"""
    of = {one.text: one for one in replies(imported.conversations[0])}
    assert of["An hour."].status is Status.COMPLETE
    assert of["An hour."].spent == Spent(12, 4)
    assert of["Over n"].status is Status.INTERRUPTED
    assert (of[""].status, of[""].notice) == (Status.FAILED, "Uh-oh! There was an issue with the response.")


def test_the_old_list_is_a_path(imported: Imported) -> None:
    old = imported.conversations[1]
    assert [texts(turn)[0] for turn in old.path()] == ["Ping", "Pong", "Again"]
    assert (old.title, old.created_ms) == ("Ping", 1700000000456)
    assert replies(old)[0].spent == Spent(5, 2)


def test_the_newer_items_are_read(imported: Imported) -> None:
    newer = imported.conversations[2]
    (reply,) = replies(newer)
    assert (reply.text, reply.thinking) == ("Hello!", "short")
    assert [turn.text for turn in newer.turns() if isinstance(turn, Prompt)] == ["Hi"]


def test_what_is_left_out_is_said(imported: Imported) -> None:
    assert [damage.sentence for damage in imported.damages] == [
        "Images and files of “Bread 🍞” were left out: only texts are imported."
    ]


def test_the_same_export_gives_the_same_ids(imported: Imported) -> None:
    again = read_export(DATA, {})
    assert [everything(one) for one in again.conversations] == [everything(one) for one in imported.conversations]
    assert read_export(json.dumps(json.loads(DATA)[0]), {}).conversations[0].id == imported.conversations[0].id


@pytest.mark.parametrize(
    ("content", "text", "thinking"),
    [
        (
            '<details type="reasoning" done="true">\n<summary>T</summary>\n> a < b &amp; c\n</details>\nX',
            "X",
            "a < b &amp; c",
        ),
        ('X <details type="reasoning">never ends', 'X <details type="reasoning">never ends', ""),
        (
            "<details>\n<summary>Mine</summary>\nshown\n</details>",
            "<details>\n<summary>Mine</summary>\nshown\n</details>",
            "",
        ),
        (
            'A\n<details type="reasoning">1</details>\nB\n<details type="reasoning">2</details>\nC',
            "A\n\nB\n\nC",
            "1\n\n2",
        ),
    ],
)
def test_only_what_open_webui_adds_is_taken_out(content: str, text: str, thinking: str) -> None:
    reply = reply_of(content)
    assert (reply.text, reply.thinking) == (text, thinking)


@pytest.mark.parametrize(
    "piece",
    [
        '<details type="reasoning">',
        '<details type="a" ',
        "<summary>",
        "aaaaaaaaaaaa",
        '<details type="a"><summary></details>',
    ],
)
def test_fifty_thousand_beginnings_without_an_end_are_no_trap(piece: str) -> None:
    """Reading them takes a moment; looking for each one's end to the end of the text would take hours."""
    many = piece * 50_000
    assert reply_of(f'<details type="reasoning">{many}</details>').thinking
    assert reply_of(many).characters
