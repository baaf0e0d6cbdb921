"""A conversation that another window has changed: its changes are taken over, and this window's own ones stay.

Of each thing three states are compared: how it was when this window last read or wrote it, how it is here, and how it
is kept now. What is unchanged here becomes what is kept now; what was changed here stays, and is written next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from halt.chat.conversation import Conversation, Prompt, Reply, Turn
from halt.chat.queue import QueuedMessage
from halt.store.fields import Record
from halt.store.records import conversation_record, message_records

# Where a turn stands is decided by the tree, and which branch is on the screen for itself.
_PLACE = frozenset({"place", "chosen", "parent"})
# By the record's field: the attribute, and what it is where nothing is kept.
_HEAD_FIELDS: dict[str, tuple[str, object]] = {
    "title": ("given_title", ""),
    "title_by": ("title_by", ""),
    "pinned": ("pinned", False),
    "draft": ("draft", ""),
    "draft_attachments": ("draft_attachments", []),
    "overrides": ("overrides", {}),
}


@dataclass(slots=True)
class Joined:
    """What became of a join: ``found`` are the turns as they are kept, by id, ``changed`` the replies that differ now.

    ``has_new_draft`` where the draft is now that of the other window.
    """

    found: dict[str, Turn] = field(default_factory=dict)
    changed: list[Reply] = field(default_factory=list)
    has_new_draft: bool = False


def join(
    mine: Conversation, theirs: Conversation, before: Mapping[str, Record], head_before: Record, left: Collection[str]
) -> Joined:
    """Take over into ``mine`` what differs in ``theirs`` from how it was ``before``; ``theirs`` is used up.

    ``before`` are the records of messages by id. The content of the turns in ``left`` stays as it is: they are being
    written.
    """
    own = {str(record["id"]): record for record in message_records(mine)}
    others = {str(record["id"]): record for record in message_records(theirs)}
    turns = {turn.id: turn for turn in mine.turns()}
    joined = Joined({turn.id: turn for turn in theirs.turns()})
    chosen_there = {name: record["chosen"] for name, record in others.items()}
    root_chosen = conversation_record(theirs)["chosen"]
    for name, record in others.items():
        if name in turns:
            if name not in left and _content(own[name]) == _content(before.get(name, {})) != _content(record):
                turns[name] = _take_over(turns[name], joined.found[name], joined)
        elif name not in before and (not record["parent"] or record["parent"] in turns):
            turns[name] = _add(joined.found[name], turns.get(record["parent"], mine.root))
    _remove_gone(mine, before, others, left)
    for name, turn in turns.items():
        if name in others and own.get(name, {}).get("chosen", "") == before.get(name, {}).get("chosen", ""):
            _choose(turn, chosen_there[name])
        if isinstance(turn, Prompt) and name in others:
            _set_columns(turn, others[name]["columns"], own.get(name), before.get(name, {}))
    if (mine.root.chosen.id if mine.root.chosen else "") == head_before.get("chosen", ""):
        _choose(mine.root, root_chosen)
    _join_head(mine, theirs, head_before, joined)
    return joined


def _content(record: Record) -> Record:
    return {name: value for name, value in record.items() if name not in _PLACE}


def _take_over(turn: Turn, other: Turn, joined: Joined) -> Turn:
    """Give ``turn`` the content of ``other``; where texts differ, another object takes its place, for views to see."""
    same = isinstance(turn, Reply) and isinstance(other, Reply) and _texts(turn) == _texts(other)
    if same and isinstance(turn, Reply) and isinstance(other, Reply):
        for name in ("status", "run_id", "stop_note", "cancel_note", "notice", "details", "finish", "spent"):
            setattr(turn, name, getattr(other, name))
        turn.thinking_ms, turn.unknown = other.thinking_ms, other.unknown
        joined.changed.append(turn)
        return turn
    if isinstance(turn, Prompt) and isinstance(other, Prompt) and turn.text == other.text:
        turn.attachments, turn.unknown = other.attachments, other.unknown
        return turn
    above = turn.parent
    if above is None:
        return turn
    other.parent, other.children, other.chosen = above, turn.children, turn.chosen
    if isinstance(turn, Prompt) and isinstance(other, Prompt):
        other.columns = turn.columns
    if isinstance(above, Prompt) and isinstance(other, Reply):
        above.columns = [other if one is turn else one for one in above.columns]
    above.children[above.children.index(turn)] = other
    above.chosen = other if above.chosen is turn else above.chosen
    for child in other.children:
        child.parent = other
    if isinstance(other, Reply):
        joined.changed.append(other)
    return other


def _texts(reply: Reply) -> tuple[str, str]:
    return reply.text, reply.thinking


def _add(turn: Turn, above: Turn) -> Turn:
    """Put a new turn among its branches, by age: so it has the same place in every window."""
    turn.parent, turn.children, turn.chosen = above, [], None
    if isinstance(turn, Prompt):
        turn.columns = []
    age = (turn.created_ms, turn.id)
    place = next((n for n, one in enumerate(above.children) if (one.created_ms, one.id) > age), len(above.children))
    above.children.insert(place, turn)
    return turn


def _remove_gone(
    mine: Conversation, before: Mapping[str, Record], others: Mapping[str, Record], left: Collection[str]
) -> None:
    """Take out what was kept and is not any more, unless something below it is written here."""

    def is_gone(turn: Turn) -> bool:
        return bool(before.get(turn.id)) and turn.id not in others and turn.id not in left

    for turn in [one for one in mine.turns() if is_gone(one)]:
        if all(is_gone(one) for one in turn.everything_below()) and turn.parent and turn in turn.parent.children:
            if isinstance(turn.parent, Prompt):
                turn.parent.columns = [one for one in turn.parent.columns if one is not turn]
            mine.remove(turn)


def _choose(turn: Turn, name: str) -> None:
    turn.chosen = next((child for child in turn.children if child.id == name), turn.chosen)


def _set_columns(prompt: Prompt, names: list[str], own: Record | None, before: Record) -> None:
    if own is None or own["columns"] == before.get("columns"):
        replies = {child.id: child for child in prompt.children if isinstance(child, Reply)}
        prompt.columns = [replies[name] for name in names if name in replies]


def _join_head(mine: Conversation, theirs: Conversation, before: Record, joined: Joined) -> None:
    own = conversation_record(mine)
    for name, (attribute, empty) in _HEAD_FIELDS.items():
        if own[name] == before.get(name, empty):
            joined.has_new_draft |= name.startswith("draft") and getattr(mine, attribute) != getattr(theirs, attribute)
            setattr(mine, attribute, getattr(theirs, attribute))
    mine.created_ms = min(filter(None, (mine.created_ms, theirs.created_ms)), default=0)
    mine.changed_ms = max(mine.changed_ms, theirs.changed_ms)
    mine.unknown = {**mine.unknown, **theirs.unknown}
    mine.queue.replace(_joined_queue(list(mine.queue), list(theirs.queue), _ids(before)))


def _ids(head: Record) -> set[str]:
    queue = head.get("queue")
    return {str(one.get("id")) for one in queue if isinstance(one, dict)} if isinstance(queue, list) else set()


def _joined_queue(mine: list[QueuedMessage], theirs: list[QueuedMessage], before: set[str]) -> Iterator[QueuedMessage]:
    """Yield what waits: without what was taken out here or there, with what was added here or there."""
    here, there = {message.id for message in mine}, {message.id for message in theirs}
    if here == before:
        yield from theirs
        return
    yield from (message for message in mine if message.id in there or message.id not in before)
    yield from (message for message in theirs if message.id not in here and message.id not in before)
