"""A screen for tests: it shows what a run gives it and remembers in which order that came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from halt.chat.conversation import Conversation, Reply
from halt.chat.status import Status
from halt.markdown.half_open import half_mark
from halt.providers.errors import ProviderError
from tests.servers import ProviderServer


class Screen:
    """Implements ``halt.chat.surface.Surface``; ``busy``: a click waits; ``breaks``: a view is at fault.

    ``held`` counts how often text was held back because a click waits.
    """

    def __init__(self) -> None:
        self.text = ""
        self.thinking = ""
        self.statuses: list[Status] = []
        self.notices: list[str] = []
        self.waits: list[float | None] = []
        self.cancel_notes: list[str] = []
        self.refusals: list[ProviderError] = []
        self.titles: list[tuple[str, str]] = []
        self.busy = False
        self.held = 0
        self.breaks: Exception | None = None

    def show(self, reply: Reply, text: str, thinking: str) -> bool:
        if self.breaks:
            raise self.breaks
        if self.busy:
            self.held += 1
            return False
        assert reply.status.running, "nothing may be shown after the end (S6)"
        self.text += text
        self.thinking += thinking
        return True

    def half_mark(self, reply: Reply, text: str) -> int:
        return min(half_mark(self.text + text), len(text))

    def changed(self, reply: Reply) -> None:
        self.statuses.append(reply.status)
        self.notices.append(reply.notice)

    def noted(self, reply: Reply) -> None:
        assert not reply.status.running, "a cancel was told of while the reply is written"
        self.cancel_notes.append(reply.cancel_note)

    def refused(self, error: ProviderError) -> None:
        self.refusals.append(error)

    def retitled(self, conversation: Conversation) -> None:
        self.titles.append((conversation.id, conversation.title))

    def waiting(self, reply: Reply, silent_ms: float | None) -> None:
        self.waits.append(silent_ms)


@asynccontextmanager
async def nothing_left(server: ProviderServer) -> AsyncIterator[None]:
    """Hold that what is done inside leaves no task and no connection behind (S25)."""
    yield
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not others, f"tasks that nobody ended: {others}"
    await asyncio.to_thread(server.wait_no_connections)


async def until(condition: Callable[[], object]) -> None:
    """Let real sockets work until ``condition()`` holds; the test's own time limit is the limit."""
    while not condition():  # noqa: ASYNC110 - what changes lies on sockets and in other threads
        await asyncio.sleep(0.001)
