"""Attachments as they are kept: one record a file, written once, as it never changes.

    attachment    id, version, conversation, created_ms, name, media_type, and one of text and data

``data`` is an image's bytes in base64, so that the database, an export and a test see the same plain JSON. The id is
its own within its conversation, like a message's.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping

from halt.chat.attached import used_files
from halt.chat.attachment import SENT_IMAGES, TEXT, Attachment, clean_name
from halt.chat.conversation import Conversation
from halt.chat.image import media_type_of
from halt.store.fields import Fields, Record

VERSION = 1


def attachment_record(conversation: Conversation, attachment: Attachment) -> Record:
    """Give what is kept of a file."""
    content = (
        {"data": base64.b64encode(attachment.data).decode("ascii")}
        if attachment.is_image
        else {"text": attachment.text}
    )
    return {
        **attachment.unknown,
        "id": attachment.id,
        "version": VERSION,
        "conversation": conversation.id,
        "created_ms": attachment.created_ms,
        "name": attachment.name,
        "media_type": attachment.media_type,
        **content,
    }


def attachment_records(conversation: Conversation) -> Iterator[Record]:
    """Yield the records of all files that are used in a conversation, one at a time as they are large."""
    return (attachment_record(conversation, one) for one in used_files(conversation))


def read_attachments(records: Iterable[object]) -> dict[str, Attachment]:
    """Read files by their ids; what can't be read is left out."""
    read = (read_attachment(one) for one in records if isinstance(one, Mapping))
    return {one.id: one for one in read if one}


def read_attachment(record: Mapping[str, object]) -> Attachment | None:
    """Read one file; ``None`` where it can't be shown and sent as what it says it is."""
    fields = Fields(record)
    name, media_type = fields.text("id"), fields.text("media_type")
    fields.take("version"), fields.take("conversation")
    title, created_ms = fields.text("name"), fields.number("created_ms") or 0
    text, data = "", b""
    if media_type == TEXT:
        text = fields.text("text")
    else:
        try:
            data = base64.b64decode(fields.text("data"), validate=True)
        except (binascii.Error, ValueError):
            return None
        # An image by its bytes: whatever else a file of somebody's making says, it never reaches the page.
        if media_type not in SENT_IMAGES or media_type_of(data) != media_type:
            return None
    if not name or fields.damaged:
        return None
    return Attachment(name, clean_name(title), media_type, text, data, created_ms, fields.rest())
