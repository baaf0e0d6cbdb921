"""What other windows have changed, on this page."""

from __future__ import annotations

from collections.abc import Callable

from halt.chat.conversation import Conversation
from halt.store.database import StorageError
from halt.store.joining import Joined
from halt.ui.page import Page


class OtherWindows:
    """Implements ``halt.store.window_parts.View``.

    ``show`` shows the conversation that took a deleted one's place. ``forget`` gets the ids of conversations whose
    texts may have changed.
    """

    def __init__(self, page: Page, show: Callable[[], None], forget: Callable[[str], None]) -> None:
        self._page = page
        self._show = show
        self._forget = forget

    def joined(self, conversation: Conversation, joined: Joined) -> None:
        """See ``View``."""
        page = self._page
        self._forget(conversation.id)
        if conversation is page.workspace.current and joined.has_new_draft:
            page.composer.take_over(conversation.draft, conversation.draft_attachments)
        page.sync()
        for reply in joined.changed:
            page.noted(reply)

    def gone(self, *, was_shown: bool) -> None:
        """See ``View``."""
        if was_shown:
            self._show()
        else:
            self._page.sync()

    def tell_storage(self, error: StorageError) -> None:
        """See ``View``."""
        self._page.tell_storage(error)

    def tell(self, sentence: str) -> None:
        """See ``View``."""
        self._page.notices.show(sentence, once=True)

    def report(self, error: BaseException) -> None:
        """See ``View``."""
        self._page.notices.report(error)
