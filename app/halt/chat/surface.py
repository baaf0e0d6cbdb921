"""Where replies are shown: what a run asks of the screen."""

from __future__ import annotations

from typing import Protocol

from halt.chat.conversation import Conversation, Reply
from halt.providers.errors import ProviderError


class Surface(Protocol):
    """Shows replies as they grow; a run calls it at most once a frame with text, and at each change of its state."""

    def show(self, reply: Reply, text: str, thinking: str) -> bool:
        """Show more of ``reply``: ``text`` and ``thinking`` follow what is shown already.

        False means that nothing was shown, because a click or a key is waiting and goes first; the run then keeps
        both and tries again with the next frame.
        """
        ...

    def half_mark(self, reply: Reply, text: str) -> int:
        """Tell how many characters at the end of ``text``, the next of ``reply``, mean nothing without what follows.

        They wait for that, unshown, while the reply goes on.
        """
        ...

    def changed(self, reply: Reply) -> None:
        """Show the reply's new status, notice or details; from an ended status on it takes no more text."""
        ...

    def noted(self, reply: Reply) -> None:
        """Show what became known of the reply after its end; nobody waits for that, so it is not said aloud."""
        ...

    def waiting(self, reply: Reply, silent_ms: float | None) -> None:
        """Say that nothing has come for ``silent_ms`` (S26), or with ``None`` that the silence is over."""
        ...

    def refused(self, error: ProviderError) -> None:
        """Say why a message that waited its turn could not be sent; it goes on waiting."""
        ...

    def retitled(self, conversation: Conversation) -> None:
        """Show the title that a model gave."""
        ...
