"""One kept record back into one turn, whose place in the tree comes later (``loading``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from halt.chat.conversation import Conversation, GrowingText, Prompt, Reply, Turn
from halt.chat.overrides import Overrides
from halt.chat.status import Status
from halt.chat.usage import Spent
from halt.providers.events import FinishReason
from halt.store.fields import Fields, Record, is_number
from halt.store.profiles import MOST_TEMPERATURE
from halt.store.records import ASSISTANT, USER

PAGE_CLOSED = "The page was closed while this reply was written. What had arrived is kept; Continue goes on."

MOST_TOKENS = 1e15
MOST_DOLLARS = 1e9
LAST_PLACE = float("inf")


@dataclass(slots=True)
class Message:
    """A turn that was read, the ids that say where it belongs, and the fields that could not be read."""

    turn: Turn
    parent: str
    place: float
    chosen: str
    columns: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def read_message(record: Mapping[Any, Any], otherwise: str) -> Message:
    """Read a message of whatever record; ``otherwise`` is its id where the record has none.

    What was being written when the record was kept is interrupted: the page was closed in between (S18).
    """
    fields = Fields(record)
    name = fields.text("id")
    if not name:
        fields.damaged.setdefault("id", name)
    fields.take("version"), fields.take("conversation")
    parent, chosen, columns = fields.text("parent"), fields.text("chosen"), fields.texts("columns")
    place, created_ms = fields.number("place"), fields.number("created_ms")
    role = fields.take("role")
    if role not in (USER, ASSISTANT):
        fields.damage("role", role)
        role = ASSISTANT if "status" in record else USER
    turn = _prompt(name or otherwise, fields) if role == USER else _reply(name or otherwise, fields)
    turn.created_ms = created_ms or 0
    turn.unknown |= fields.rest()
    return Message(turn, parent, LAST_PLACE if place is None else place, chosen, columns, list(fields.damaged))


def read_head(conversation: Conversation, record: Mapping[Any, Any]) -> tuple[str, list[str]]:
    """Read a conversation's own record into it; give the id of its first message on the screen, and what is damaged."""
    fields = Fields(record)
    for name in ("id", "version", "first_words"):
        fields.take(name)
    conversation.created_ms = fields.number("created_ms") or 0
    conversation.changed_ms = fields.number("changed_ms") or 0
    conversation.given_title = fields.text("title")
    conversation.title_by = fields.text("title_by")
    conversation.pinned = fields.flag("pinned")
    conversation.draft = fields.text("draft")
    conversation.draft_attachments = fields.texts("draft_attachments")
    chosen = fields.text("chosen")
    _read_queue(conversation, fields)
    conversation.overrides = _overrides(fields)
    conversation.unknown = fields.rest()
    return chosen, list(fields.damaged)


def _read_queue(conversation: Conversation, fields: Fields) -> None:
    queue = fields.take("queue")
    for place, one in enumerate(queue if isinstance(queue, list) else []):
        message = Fields(one if isinstance(one, Mapping) else {})
        name, text, attachments = message.text("id"), message.text("text"), message.texts("attachments")
        if text.strip() or attachments:
            conversation.queue.add(text, name or f"waiting-{place}", attachments)
    if queue is not None and (not isinstance(queue, list) or len(queue) != len(conversation.queue)):
        fields.damage("queue", queue)


def _overrides(fields: Fields) -> Overrides:
    value = fields.take("overrides")
    if value is None:
        return Overrides()
    if not isinstance(value, Mapping):
        fields.damage("overrides", value)
        return Overrides()
    own = Fields(value)
    profile, model, prompt = own.text("profile"), own.text("model"), own.text("prompt")
    temperature, max_tokens = own.number("temperature", MOST_TEMPERATURE), own.take("max_tokens")
    if not (max_tokens is None or (isinstance(max_tokens, int) and is_number(max_tokens, MOST_TOKENS) and max_tokens)):
        own.damage("max_tokens", max_tokens)
        max_tokens = None
    system_prompt = own.take("system_prompt")
    if not (system_prompt is None or isinstance(system_prompt, str)):
        own.damage("system_prompt", system_prompt)
        system_prompt = None
    if own.damaged:
        fields.damage("overrides", value)
    return Overrides(profile, model, temperature, max_tokens, prompt, system_prompt, own.rest())


def _prompt(name: str, fields: Fields) -> Prompt:
    return Prompt(name, text=fields.text("text"), attachments=fields.texts("attachments"))


def _reply(name: str, fields: Fields) -> Reply:
    reply = Reply(
        name,
        source=GrowingText(fields.text("text")),
        reasoning=GrowingText(fields.text("thinking")),
        status=_status(fields),
        run_id=fields.text("run_id"),
        provider=fields.text("provider"),
        model=fields.text("model"),
        stop_note=fields.text("stop_note"),
        cancel_note=fields.text("cancel_note"),
        notice=fields.text("notice"),
        details=fields.text("details"),
        finish=_finish(fields),
        thinking_ms=fields.number("thinking_ms"),
    )
    reply.spent = _spent(fields, reply.unknown)
    if reply.status.running:
        reply.status = Status.INTERRUPTED
        reply.notice = PAGE_CLOSED
    return reply


def _status(fields: Fields) -> Status:
    value = fields.take("status")
    try:
        return Status(value)
    except ValueError:
        fields.damage("status", value)
        return Status.INTERRUPTED


def _finish(fields: Fields) -> FinishReason | None:
    value = fields.take("finish")
    if value in ("", None):
        return None
    try:
        return FinishReason(value)
    except ValueError:
        fields.damage("finish", value)
        return FinishReason.OTHER


def _spent(fields: Fields, unknown: Record) -> Spent | None:
    value = fields.take("spent")
    if value is None:
        return None
    if not isinstance(value, dict):
        fields.damage("spent", value)
        return None
    own = Fields(value)
    read, written, cost = (
        own.number("input_tokens", MOST_TOKENS),
        own.number("output_tokens", MOST_TOKENS),
        own.take("cost"),
    )
    flags = [own.flag(name) for name in ("estimated", "cost_estimated", "prices_wanted")]
    if own.damaged or read is None or written is None or not (cost is None or is_number(cost, MOST_DOLLARS)):
        fields.damage("spent", value)
        return None
    if rest := own.rest():
        unknown["spent"] = rest
    return Spent(int(read), int(written), cost, *flags)
