"""The page: it hands what a person does to the workspace, and what a run says to the views."""

from __future__ import annotations

from collections.abc import Callable

from halt.browser.boundary import Boundary
from halt.browser.clock import BrowserClock
from halt.browser.dom import Element, by_id
from halt.chat.conversation import Conversation, Reply
from halt.chat.status import Status
from halt.chat.workspace import Workspace
from halt.providers.errors import ProviderError
from halt.store.database import StorageError
from halt.ui import words
from halt.ui.composer import Composer
from halt.ui.focus import focus_kept
from halt.ui.follow import Follow
from halt.ui.images import AskImage, Images
from halt.ui.notices import Notices
from halt.ui.queue_view import QueueView
from halt.ui.sidebar import Sidebar
from halt.ui.transcript import Transcript

# Behind the task that goes on now, and ahead of the next frame.
SOON_MS = 12.0


class Page:
    """Implements ``halt.chat.surface.Surface`` and keeps all views in step with the workspace."""

    def __init__(self, clock: BrowserClock, boundary: Boundary, notices: Notices, ask_image: AskImage) -> None:
        self.clock = clock
        self.boundary = boundary
        self.notices = notices
        self.composer = Composer(boundary.spawn)
        self.images = Images(ask_image, self.say)
        self._status = by_id("status")
        self._changed: list[Reply] = []
        self._call_off: Callable[[], None] | None = None

    def open(
        self,
        workspace: Workspace,
        follow: Follow,
        touch: Callable[[Conversation], None],
        show_who: Callable[[], None],
    ) -> None:
        """Take over the workspace that draws on this page, and show it.

        ``touch`` is told what may have changed, and ``show_who`` shows who answers in the visible chat.
        """
        self.workspace = workspace
        self.touch = touch
        self.show_who = show_who
        self.follow = follow
        self.sidebar = Sidebar(workspace)
        self.composer.files.find = lambda name: workspace.current.attachments.get(name)
        self.transcript = Transcript(workspace, self.clock, self.boundary.spawn)
        self.queue = QueueView(workspace)
        self.sync()

    def sync(self) -> None:
        """Bring every view up to date after a command."""
        with focus_kept():
            self.composer.follow(self.workspace.running, self.clock.now())
            self.transcript.sync()
            self.queue.sync()
            self.sidebar.sync()
        self.show_who()
        self.images.keep_up()
        self.follow.keep_up()
        self.keep_draft()

    def keep_draft(self) -> None:
        """Leave the draft with the visible conversation, and have both kept."""
        self.workspace.current.draft = self.composer.kept_draft
        self.workspace.current.draft_attachments = self.composer.kept_files
        self.touch(self.workspace.current)

    def tell_storage(self, error: StorageError) -> None:
        """Say that something could not be kept or read; the same thing once."""
        self.notices.show(error.sentence, error.details, once=True)

    def say(self, sentence: str) -> None:
        """Say a sentence in the status region, for those who hear the page."""
        self._status.textContent = sentence

    # Surface

    def show(self, reply: Reply, text: str, thinking: str) -> bool:
        """See ``Surface``. A reply that is not on the page is shown when its conversation comes back."""
        view = self.transcript.view_of(reply)
        if view is None:
            return True
        if not view.show(text, thinking):
            return False
        self.images.keep_up()
        self.follow.keep_up()
        return True

    def half_mark(self, reply: Reply, text: str) -> int:
        """See ``Surface``. Of what is not on the page nothing can flash."""
        view = self.transcript.view_of(reply)
        return view.half_mark(text) if view else 0

    def changed(self, reply: Reply) -> None:
        """See ``Surface``. The button comes first: it must never lag behind the run (S1).

        What else a stop changes comes with a task of its own, some milliseconds later: browsers close an aborted
        connection only when the task that aborted it is over, so that one is kept short (S11).
        """
        self.composer.follow(self.workspace.running, self.clock.now())
        self._changed.append(reply)
        if reply.status is not Status.STOPPED:
            self._catch_up()
        elif self._call_off is None:
            self._call_off = self.clock.next_frame(self._catch_up, SOON_MS)

    def _catch_up(self) -> None:
        """Bring all views in step with the replies that have changed."""
        if self._call_off:
            self._call_off()
            self._call_off = None
        changed, self._changed = self._changed, []
        with focus_kept():
            self.transcript.sync()
            shown = [(reply, view) for reply in dict.fromkeys(changed) if (view := self.transcript.view_of(reply))]
            for _, view in shown:
                view.changed()
            self.queue.sync()
            self.sidebar.sync()
        if shown and (sentence := words.announcements([reply for reply, _ in shown])) != self._status.textContent:
            self.say(sentence)
        self.images.keep_up()
        self.follow.keep_up()

    def noted(self, reply: Reply) -> None:
        """See ``Surface``."""
        if view := self.transcript.view_of(reply):
            view.changed()

    def refused(self, error: ProviderError) -> None:
        """See ``Surface``."""
        self.notices.show(error.sentence, error.details)
        self.sync()

    def retitled(self, conversation: Conversation) -> None:
        """See ``Surface``. The list shows it, whichever conversation is on the page."""
        with focus_kept():
            self.sidebar.sync()

    def waiting(self, reply: Reply, silent_ms: float | None) -> None:
        """See ``Surface``."""
        if self.transcript.view_of(reply):
            self.composer.say_waiting("" if silent_ms is None else words.waiting(silent_ms))


def turn_id_of(element: Element) -> str:
    """Find the id of the turn or conversation in which an element stands."""
    return str(element.closest("[data-id]").dataset.id)
