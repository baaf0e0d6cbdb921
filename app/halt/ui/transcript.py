"""The transcript: the visible path, one view a turn; it touches only what changed."""

from __future__ import annotations

from halt.browser.dom import by_id
from halt.chat.conversation import Conversation, Prompt, Reply, Turn
from halt.chat.workspace import Workspace
from halt.ui.reply_view import PromptView, ReplyView

View = PromptView | ReplyView


class Transcript:
    """Keeps the articles on the page in step with the path of the visible conversation."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._log = by_id("log")
        self._welcome = by_id("welcome")
        self._views: list[View] = []

    def sync(self) -> None:
        """Bring the page to the visible path: views of turns that stay are kept, the others go or come."""
        conversation = self._workspace.current
        path = conversation.path()
        same = 0
        while same < min(len(path), len(self._views)) and self._views[same].turn is path[same]:
            same += 1
        for view in self._views[same:]:
            view.element.remove()
        del self._views[same:]
        for turn in path[same:]:
            view = self._make(turn)
            self._views.append(view)
            self._log.append(view.element)
        self._welcome.hidden = bool(path)
        self._refresh(conversation)

    def view_of(self, reply: Reply) -> ReplyView | None:
        """Find the view of a reply, if that is on the page."""
        for view in reversed(self._views):
            if view.turn is reply and isinstance(view, ReplyView):
                return view
        return None

    def _make(self, turn: Turn) -> View:
        if isinstance(turn, Prompt):
            return PromptView(turn)
        if isinstance(turn, Reply):
            view = ReplyView(turn)
            view.changed()
            return view
        raise TypeError(f"nothing shows a {type(turn).__name__}")

    def _refresh(self, conversation: Conversation) -> None:
        busy = self._workspace.running
        for view in self._views:
            branches = conversation.branches(view.turn)
            place = (branches.index(view.turn) + 1, len(branches))
            if isinstance(view, ReplyView):
                view.refresh(place, busy, self._workspace.run_of(view.turn) is not None)
            else:
                view.refresh(place, busy)
