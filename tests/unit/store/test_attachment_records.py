"""Files as they are kept: what comes back is what was attached, and nothing that a page could not show."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halt.chat.attachment import Attachment
from halt.chat.conversation import Conversation
from halt.store.attachment_records import attachment_record, read_attachment, read_attachments
from halt.store.exports import to_json
from halt.store.imports import read_export
from halt.store.loading import load_conversation

from .trees import FILES, everything, small

RUBBISH = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()) | st.just({"a": 1})


def record(attachment: Attachment = FILES[0], **changed: Any) -> dict[str, Any]:
    return json.loads(json.dumps(attachment_record(Conversation("c"), attachment))) | changed


@given(
    st.builds(Attachment, st.text(min_size=1), st.just("a.txt"), text=st.text(), created_ms=st.integers(0, 10**13))
    | st.builds(
        Attachment,
        st.text(min_size=1),
        st.just("a.png"),
        st.just("image/png"),
        data=st.binary().map(lambda data: b"\x89PNG\r\n\x1a\n" + data),
    )
)
def test_a_file_comes_back_as_it_was(attachment: Attachment) -> None:
    assert read_attachment(record(attachment)) == attachment


@pytest.mark.parametrize(
    "changed",
    [
        {"media_type": "text/html"},
        {"media_type": "image/svg+xml", "data": base64.b64encode(b"<svg/>").decode()},
        {"media_type": "image/jpeg"},
        {"data": base64.b64encode(b"<script>").decode()},
        {"data": "no base64"},
        {"data": "ü"},
        {"id": ""},
        {"name": 7},
    ],
)
def test_what_is_not_what_it_says_is_left_out(changed: dict[str, Any]) -> None:
    """Somebody may have made the file that is imported: only real images and text reach the page."""
    assert read_attachment(record(**changed)) is None


@given(st.dictionaries(st.sampled_from(["id", "name", "media_type", "text", "data", "created_ms", "extra"]), RUBBISH))
def test_no_record_breaks_the_reading(changed: dict[str, Any]) -> None:
    for attachment in read_attachments([record(**changed), changed, 7, None]).values():
        assert attachment.id


def test_a_file_that_is_missing_is_said_and_harms_nothing_else() -> None:
    conversation = small()
    conversation.draft_attachments = ["a1", "a2"]
    entry = json.loads(to_json([conversation]))["conversations"][0]
    loaded, damages = load_conversation(entry["conversation"], entry["messages"], attachments=[record(FILES[1])])
    assert [(damage.what, damage.record_id) for damage in damages] == [("there is no file 'a1'", "c")]
    assert damages[0].sentence == (
        "A file that was attached in “Why is the sky blue?” can't be read, so it is missing; all else is here."
    )
    assert loaded.draft_attachments == ["a1", "a2"]


def test_an_export_that_is_cut_off_in_a_file_gives_the_files_before_it() -> None:
    conversation = small()
    conversation.draft_attachments = ["a1", "a2"]
    conversation.attachments = {one.id: one for one in FILES}
    text = to_json([conversation])
    assert everything(read_export(text, {}).conversations[0]) == everything(conversation)
    imported = read_export(text[: text.index("notes.md")], {})
    assert list(imported.conversations[0].attachments) == ["a1"]
    assert any("there is no file 'a2'" in damage.what for damage in imported.damages)
    assert [turn.id for turn in imported.conversations[0].turns()] == [turn.id for turn in conversation.turns()]
