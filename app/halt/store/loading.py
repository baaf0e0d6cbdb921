"""Kept records back into conversations: what can be read is there, and what can't is reported and harms nothing else.

No text is dropped that can be read. A message whose parent is missing, or that stands below itself, becomes a branch at
the beginning; one without its details takes the usual ones, and what was found is kept beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from halt.chat.attached import missing_ids
from halt.chat.conversation import Conversation, Prompt, Reply, Turn
from halt.store.attachment_records import read_attachments
from halt.store.reading import Message, read_head, read_message

LOST = "lost"
"""The id of what has none."""

LONGEST_TITLE = 60

MISSING, DETAILS, PLACE, HEAD, FILE = "missing", "details", "place", "head", "file"
_SENTENCES = {
    MISSING: "A message of “{title}” can't be read, so it is missing; all others are here.",
    DETAILS: "Some details of a message of “{title}” can't be read; they take the usual values.",
    PLACE: "A message of “{title}” has lost its place, so it stands at the beginning, as a branch.",
    FILE: "A file that was attached in “{title}” can't be read, so it is missing; all else is here.",
    HEAD: "The title and other details of “{title}” can't be read; its messages are here.",
}


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that can't be read: whose it is, by the record's id where it has one, and what is wrong with it.

    ``what`` is for a report of the fault, ``sentence`` for the person.
    """

    record_id: str
    what: str
    sentence: str


def load_conversations(
    records: Iterable[object], messages: Iterable[object]
) -> tuple[list[Conversation], list[Damage]]:
    """Make conversations of all that is kept, in the order of ``records``; those without a record come last."""
    damages: list[Damage] = []
    heads: dict[str, object] = {}
    for record in records:
        name = id_of(record, "id")
        if not name or name in heads:
            damages.append(Damage(name, "the id is missing or not its own", "A conversation's title can't be read."))
        else:
            heads[name] = record
    of: dict[str, list[object]] = {}
    for message in messages:
        of.setdefault(id_of(message, "conversation"), []).append(message)
    conversations = []
    for name in dict.fromkeys([*heads, *of]):
        conversation, found = load_conversation(heads.get(name), of.get(name, ()), name)
        conversations.append(conversation)
        damages += found
    return conversations, damages


def load_conversation(
    record: object,
    messages: Iterable[object],
    conversation_id: str = "",
    attachments: Iterable[object] | None = None,
) -> tuple[Conversation, list[Damage]]:
    """Make a conversation of its record and those of its messages, which may come in any order.

    ``conversation_id`` is for one whose own record has none. Without ``attachments`` none are missed.
    """
    messages = list(messages)
    names = (id_of(record, "id"), conversation_id, *(id_of(one, "conversation") for one in messages))
    loading = _Loading(Conversation(next(filter(None, names), LOST)))
    loading.read(record, messages)
    loading.place()
    loading.choose()
    if attachments is not None:
        loading.attach(attachments)
    return loading.conversation, loading.damages()


def outline_of(record: Mapping[str, object]) -> Conversation:
    """Make a conversation that shows its title; its turns are read when it is opened."""
    conversation = Conversation(id_of(record, "id"), loaded=False)
    read_head(conversation, record)
    conversation.kept_words = id_of(record, "first_words")
    return conversation


def id_of(record: object, name: str) -> str:
    """Tell the text in the field ``name`` of whatever record; empty where there is none."""
    value = record.get(name) if isinstance(record, Mapping) else None
    return value if isinstance(value, str) else ""


class _Loading:
    """One conversation on its way back."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self._chosen = ""
        self._messages: dict[str, Message] = {}
        self._lost: set[str] = set()
        self._found: list[tuple[str, str, str]] = []

    def damages(self) -> list[Damage]:
        """List what could not be read, now that the conversation has its title."""
        title = self.conversation.title[:LONGEST_TITLE] or "a conversation without a title"
        return [Damage(name, what, _SENTENCES[kind].format(title=title)) for name, what, kind in self._found]

    def read(self, record: object, messages: list[object]) -> None:
        """Read all records; nothing has its place yet."""
        if isinstance(record, Mapping):
            self._chosen, damaged = read_head(self.conversation, record)
            self._note(self.conversation.id, damaged, HEAD)
        else:
            self._found.append((self.conversation.id, "there is no record of the conversation", HEAD))
        for number, one in enumerate(messages):
            if not isinstance(one, Mapping):
                self._found.append(("", f"a message is no record but {type(one).__name__}", MISSING))
                continue
            message = read_message(one, f"{LOST}-{number}")
            if message.turn.id in self._messages:
                self._found.append((message.turn.id, "two messages have this id", DETAILS))
                message.turn.id = f"{message.turn.id}-{LOST}-{number}"
            self._note(message.turn.id, message.damaged, DETAILS)
            self._messages[message.turn.id] = message

    def place(self) -> None:
        """Put the turns into the tree."""
        ordered = sorted(self._messages.values(), key=lambda one: (one.place, one.turn.created_ms, one.turn.id))
        lost: list[Turn] = []
        for message in ordered:
            above = self._messages.get(message.parent)
            if message.parent and above is None:
                self._found.append((message.turn.id, f"there is no message {message.parent!r} above it", PLACE))
                lost.append(message.turn)
            else:
                _put(message.turn, above.turn if above else self.conversation.root)
        for turn in lost:
            _put(turn, self.conversation.root)
            self._lost.add(turn.id)
        self._break_circles(ordered)

    def _break_circles(self, ordered: list[Message]) -> None:
        reached = {one.id for one in self.conversation.turns()}
        for message in ordered:
            seen: dict[str, Turn] = {}
            turn = message.turn
            while turn.id not in reached and turn.id not in seen and turn.parent:
                seen[turn.id] = turn
                turn = turn.parent
            if turn.id in reached or turn.parent is None:
                continue
            self._found.append((turn.id, "it stands below itself", PLACE))
            turn.parent.children.remove(turn)
            _put(turn, self.conversation.root)
            self._lost.add(turn.id)
            reached |= {turn.id, *(one.id for one in turn.everything_below())}

    def choose(self) -> None:
        """Bring to the screen what was there: of each turn's children the one that was chosen, else the newest."""
        named = [(self.conversation.root, self._chosen), *((one.turn, one.chosen) for one in self._messages.values())]
        for turn, name in named:
            newest = next((child for child in reversed(turn.children) if child.id not in self._lost), None)
            newest = newest or next(iter(turn.children), None)
            turn.chosen = next((child for child in turn.children if child.id == name), newest)
        for message in self._messages.values():
            if isinstance(message.turn, Prompt):
                replies = {child.id: child for child in message.turn.children if isinstance(child, Reply)}
                message.turn.columns = [replies[name] for name in message.columns if name in replies]

    def attach(self, attachments: Iterable[object]) -> None:
        """Read the files, and note which of those that are named somewhere are missing."""
        self.conversation.attachments = read_attachments(attachments)
        missing = missing_ids(self.conversation)
        self._found += [(self.conversation.id, f"there is no file {name!r}", FILE) for name in missing]

    def _note(self, name: str, damaged: list[str], kind: str) -> None:
        if damaged:
            self._found.append((name, f"can't be read: {', '.join(damaged)}", kind))


def _put(turn: Turn, above: Turn) -> None:
    turn.parent = above
    above.children.append(turn)
