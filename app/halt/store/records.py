"""Conversations as they are kept: one record a conversation and one a message, in plain JSON types.

    conversation  id, version, created_ms, changed_ms, title, title_by, first_words, pinned, chosen, draft,
                  draft_attachments, queue, overrides
    message       id, version, conversation, parent, place, created_ms, role, chosen, text
      of a user       columns, attachments
      of an assistant thinking, status, provider, model, notice, details, stop_note, cancel_note, finish, spent,
                      thinking_ms, run_id

``parent`` and ``chosen`` are ids of messages: of the one above (empty for the root), and of which one below is on the
screen. ``place`` counts the messages below the same parent. Times are in ms since 1970. The id of a message is its own
within its conversation, so a key that holds for all of them is ``[conversation, id]``. ``first_words`` lets a list of
conversations be shown without their messages; it is written and never read here. What attachments hold has records of
its own (``attachment_records``); here are their ids.

What a newer version adds stands in ``unknown`` and is written back. ``loading`` is the way back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from halt.chat.conversation import Conversation, Prompt, Reply, Turn
from halt.chat.overrides import Overrides
from halt.store.fields import Record

VERSION = 1

_NOTHING = Overrides()

USER, ASSISTANT = "user", "assistant"


def conversation_record(conversation: Conversation) -> Record:
    """Give what is kept of a conversation besides its messages."""
    chosen = conversation.root.chosen
    return {
        **conversation.unknown,
        "id": conversation.id,
        "version": VERSION,
        "created_ms": conversation.created_ms,
        "changed_ms": conversation.changed_ms,
        "title": conversation.given_title,
        "title_by": conversation.title_by,
        "first_words": conversation.first_words,
        "pinned": conversation.pinned,
        "chosen": chosen.id if chosen else "",
        "draft": conversation.draft,
        "draft_attachments": list(conversation.draft_attachments),
        "queue": [
            {"id": message.id, "text": message.text, "attachments": list(message.attachments)}
            for message in conversation.queue
        ],
        "overrides": _overrides(conversation.overrides),
    }


def _overrides(own: Overrides) -> Record:
    """Give what a conversation has of its own; what is as in its profile is not written."""
    names = ("profile", "model", "temperature", "max_tokens", "prompt", "system_prompt")
    said = {name: value for name in names if (value := getattr(own, name)) != getattr(_NOTHING, name)}
    return {**own.unknown, **said}


def message_record(conversation: Conversation, turn: Turn) -> Record:
    """Give what is kept of one turn; raises ``ValueError`` for one that stands in no conversation."""
    if turn.parent is None:
        raise ValueError("the root of a conversation, or a turn that was taken out, is no message")
    return _message(conversation, turn, turn.parent.children.index(turn))


def message_records(conversation: Conversation) -> Iterator[Record]:
    """Yield the records of all turns, in all branches, parents before their children."""
    waiting = list(reversed(list(enumerate(conversation.root.children))))
    while waiting:
        place, turn = waiting.pop()
        yield _message(conversation, turn, place)
        waiting.extend(reversed(list(enumerate(turn.children))))


def _message(conversation: Conversation, turn: Turn, place: int) -> Record:
    above = turn.parent
    return {
        **turn.unknown,
        "id": turn.id,
        "version": VERSION,
        "conversation": conversation.id,
        "parent": above.id if above and above is not conversation.root else "",
        "place": place,
        "created_ms": turn.created_ms,
        "chosen": turn.chosen.id if turn.chosen else "",
        **_own(turn),
    }


def _own(turn: Turn) -> dict[str, Any]:
    if isinstance(turn, Prompt):
        return {
            "role": USER,
            "text": turn.text,
            "columns": [reply.id for reply in turn.columns],
            "attachments": list(turn.attachments),
        }
    if isinstance(turn, Reply):
        spent = turn.unknown.get("spent")
        return {
            "role": ASSISTANT,
            "text": turn.text,
            "thinking": turn.thinking,
            "status": str(turn.status),
            "provider": turn.provider,
            "model": turn.model,
            "notice": turn.notice,
            "details": turn.details,
            "stop_note": turn.stop_note,
            "cancel_note": turn.cancel_note,
            "finish": str(turn.finish) if turn.finish else "",
            "spent": {**(spent if isinstance(spent, dict) else {}), **asdict(turn.spent)} if turn.spent else None,
            "thinking_ms": turn.thinking_ms,
            "run_id": turn.run_id,
        }
    raise TypeError(f"nothing keeps a {type(turn).__name__}")
