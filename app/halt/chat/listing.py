"""The list of conversations by day: what is pinned comes first, then what was changed last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from halt.chat.conversation import Conversation

PINNED, TODAY, YESTERDAY, WEEK, MONTH, UNDATED = (
    "Pinned",
    "Today",
    "Yesterday",
    "Previous 7 days",
    "Previous 30 days",
    "Without a date",
)


@dataclass(frozen=True, slots=True)
class Day:
    """The conversations that stand under one heading."""

    name: str
    conversations: list[Conversation] = field(default_factory=list)


def by_day(conversations: Iterable[Conversation], now: datetime) -> list[Day]:
    """Group ``conversations`` by when they were changed last, as seen from ``now`` (local time).

    Those of this visit that nothing was kept of yet were changed just now. Days without any are left out.
    """
    bounds = _bounds(now)
    days: dict[str, Day] = {}
    for conversation in in_order(conversations):
        name = PINNED if conversation.pinned else _name(_changed_ms(conversation), bounds)
        days.setdefault(name, Day(name)).conversations.append(conversation)
    return list(days.values())


def in_order(conversations: Iterable[Conversation]) -> list[Conversation]:
    """Sort ``conversations`` as they stand in the list."""
    return sorted(conversations, key=_order)


def _order(conversation: Conversation) -> tuple[bool, float]:
    return not conversation.pinned, -_changed_ms(conversation)


def _changed_ms(conversation: Conversation) -> float:
    """Tell when a conversation was changed last; 0 where its record does not say."""
    if conversation.loaded and not conversation.changed_ms:
        return float("inf")
    return conversation.changed_ms or conversation.created_ms


def _bounds(now: datetime) -> list[tuple[float, str]]:
    """List from when (ms since 1970) each of the near days begins, newest first."""
    names = ((0, TODAY), (1, YESTERDAY), (7, WEEK), (30, MONTH))
    # By the calendar and not by 24 hours: the clock may have been put forward or back in between.
    return [(datetime.combine(now.date() - timedelta(days), time()).timestamp() * 1000, name) for days, name in names]


def _name(changed_ms: float, bounds: list[tuple[float, str]]) -> str:
    for begin_ms, name in bounds:
        if changed_ms >= begin_ms:
            return name
    return datetime.fromtimestamp(changed_ms / 1000).strftime("%B %Y") if changed_ms > 0 else UNDATED
