"""A conversation as a tree: asking again makes a branch, and nothing is overwritten.

The children of a prompt are replies, the children of a reply are prompts. Of each turn's children one is chosen; the
chosen ones from the root down are the path that is on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from halt.chat.attachment import Attachment
from halt.chat.overrides import Overrides
from halt.chat.queue import MessageQueue
from halt.chat.status import Status
from halt.chat.usage import Spent
from halt.providers.events import FinishReason

# A prompt may be a whole book; its first words stand in so many characters, blanks included.
MOST_FIRST_WORDS = 1_000
# A title is a line of a list.
MOST_TITLE = 120


@dataclass(slots=True, eq=False)
class Turn:
    """One node of the tree; the root is a bare ``Turn`` and is never shown.

    ``created_ms`` is in ms since 1970, 0 where that is not known. ``unknown`` holds what a newer version has kept with
    the turn, so that it survives this one.
    """

    id: str
    parent: Turn | None = field(default=None, repr=False)
    children: list[Turn] = field(default_factory=list, repr=False)
    chosen: Turn | None = field(default=None, repr=False)
    created_ms: float = field(default=0, kw_only=True)
    unknown: dict[str, Any] = field(default_factory=dict, repr=False, kw_only=True)

    def following(self) -> Iterator[Turn]:
        """Yield the chosen turns below this one, nearest first."""
        turn = self.chosen
        while turn is not None:
            yield turn
            turn = turn.chosen

    def everything_below(self) -> Iterator[Turn]:
        """Yield every turn below this one, in all branches."""
        waiting = list(self.children)
        while waiting:
            turn = waiting.pop()
            yield turn
            waiting.extend(turn.children)


@dataclass(slots=True, eq=False)
class Prompt(Turn):
    """What a person asked; ``columns`` are the replies that stand side by side until one of them is kept (S23).

    ``attachments`` are the ids of the files that go with it.
    """

    text: str = ""
    columns: list[Reply] = field(default_factory=list, repr=False)
    attachments: list[str] = field(default_factory=list, repr=False)


class GrowingText:
    """Text that grows at its end; adding costs the same however long it has become."""

    __slots__ = ("_pieces", "length")

    def __init__(self, text: str = "") -> None:
        self._pieces = [text] if text else []
        self.length = len(text)

    def append(self, text: str) -> None:
        """Add ``text`` at the end."""
        self._pieces.append(text)
        self.length += len(text)

    def __str__(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def __bool__(self) -> bool:
        return self.length > 0


@dataclass(slots=True, eq=False)
class Reply(Turn):
    """What a model answered, as far as it was shown: the stored text is the source of what stood on the screen (S7).

    ``notice`` is a sentence for the person (what went wrong, what to do), ``details`` the technical text behind it.
    ``run_id`` names the newest run that writes or wrote it. ``stop_note`` says what its provider does when the
    connection closes (S14), and ``cancel_note`` what came of an explicit cancel (S13).
    ``spent`` is what all its runs have spent that have ended (S22), ``None`` where none of them cost anything.
    ``thinking_ms`` is how long the model reasoned before its first word. Only the reply's run, and that run's cancel,
    change these fields.
    """

    source: GrowingText = field(default_factory=GrowingText)
    reasoning: GrowingText = field(default_factory=GrowingText)
    status: Status = Status.CONNECTING
    run_id: str = ""
    provider: str = ""
    model: str = ""
    stop_note: str = ""
    cancel_note: str = ""
    notice: str = ""
    details: str = ""
    finish: FinishReason | None = None
    spent: Spent | None = None
    thinking_ms: float | None = None

    @property
    def text(self) -> str:
        """The stored source text."""
        return str(self.source)

    @property
    def thinking(self) -> str:
        """The stored reasoning text."""
        return str(self.reasoning)

    @property
    def cut_off(self) -> bool:
        """Tell whether it ended before the model's own end; its text then stays as it was shown last (S6)."""
        return self.status is not Status.COMPLETE or self.finish is FinishReason.LENGTH

    @property
    def characters(self) -> int:
        """How many characters are kept, those of the reasoning included."""
        return self.source.length + self.reasoning.length

    @property
    def words(self) -> int:
        """How many words are kept."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Removed:
    """A turn that was taken out, and all that is needed to put it back."""

    turn: Turn
    parent: Turn
    index: int
    was_chosen: bool


class Conversation:
    """One conversation: its tree, its path, its title, and the messages that wait to be sent in it.

    ``given_title`` is the title that ``title_by`` gave it ("person" or "model"), both empty while nobody did. ``draft``
    is what stands unsent in the composer, with the files ``draft_attachments``. ``attachments`` are all its files by
    id: the draft, prompts and waiting messages name theirs, and branches share them. ``overrides`` say which profile
    answers here, and how. ``created_ms`` and ``changed_ms`` are in ms since 1970, 0 where that is not known.
    ``unknown`` holds what a newer version has kept with the conversation, so that it survives this one.
    Until ``loaded``, it is known by its title alone: its turns are kept, and not read yet.
    """

    def __init__(self, conversation_id: str, *, loaded: bool = True) -> None:
        self.id = conversation_id
        self.loaded = loaded
        self.kept_words = ""
        self.queue = MessageQueue()
        self.created_ms: float = 0
        self.changed_ms: float = 0
        self.given_title = ""
        self.title_by = ""
        self.pinned = False
        self.draft = ""
        self.draft_attachments: list[str] = []
        self.attachments: dict[str, Attachment] = {}
        self.overrides = Overrides()
        self.unknown: dict[str, Any] = {}
        self._root = Turn(id=f"{conversation_id}-root")

    @property
    def root(self) -> Turn:
        """The bare turn above the first prompts."""
        return self._root

    @property
    def title(self) -> str:
        """The title that was given, else the first words of the first prompt."""
        return self.given_title or self.first_words

    def rename(self, title: str, by: str = "person") -> None:
        """Give a title in the name of "person" or "model"; without one it is called by its first words again."""
        self.given_title = " ".join(title.split())[:MOST_TITLE].rstrip()
        self.title_by = by if self.given_title else ""

    @property
    def first_words(self) -> str:
        """The first words of the first prompt, else the names of its files: at most 60 characters."""
        if not self.loaded:
            return self.kept_words
        first = self._root.chosen
        if not isinstance(first, Prompt):
            return ""
        line = " ".join(first.text[:MOST_FIRST_WORDS].split())
        line = line or ", ".join(self.attachments[name].name for name in first.attachments if name in self.attachments)
        return line if len(line) <= 60 else line[:59].rstrip() + "…"

    @property
    def has_draft(self) -> bool:
        """Tell whether anything stands unsent in the composer."""
        return bool(self.draft or self.draft_attachments)

    @property
    def last(self) -> Turn | None:
        """The turn at the end of the path, or ``None`` in an empty conversation."""
        return next(reversed(self.path()), None)

    def path(self) -> list[Turn]:
        """List the turns on the screen, from the first prompt down."""
        return list(self._root.following())

    def path_to(self, turn: Turn) -> list[Turn]:
        """List the turns from the first prompt to ``turn``, both included, whatever branch is on the screen."""
        above: list[Turn] = []
        step: Turn | None = turn
        while step is not None and step is not self._root:
            above.append(step)
            step = step.parent
        above.reverse()
        return above

    def turns(self) -> Iterator[Turn]:
        """Yield every turn, in all branches."""
        return self._root.everything_below()

    def find(self, turn_id: str) -> Turn | None:
        """Find a turn by its id, in any branch."""
        return next((turn for turn in self.turns() if turn.id == turn_id), None)

    def add(self, turn: Turn, after: Turn | None) -> None:
        """Put ``turn`` below ``after`` (the root where ``None``) as its newest branch, and choose it."""
        parent = after or self._root
        turn.parent = parent
        parent.children.append(turn)
        parent.chosen = turn

    def branches(self, turn: Turn) -> list[Turn]:
        """List the turns that stand in the same place, ``turn`` among them."""
        return turn.parent.children if turn.parent else []

    def choose(self, turn: Turn) -> None:
        """Bring the branch of ``turn`` to the screen."""
        step: Turn | None = turn
        while step is not None and step.parent is not None:
            step.parent.chosen = step
            step = step.parent

    def remove(self, turn: Turn) -> Removed:
        """Take ``turn`` and all below it out; its nearest branch takes its place."""
        parent = turn.parent
        if parent is None:
            raise ValueError("the root of a conversation can't be removed")
        index = parent.children.index(turn)
        removed = Removed(turn, parent, index, parent.chosen is turn)
        parent.children.pop(index)
        if removed.was_chosen:
            parent.chosen = parent.children[min(index, len(parent.children) - 1)] if parent.children else None
        return removed

    def restore(self, removed: Removed) -> None:
        """Put back what ``remove`` took out."""
        removed.turn.parent = removed.parent
        removed.parent.children.insert(removed.index, removed.turn)
        if removed.was_chosen:
            removed.parent.chosen = removed.turn
