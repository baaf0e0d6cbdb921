"""A screen that holds every run to the contract at each single call, and remembers what it shows of all replies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from halt.chat.conversation import Conversation, Reply
from halt.chat.endings import OUR_FAULT
from halt.chat.run import Run
from halt.chat.status import Status
from halt.chat.workspace import Workspace
from halt.markdown.half_open import half_mark
from halt.providers.errors import ProviderError

from .script import ScriptedExchange, ScriptedTransport

RESULTS = ("status", "notice", "details", "finish", "spent", "thinking_ms")


@dataclass(eq=False)
class Record:
    """One run and what became of it; ``kept`` is what its reply had before it, ``frozen`` all of it at the end."""

    run: Run
    transport: ScriptedTransport
    statuses: list[Status]
    kept: tuple[str, str]
    frozen: tuple[object, ...] | None = None

    @property
    def exchanges(self) -> list[ScriptedExchange]:
        return self.transport.exchanges

    @property
    def deaf(self) -> bool:
        """Tell whether its task may outlive its end."""
        return self.transport.deaf and self.exchanges[-1].opened and not self.exchanges[-1].ended

    @property
    def ended_by_provider(self) -> bool:
        """Tell whether the provider ended the reply, well or badly: then all that it said is kept."""
        ended_by_us = self.run.status is Status.STOPPED or self.run.reply.notice.startswith((OUR_FAULT, "Nothing came"))
        return not self.run.running and not ended_by_us

    def check(self) -> None:
        """Hold the run to what is true of it at any moment."""
        run, reply = self.run, self.run.reply
        for before, after in pairwise(self.statuses):
            assert before.may_become(after), f"no arrow leads from {before} to {after}"
        assert run.status is self.statuses[-1], "the run has changed its status and has not said so"
        if self.frozen is None:
            assert run.running
            assert reply.status is run.status
            self.check_text((reply.text, reply.thinking))
            return
        assert not run.running
        for exchange in self.exchanges:
            assert exchange.aborted, "the run has ended and an exchange is not aborted (S10)"

    def check_text(self, now: tuple[str, str]) -> None:
        """S7: what is kept is a prefix of what was delivered, and all of it where the provider ended the reply."""
        for kept, text, said, is_text in zip(self.kept, now, self.exchanges[-1].said(), (True, False), strict=True):
            assert text.startswith(kept), "a continued reply lost what it had (S20)"
            rest = text[len(kept) :]
            whole = self.ended_by_provider
            assert any(
                said[start:] == rest if whole else said.startswith(rest, start)
                for start in range(len(said) + 1 if is_text and kept else 1)
                if kept.rstrip().endswith(said[:start].strip())
            ), f"{rest!r} is not what was sent: {said!r} (S7)"


def everything(reply: Reply) -> tuple[object, ...]:
    """List all that a run can change of its reply."""
    return tuple(getattr(reply, name) for name in ("text", "thinking", *RESULTS))


class Stage:
    """Implements ``halt.chat.surface.Surface``; ``busy``: input waits; ``breaks``: the next view is at fault.

    ``ended`` is told of each run that ends, at that moment.
    """

    def __init__(self, ended: Callable[[Record], None]) -> None:
        self._ended = ended
        self.workspace: Workspace | None = None
        self.busy = self.breaks = False
        self.texts: dict[str, tuple[str, str]] = {}
        self.records: list[Record] = []
        self.refusals: list[ProviderError] = []
        self.button_is_stop = False

    def record_of(self, reply: Reply) -> Record | None:
        """Find the record of the newest run that wrote ``reply``."""
        return next((one for one in reversed(self.records) if one.run.reply is reply), None)

    def text_of(self, reply: Reply) -> tuple[str, str]:
        return self.texts.get(reply.id, ("", ""))

    def sync(self) -> None:
        """Follow the workspace, as the page does after each command."""
        assert self.workspace
        self.button_is_stop = self.workspace.running

    def show(self, reply: Reply, text: str, thinking: str) -> bool:
        record = self.record_of(reply)
        assert record
        assert record.frozen is None, "text was shown after the end (S6)"
        assert reply.status is Status.STREAMING
        assert text or thinking
        if self.breaks:
            self.breaks = False
            raise ZeroDivisionError("a view is at fault")
        if self.busy:
            return False
        shown_text, shown_thinking = self.text_of(reply)
        self.texts[reply.id] = shown_text + text, shown_thinking + thinking
        return True

    def half_mark(self, reply: Reply, text: str) -> int:
        return min(half_mark(self.text_of(reply)[0] + text), len(text))

    def changed(self, reply: Reply) -> None:
        assert self.workspace
        self.sync()
        record = self.record_of(reply)
        run = self.workspace.run_of(reply)
        if run and (record is None or record.run is not run):
            assert record is None or record.frozen, "two runs write one reply"
            transport = run.question.connection.transport
            assert isinstance(transport, ScriptedTransport)
            record = Record(run, transport, [Status.CONNECTING], (reply.text, reply.thinking))
            self.records.append(record)
        assert record
        if reply.status is not record.statuses[-1]:
            record.statuses.append(reply.status)
        if not reply.status.running and not record.frozen:
            record.frozen = everything(reply)
            record.check_text((reply.text, reply.thinking))
            self._ended(record)
        record.check()

    def noted(self, reply: Reply) -> None:
        record = self.record_of(reply)
        assert record
        assert record.frozen, "a cancel was told of before the end (S13)"

    def retitled(self, conversation: Conversation) -> None:
        raise AssertionError("nobody asked for a title")

    def waiting(self, reply: Reply, silent_ms: float | None) -> None:
        assert reply.status.running or silent_ms is None, "an ended reply waits for nothing (S26)"

    def refused(self, error: ProviderError) -> None:
        self.refusals.append(error)
