"""The files of a conversation: which of them are used, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable

from halt.chat.attachment import Attachment
from halt.chat.conversation import Conversation, Prompt


def used_ids(conversation: Conversation) -> list[str]:
    """List the ids of all files that a prompt, the draft or a waiting message has, each once."""
    used = dict.fromkeys(conversation.draft_attachments)
    for message in conversation.queue:
        used |= dict.fromkeys(message.attachments)
    for turn in conversation.turns():
        if isinstance(turn, Prompt):
            used |= dict.fromkeys(turn.attachments)
    return list(used)


def used_files(conversation: Conversation) -> list[Attachment]:
    """List the files that are used and are there."""
    return files_of(conversation, used_ids(conversation))


def missing_ids(conversation: Conversation) -> list[str]:
    """List the ids of files that are used and are not there."""
    return [name for name in used_ids(conversation) if name not in conversation.attachments]


def files_of(conversation: Conversation, ids: Iterable[str]) -> list[Attachment]:
    """List the files with these ids that are there."""
    return [conversation.attachments[name] for name in ids if name in conversation.attachments]


def names_of(conversation: Conversation, ids: Iterable[str]) -> str:
    """Name the files with these ids on one line."""
    return ", ".join(one.name for one in files_of(conversation, ids))
