"""A surface beside which the keeper writes down what it is told to show, and other windows are told."""

from __future__ import annotations

from collections.abc import Callable

from halt.chat.conversation import Conversation, Reply, Turn
from halt.chat.surface import Surface
from halt.providers.errors import ProviderError
from halt.store.keeper import Keeper
from halt.store.windows import Windows


class KeptSurface:
    """Implements ``halt.chat.surface.Surface`` by another; the screen comes first, and what it showed is kept (S7).

    ``conversation_of`` tells in which conversation a turn stands, ``None`` where it was taken out.
    ``windows`` are told of what runs here.
    """

    def __init__(
        self, surface: Surface, keeper: Keeper, conversation_of: Callable[[Turn], Conversation | None]
    ) -> None:
        self._surface = surface
        self._keeper = keeper
        self._conversation_of = conversation_of
        self.windows: Windows | None = None

    def show(self, reply: Reply, text: str, thinking: str) -> bool:
        """See ``Surface``."""
        shown = self._surface.show(reply, text, thinking)
        if shown:
            self._keeper.grown()
            if self.windows:
                self.windows.shown(reply, text, thinking)
        return shown

    def half_mark(self, reply: Reply, text: str) -> int:
        """See ``Surface``."""
        return self._surface.half_mark(reply, text)

    def changed(self, reply: Reply) -> None:
        """See ``Surface``."""
        self._surface.changed(reply)
        self._touch(reply)
        if self.windows:
            self.windows.changed(reply, self._conversation_of(reply))

    def noted(self, reply: Reply) -> None:
        """See ``Surface``."""
        self._surface.noted(reply)
        self._touch(reply)

    def waiting(self, reply: Reply, silent_ms: float | None) -> None:
        """See ``Surface``."""
        self._surface.waiting(reply, silent_ms)

    def refused(self, error: ProviderError) -> None:
        """See ``Surface``."""
        self._surface.refused(error)

    def retitled(self, conversation: Conversation) -> None:
        """See ``Surface``."""
        self._surface.retitled(conversation)
        self._keeper.touch(conversation)

    def _touch(self, reply: Reply) -> None:
        if conversation := self._conversation_of(reply):
            # A reply that has ended is written before anything else: a person may leave with the press that stopped it.
            self._keeper.touch(conversation, next_task=not reply.status.running)
