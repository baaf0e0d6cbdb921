"""What several windows on the same data need of the browser, of the keeper and of the page, as protocols."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from halt.chat.conversation import Conversation
from halt.store.database import StorageError
from halt.store.joining import Joined


class Channel(Protocol):
    """Tells all other windows."""

    def post(self, message: list[Any]) -> None:
        """Send a message, in plain JSON types."""
        ...


class Locks(Protocol):
    """Names that one window at a time can hold; each is free again when its window is gone."""

    available: bool

    def hold(self, name: str, held: Callable[[], None]) -> Callable[[], None]:
        """Take a name and call ``held`` once it is taken; what is returned frees it."""
        ...

    def wait(self, name: str) -> Awaitable[None]:
        """Wait until nobody holds a name."""
        ...

    def held(self) -> Awaitable[list[str]]:
        """List the names that are held, in whatever window."""
        ...


class View(Protocol):
    """What is shown of the conversations."""

    def joined(self, conversation: Conversation, joined: Joined) -> None:
        """Show what came from another window."""
        ...

    def gone(self, *, was_shown: bool) -> None:
        """Show that a conversation is gone, perhaps the one that was on the screen."""
        ...

    def tell_storage(self, error: StorageError) -> None:
        """Say that something could not be read."""
        ...

    def tell(self, sentence: str) -> None:
        """Say a sentence, once."""
        ...

    def report(self, error: BaseException) -> None:
        """Show an exception that nothing else handled."""
        ...


class Told(Protocol):
    """Hears what was written, to tell other windows."""

    def written(self, conversation_id: str) -> None:
        """Hear that something of a conversation, other than the growth of a reply, was written, or could not be."""
        ...

    def unchanged(self, conversation_id: str) -> None:
        """Hear that a conversation was touched, and nothing had to be written."""
        ...

    def deleted(self, conversation_id: str) -> None:
        """Hear that a conversation is about to be deleted."""
        ...
