"""Imports: what is whole comes in, what is damaged is listed, and a refusal says why."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from halt.chat.conversation import Conversation, GrowingText, Prompt, Reply
from halt.chat.status import Status
from halt.store import imports
from halt.store.errors import ImportRefused, TooLarge, UnknownFormat, Unreadable
from halt.store.exports import to_json
from halt.store.imports import read_export, read_in_steps

from .trees import everything, small, texts

FIXTURES = Path(__file__).parent / "fixtures"
CHATGPT = (FIXTURES / "chatgpt-conversations.json").read_bytes()
OPEN_WEBUI = (FIXTURES / "open-webui-chats.json").read_bytes()


def named(name: str, *said: str) -> Conversation:
    conversation = Conversation(name)
    for number, text in enumerate(said):
        conversation.add(Prompt(f"{name}-{number}", text=text), conversation.last)
    return conversation


def all_texts(conversations: list[Conversation]) -> list[str]:
    return [text for one in conversations for turn in one.turns() for text in texts(turn) if text]


def zipped(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


# Damage


@given(st.integers(1, 10**6), st.sampled_from([1, 3]))
@example(-2, 3)  # all but the last brace
def test_a_file_that_is_cut_off_gives_what_stood_before_the_cut(cut: int, number: int) -> None:
    whole = [small(), named("d", "Über", "alles"), named("e", "Ende")][:number]
    data = to_json(whole).encode()
    cut %= len(data)
    line_ends = [place for place, byte in enumerate(data[:cut]) if byte == 10]
    try:
        imported = read_export(data[:cut], {})
    except ImportRefused:
        assert len(line_ends) < 2, "a conversation is whole and was not imported"
        return
    complete = min(max(len(line_ends) - 1, 0), number)
    assert [everything(one) for one in imported.conversations[:complete]] == [
        everything(one) for one in whole[:complete]
    ]
    assert len(imported.conversations) <= complete + 1
    if cut < len(data.rstrip()):
        assert any("cut off" in damage.sentence for damage in imported.damages)


def test_the_messages_before_a_cut_are_read_too() -> None:
    data = to_json([named("d", "One", "Two", "Three")])
    imported = read_export(data[: data.index("Three") + 3], {})
    assert all_texts(imported.conversations) == ["One", "Two"]


def test_damage_in_one_conversation_harms_no_other() -> None:
    data = to_json([named("a", "A"), named("b", "B1", "B2"), named("c", "C")])
    for hurt in (data.replace('"B2"', '"B2'), data.replace('"messages": [{"id": "b', "\x00"), data.replace("B1", '"')):
        imported = read_export(hurt, {})
        assert {"A", "C"} <= set(all_texts(imported.conversations))
        assert imported.damages
        assert "could not be read" in imported.sentence


@given(st.data())
def test_a_file_with_wrong_bytes_is_refused_or_read_and_nothing_else(data: st.DataObject) -> None:
    source = bytearray(data.draw(st.sampled_from([to_json([small(), named("d", "x")]).encode(), CHATGPT, OPEN_WEBUI])))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(source) - 1))
        source[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        imported = read_export(bytes(source), {})
    except ImportRefused as error:
        assert str(error).endswith(".")
    else:
        assert imported.sentence.endswith(".")
        for one in imported.conversations:
            everything(one)


def test_a_foreign_list_that_is_cut_off_gives_its_whole_chats() -> None:
    imported = read_export(OPEN_WEBUI[: OPEN_WEBUI.index(b'"n-1"')], {})
    assert [one.title for one in imported.conversations] == ["Bread 🍞", "Ping"]
    assert any("cut off" in damage.sentence for damage in imported.damages)


def test_characters_that_are_none_are_said() -> None:
    data = to_json([named("d", "Grüße")]).encode().replace("ü".encode(), b"\xfc")
    imported = read_export(data, {})
    assert all_texts(imported.conversations) == ["Gr�ße"]
    assert any("characters" in damage.sentence for damage in imported.damages)


def test_a_reply_that_was_being_written_is_interrupted() -> None:
    """A part of S18."""
    conversation = named("d", "Hi")
    reply = Reply("r", source=GrowingText("Hel"), status=Status.STREAMING)
    conversation.add(reply, conversation.last)
    (imported,) = read_export(to_json([conversation]), {}).conversations
    last = imported.last
    assert isinstance(last, Reply)
    assert (last.status, last.text) == (Status.INTERRUPTED, "Hel")


# Refusals


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Unreadable),
        (b"hello", Unreadable),
        (b"[" * 100_000, Unreadable),
        (b'{"a": ' * 100_000, Unreadable),
        (b"\xff\xfe[\x00]\x00", Unreadable),
        (b'{"format": "halt-conversations", "version": 1, "conv', Unreadable),
        (b"{}", UnknownFormat),
        (b"7", UnknownFormat),
        (b"null", UnknownFormat),
        (b'[{"name": "x"}, 7]', UnknownFormat),
        (b'{"format": "halt-conversations", "version": 1}', UnknownFormat),
        (b"PK\x03\x04 no zip", Unreadable),
        (zipped({"notes.txt": b"x"}), UnknownFormat),
        (zipped({"conversations.json": b"<html>"}), Unreadable),
    ],
)
def test_what_is_no_export_is_refused_with_a_sentence(data: bytes, error: type[ImportRefused]) -> None:
    with pytest.raises(error) as refused:
        read_export(data, {})
    assert str(refused.value)[0].isupper()
    assert str(refused.value).endswith(".")


def test_an_export_of_nothing_is_no_error() -> None:
    assert read_export(to_json([]), {}).sentence == "0 conversations imported."


def test_what_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "LARGEST_BYTES", 1_000_000)
    with pytest.raises(TooLarge, match="larger than 1 MB"):
        read_export(b" " * 1_000_001, {})
    with pytest.raises(TooLarge, match="larger than 1 MB"):
        read_export(zipped({"conversations.json": b" " * 9_000_000}), {})
    with pytest.raises(TooLarge):
        read_export(zipped({f"conversations-{n:03}.json": b" " * 400_000 for n in range(3)}), {})


def test_a_page_can_breathe_between_two_conversations() -> None:
    steps = read_in_steps(to_json([named(name, "Hi") for name in "abc"]), {})
    shares = [next(steps) for _ in range(3)]
    assert 0 < shares[0] < shares[1] < shares[2] < 1
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert [one.id for one in end.value.value.conversations] == ["a", "b", "c"]


def test_our_export_is_read_however_its_lines_are_set() -> None:
    whole = [small(), named("d", "Hi")]
    for options in ({"indent": 2}, {"separators": (",", ":")}):
        imported = read_export(json.dumps(json.loads(to_json(whole)), **options), {})  # type: ignore[arg-type]
        assert not imported.damages
        assert [everything(one) for one in imported.conversations] == [everything(one) for one in whole]


# Zips


def test_chatgpts_zip_is_read_with_all_its_parts() -> None:
    parts = json.loads(CHATGPT)
    data = zipped(
        {
            "export/conversations-001.json": json.dumps(parts[1:]).encode(),
            "export/conversations-000.json": json.dumps(parts[:1]).encode(),
            "export/user.json": b"{}",
            "export/message_feedback.json": b"[]",
            "file-1.png": b"\x89PNG",
        }
    )
    assert [one.id for one in read_export(data, {}).conversations] == [
        one.id for one in read_export(CHATGPT, {}).conversations
    ]


def test_a_damaged_part_of_a_zip_harms_no_other() -> None:
    data = zipped({"conversations-000.json": b"<html>", "conversations-001.json": CHATGPT})
    imported = read_export(data, {})
    assert len(imported.conversations) == 2
    assert any("no JSON" in damage.sentence for damage in imported.damages)


def test_a_locked_or_torn_zip_is_refused() -> None:
    data = bytearray(zipped({"conversations.json": CHATGPT}))
    torn = bytes(data[: len(data) // 2])
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    for bad in (torn, bytes(data)):
        with pytest.raises(Unreadable, match="damaged or locked"):
            read_export(bad, {})


def test_rubbish_of_a_known_shape_stops_nothing() -> None:
    entries: list[Any] = [
        7,
        {"mapping": {"a": 7, "b": {"message": 7}, "c": {"message": {"author": 7, "content": [7]}}}},
        {"chat": {"history": {"messages": {"a": 7, "b": {"role": "user", "content": {"x": 1}, "timestamp": "now"}}}}},
        {"conversation": 7, "messages": [7, {"text": 8}]},
        {
            "mapping": {
                "x": {"parent": "y"},
                "y": {"parent": "x", "message": {"author": {"role": "user"}, "content": {"parts": ["Hi"]}}},
            }
        },
    ]
    imported = read_export(json.dumps(entries), {})
    assert "Hi" in all_texts(imported.conversations)
    assert imported.damages
