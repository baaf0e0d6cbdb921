"""The transcript: the visible path, one row a turn or several replies side by side; it touches only what changed."""

from __future__ import annotations

from halt.browser.clock import BrowserClock
from halt.browser.dom import Element, by_id, from_template
from halt.chat.conversation import Conversation, Prompt, Reply, Turn
from halt.chat.workspace import Workspace
from halt.ui.chips import Spawn, chip
from halt.ui.filling import Filling
from halt.ui.reply_view import PromptView, ReplyView

View = PromptView | ReplyView
Row = tuple[Turn, ...]


class Transcript:
    """Keeps the articles on the page in step with the path of the visible conversation."""

    def __init__(self, workspace: Workspace, clock: BrowserClock, spawn: Spawn) -> None:
        self._workspace = workspace
        self._spawn = spawn
        self._filling = Filling(clock)
        self._log = by_id("log")
        self._welcome = by_id("welcome")
        self._rows: list[tuple[Row, Element]] = []
        self._views: dict[str, View] = {}

    def sync(self) -> None:
        """Bring the page to the visible path: rows that stay are kept, the others go or come."""
        conversation = self._workspace.current
        rows = [_row_of(turn) for turn in conversation.path()]
        same = 0
        while same < min(len(rows), len(self._rows)) and _same(rows[same], self._rows[same][0]):
            same += 1
        for _row, element in self._rows[same:]:
            element.remove()
        del self._rows[same:]
        if not same:
            self._filling.clear()
        shown = {turn.id: turn for row in rows for turn in row}
        # Another window may have changed a turn: then another one stands in its place, under the same id.
        kept = {name: view for name, view in self._views.items() if shown.get(name) is view.turn}
        self._views = dict(kept)
        for row in rows[same:]:
            element = self._make_row(row)
            self._rows.append((row, element))
            self._log.append(element)
        views = [self._views[turn.id] for row in rows[same:] for turn in row if turn.id not in kept]
        self._filling.begin([view for view in views if isinstance(view, ReplyView)])
        self._welcome.hidden = bool(rows)
        self._refresh(conversation)

    def view_of(self, reply: Reply) -> ReplyView | None:
        """Find the view of a reply, if that is on the page."""
        view = self._views.get(reply.id)
        return view if isinstance(view, ReplyView) else None

    def element_of(self, turn: Turn) -> Element | None:
        """Find the article of a turn, if that is on the page."""
        view = self._views.get(turn.id)
        return view.element if view else None

    async def finish(self) -> None:
        """Wait until all that the visible conversation says is on the page."""
        await self._filling.finish()

    def _make_row(self, row: Row) -> Element:
        views = [self._view(turn) for turn in row]
        if len(views) == 1:
            return views[0].element
        columns = from_template("columns-piece")
        columns.setAttribute("aria-label", f"{len(views)} replies side by side")
        columns.setAttribute("data-columns", str(len(views)))
        columns.append(*[view.element for view in views])
        return columns

    def _view(self, turn: Turn) -> View:
        if turn.id not in self._views:
            self._views[turn.id] = self._make(turn)
        return self._views[turn.id]

    def _make(self, turn: Turn) -> View:
        if isinstance(turn, Prompt):
            files = self._workspace.current.attachments
            return PromptView(
                turn, [chip(name, files.get(name), self._spawn, removable=False) for name in turn.attachments]
            )
        if isinstance(turn, Reply):
            view = ReplyView(turn)
            view.changed()
            return view
        raise TypeError(f"nothing shows a {type(turn).__name__}")

    def _refresh(self, conversation: Conversation) -> None:
        busy = self._workspace.running
        for view in self._views.values():
            branches = conversation.branches(view.turn)
            place = (branches.index(view.turn) + 1, len(branches))
            if isinstance(view, ReplyView):
                beside = len(_row_of(view.turn)) > 1
                view.refresh(place, busy, self._workspace.run_of(view.turn) is not None, beside)
            else:
                view.refresh(place, busy)


def _row_of(turn: Turn) -> Row:
    prompt = turn.parent
    columns = prompt.columns if isinstance(prompt, Prompt) else []
    return tuple(columns) if len(columns) > 1 and turn in columns else (turn,)


def _same(row: Row, other: Row) -> bool:
    return len(row) == len(other) and all(one is two for one, two in zip(row, other, strict=True))
