"""Trees of another program's messages, made into turns.

Others keep a message for each step: a thought, a call of a tool, its result, the answer. Here a run of such messages
without a person's word in between is one reply; where it forks, each branch becomes a reply of its own that begins with
what they share. Ids are made from the others' ids, so that the same export gives the same conversation each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from halt.chat.conversation import Conversation, GrowingText, Prompt, Reply, Turn
from halt.chat.status import Status
from halt.chat.usage import Spent
from halt.providers.events import FinishReason
from halt.store.fields import LAST_MOMENT_MS, is_number
from halt.store.loading import Damage

# How many characters the replies of one conversation may share: a fork at each of a thousand steps would be a flood.
MOST_COPIED = 1_000_000


@dataclass(frozen=True, slots=True)
class Said:
    """What one message says; ``person`` tells who. ``left_out`` counts images and files, which are not taken over."""

    person: bool
    text: str = ""
    thinking: str = ""
    created_ms: float = 0
    model: str = ""
    status: Status = Status.COMPLETE
    finish: FinishReason | None = None
    notice: str = ""
    thinking_ms: float | None = None
    spent: Spent | None = None
    left_out: int = 0

    @property
    def length(self) -> int:
        """How many characters it has."""
        return len(self.text) + len(self.thinking)


@dataclass(frozen=True, slots=True)
class Node:
    """A message in its place; ``said`` is ``None`` where it shows nothing."""

    parent: str
    children: list[str]
    said: Said | None


@dataclass(slots=True)
class _Draft:
    """A reply as far as the walk has come, one message longer than the one ``before``."""

    name: str
    said: Said
    before: _Draft | None
    reply: Reply | None = None

    def all(self) -> list[_Draft]:
        """List the steps, first to last."""
        steps: list[_Draft] = []
        step: _Draft | None = self
        while step:
            steps.append(step)
            step = step.before
        return steps[::-1]


@dataclass(slots=True)
class Tree:
    """A conversation that is made of another program's messages."""

    conversation: Conversation
    provider: str
    damages: list[Damage] = field(default_factory=list)
    _turns: dict[str, Turn] = field(default_factory=dict)
    _left_out: int = 0
    _copied: int = 0

    def grow(self, nodes: Mapping[str, Node], current: str) -> None:
        """Make turns of ``nodes``; the path to ``current`` comes to the screen."""
        below, roots = self._arrange(nodes)
        done: set[str] = set()
        for root in roots:
            self._walk(nodes, below, root, done)
        for name in nodes:
            seen: set[str] = set()
            while name not in done and name not in seen:  # what stands below itself hangs on no root
                seen.add(name)
                name = nodes[name].parent if nodes[name].parent in nodes else name
            if name not in done:
                self._damage(name, "it stands below itself")
                self._walk(nodes, below, name, done)
        if current in self._turns:
            self.conversation.choose(self._turns[current])
        if self._left_out:
            title = self.conversation.title
            self.damages.append(
                Damage(
                    self.conversation.id,
                    f"{self._left_out} attachments",
                    f"Images and files of “{title}” were left out: only texts are imported.",
                )
            )

    def _arrange(self, nodes: Mapping[str, Node]) -> tuple[dict[str, list[str]], list[str]]:
        above = {name: node.parent for name, node in nodes.items() if node.parent in nodes}
        below: dict[str, list[str]] = {name: [] for name in nodes}
        for name, node in nodes.items():
            for child in dict.fromkeys(node.children):
                if child in nodes and above.setdefault(child, name) == name:
                    below[name].append(child)
        listed = {child for children in below.values() for child in children}
        for name, parent in above.items():
            if name not in listed:
                below[parent].append(name)
        roots = [name for name in nodes if name not in above]
        for name in roots:
            if nodes[name].parent:
                self._damage(name, f"there is no message {nodes[name].parent!r} above it")
        return below, roots

    def _walk(self, nodes: Mapping[str, Node], below: dict[str, list[str]], root: str, done: set[str]) -> None:
        waiting: list[tuple[str, Turn | None, _Draft | None]] = [(root, None, None)]
        while waiting:
            name, above, draft = waiting.pop()
            if name in done:
                continue
            done.add(name)
            said = nodes[name].said
            self._left_out += said.left_out if said else 0
            if said and said.person:
                above = self._add_prompt(name, said, self._finish(draft, above))
                draft = None
            elif said:
                draft = _Draft(name, said, draft)
            children = [child for child in below[name] if child not in done]
            if not children:
                self._finish(draft, above)
            waiting += [(child, above, draft) for child in reversed(children)]

    def _add_prompt(self, name: str, said: Said, above: Turn | None) -> Turn:
        prompt = Prompt(self._id(name), text=said.text, created_ms=said.created_ms)
        self.conversation.add(prompt, above)
        self._turns[name] = prompt
        return prompt

    def _finish(self, draft: _Draft | None, above: Turn | None) -> Turn | None:
        if draft is None:
            return above
        if draft.reply is None:
            steps = self._affordable(draft.all())
            draft.reply = _reply(self._id(draft.name), self.provider, [step.said for step in steps])
            self.conversation.add(draft.reply, above)
            for step in steps:
                self._turns.setdefault(step.name, draft.reply)
        return draft.reply

    def _affordable(self, steps: list[_Draft]) -> list[_Draft]:
        """Leave out what other replies have already, once too much was copied; the last step is always there."""
        self._copied += sum(step.said.length for step in steps if step.name in self._turns)
        if self._copied <= MOST_COPIED:
            return steps
        return [step for step in steps[:-1] if step.name not in self._turns] + steps[-1:]

    def _id(self, name: str) -> str:
        return made_id(self.conversation.id, name)

    def _damage(self, name: str, what: str) -> None:
        sentence = "A message has lost its place in its conversation, so it stands at the beginning, as a branch."
        self.damages.append(Damage(name, what, sentence))


def _reply(name: str, provider: str, said: list[Said]) -> Reply:
    last = said[-1]
    spent = [one.spent for one in said if one.spent]
    thought = [one.thinking_ms for one in said if one.thinking_ms is not None]
    return Reply(
        name,
        created_ms=next((one.created_ms for one in said if one.created_ms), 0),
        source=GrowingText("\n\n".join(one.text for one in said if one.text)),
        reasoning=GrowingText("\n\n".join(one.thinking for one in said if one.thinking)),
        status=last.status,
        provider=provider,
        model=next((one.model for one in reversed(said) if one.model), ""),
        finish=last.finish,
        notice=last.notice,
        thinking_ms=sum(thought) if thought else None,
        spent=sum(spent[1:], spent[0]) if spent else None,
    )


def made_id(*names: str) -> str:
    """Make an id that is the same whenever it is made of the same names."""
    return hashlib.sha256("\0".join(names).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def ms_of(value: object) -> float:
    """Tell a moment in ms since 1970, whether it is given in seconds, ms or ns; 0 where it is none."""
    if not is_number(value, LAST_MOMENT_MS * 1e6):
        return 0
    ms = round(value / 1e6 if value > 1e16 else value if value > 1e11 else value * 1000)
    return ms if ms <= LAST_MOMENT_MS else 0


def text_of(value: object) -> str:
    """Give a text; empty where it is none."""
    return value if isinstance(value, str) else ""


def record_of(value: object) -> dict[str, Any]:
    """Give a record; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """Give a list; an empty one where it is none."""
    return value if isinstance(value, list) else []


def items_of(value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the records in a record, by name."""
    for name, one in record_of(value).items():
        if isinstance(one, dict):
            yield name, one
