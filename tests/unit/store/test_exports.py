"""The JSON export: it comes back to the character, holds no key, and has a name that every system takes."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halt.chat.connection import Connection
from halt.chat.conversation import Conversation
from halt.chat.workspace import Workspace
from halt.providers.base import ProviderSettings
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from halt.store.export_html import to_html
from halt.store.export_markdown import to_markdown
from halt.store.exports import FORMAT, VERSION, safe_name, to_json
from halt.store.imports import read_export
from tests.servers import Answer, AsyncioClock, ProviderServer, SocketTransport
from tests.unit.chat.screen import Screen

from .trees import conversations, everything, seen, small

KEY = "sk-0123456789abcdef"
WHEN = datetime(2026, 11, 22, 16, 2, tzinfo=UTC)


@given(conversations("a"), conversations("b"))
def test_an_export_comes_back_as_it_was(one: Conversation, two: Conversation) -> None:
    """S7: branches, thinking, states and texts, through a file."""
    data = to_json([one, two], 1_700_000_000_000).encode()
    imported = read_export(data, {})
    assert not imported.damages
    wanted = [each for each in (one, two) if each.last or each.queue or each.has_draft]
    assert [everything(each) for each in imported.conversations] == [everything(each) for each in wanted]
    assert [seen(each) for each in imported.conversations] == [seen(each) for each in wanted]


def test_one_conversation_stands_on_one_line() -> None:
    lines = to_json([small(), Conversation("d")], 5).split("\n")
    assert lines[0] == f'{{"format": "{FORMAT}", "version": {VERSION}, "exported_ms": 5, "conversations": ['
    assert [json.loads(line.rstrip(","))["conversation"]["id"] for line in lines[1:3]] == ["c", "d"]
    assert lines[3:] == ["]}", ""]
    assert json.loads(to_json([]))["conversations"] == []


def test_no_key_is_in_any_export() -> None:
    conversation = small()
    conversation.unknown = {"api_key": KEY, "settings": {"api_key": KEY, "models": [{"api_key": KEY, "name": "kept"}]}}
    for turn in conversation.turns():
        turn.unknown = {"api_key": KEY, "request": [{"api_key": KEY}]}
    text = to_json([conversation])
    assert "kept" in text
    assert KEY not in text + to_markdown(conversation) + to_html(conversation)
    brought = json.loads(text)
    brought["conversations"][0]["conversation"]["api_key"] = KEY
    brought["conversations"][0]["messages"][0]["deep"] = {"api_key": KEY}
    (imported,) = read_export(json.dumps(brought), {}).conversations
    assert KEY not in str(everything(imported))


async def test_no_key_that_was_used_is_in_any_export() -> None:
    """Not even where the provider itself repeats it."""
    with ProviderServer() as server:
        server.answer(Answer(status=401, body=f'{{"error": {{"message": "Wrong key {KEY}"}}}}'))
        settings = ProviderSettings(preset="custom", base_url=server.url, model="m", api_key=KEY)
        workspace = Workspace(settings, connect, AsyncioClock(), Screen())
        await workspace.send("Why?").closed
        assert server.exchanges[0].headers["authorization"] == f"Bearer {KEY}"
    conversation = workspace.current
    text = to_json([conversation])
    assert "Wrong key" in text
    assert KEY not in text + to_markdown(conversation) + to_html(conversation)


def connect(settings: ProviderSettings) -> Connection:
    return Connection(OpenAIChat(preset(settings.preset)), SocketTransport(), "Test")


def test_what_json_can_not_say_is_left_out() -> None:
    conversation = small()
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    conversation.unknown = {"deep": deep, "bytes": b"x", "infinite": float("inf"), "number": 1.5}
    (imported,) = read_export(to_json([conversation]), {}).conversations
    assert {name: imported.unknown[name] for name in ("bytes", "infinite", "number")} == {
        "bytes": None,
        "infinite": None,
        "number": 1.5,
    }


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Why is the sky blue?", "halt-2026-11-22-why-is-the-sky-blue.md"),
        ("", "halt-2026-11-22.md"),
        ("../../etc/passwd", "halt-2026-11-22-etc-passwd.md"),
        ("CON", "halt-2026-11-22-con.md"),
        ('a\\b:c*d?"<>|\x00\n.', "halt-2026-11-22-a-b-c-d.md"),
        ("Größe ‮txt.exe", "halt-2026-11-22-grösse-txt-exe.md"),
        ("नमस्ते", "halt-2026-11-22-नमस्ते.md"),
        ("w" * 300, f"halt-2026-11-22-{'w' * 60}.md"),
        ("🍞", "halt-2026-11-22.md"),
    ],
)
def test_a_name_says_what_it_is(title: str, name: str) -> None:
    assert safe_name(title, WHEN, "md") == name


@given(st.text())
def test_any_title_makes_a_name_that_every_system_takes(title: str) -> None:
    name = safe_name(title, WHEN, "json")
    assert len(name.encode()) <= 255
    assert not re.search(r'[\\/:*?"<>|\s\x00-\x1f]', name)
    assert Path(name).name == os.fspath(name)
    assert name.startswith("halt-2026-11-22")
