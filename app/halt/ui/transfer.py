"""Conversations out of the page, as files to keep or to read, and into it from such files."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any

import js

from halt.browser.dom import Element, Listeners, by_id
from halt.browser.files import load_package, local_zone, read_bytes, save_file
from halt.chat.conversation import Conversation
from halt.store.database import StorageError
from halt.store.errors import ImportRefused
from halt.store.export_html import html_pieces
from halt.store.export_markdown import to_markdown
from halt.store.exports import json_pieces, safe_name
from halt.store.imports import read_in_steps
from halt.store.keeper import Keeper
from halt.store.loading import Damage
from halt.ui.page import Page

# So long the page may work without a rest, in ms.
WORK_MS = 8.0


class Transfer:
    """The commands of the dialog "Export and import", and of a file that is dropped on the list."""

    def __init__(self, page: Page, keeper: Keeper, listeners: Listeners) -> None:
        self._page = page
        self._keeper = keeper
        self._dialog = by_id("transfer")
        self._input = by_id("import-file")
        self._line = by_id("transfer-line")
        self._progress = by_id("transfer-progress")
        self._busy = False
        self._rest_at = 0.0
        self.actions: dict[str, Callable[[Element], Any]] = {
            "transfer": lambda _: self._open(),
            "export-markdown": lambda _: self._do(self._export_markdown()),
            "export-html": lambda _: self._do(self._export_html()),
            "export-json": lambda _: self._do(self._export_json()),
            "export-all": lambda _: self._do(self._export_all()),
            "import": lambda _: self._input.click(),
        }
        listeners.listen(self._input, "change", lambda _: self._chosen())
        listeners.listen(js.document, "dragover", self._dragged)
        listeners.listen(js.document, "drop", self._dropped)

    def _open(self) -> None:
        if not self._busy:
            self._say("")
        empty = self._page.workspace.current.last is None
        for button in self._dialog.querySelectorAll("[data-one]"):
            button.disabled = empty
        self._dialog.showModal()

    # Out

    async def _export_markdown(self) -> None:
        conversation = self._page.workspace.current
        self._save(conversation.title, "md", [to_markdown(conversation, local_zone())], "text/markdown")

    async def _export_html(self) -> None:
        conversation = self._page.workspace.current
        self._say("Writing the page…")
        await load_package("jinja2")
        pieces = await self._in_steps(html_pieces(conversation, local_zone()))
        self._save(conversation.title, "html", pieces, "text/html")

    async def _export_json(self) -> None:
        conversation = self._page.workspace.current
        await self._save_json(conversation.title, [conversation])

    async def _export_all(self) -> None:
        everything = (await self._everything(files=True)).values()
        wanted = [one for one in everything if one.last or one.queue or one.has_draft]
        await self._save_json("conversations", wanted)

    async def _save_json(self, title: str, conversations: list[Conversation]) -> None:
        pieces = json_pieces(conversations, datetime.now(local_zone()).timestamp() * 1000)
        self._save(title, "json", await self._in_steps(pieces, len(conversations) + 2), "application/json")

    def _save(self, title: str, ending: str, pieces: list[str], kind: str) -> None:
        name = safe_name(title, datetime.now(local_zone()), ending)
        save_file(name, pieces, kind)
        self._say(f"Saved as {name}.")

    async def _in_steps(self, pieces: Iterable[str], most: int = 0) -> list[str]:
        done: list[str] = []
        for piece in pieces:
            done.append(piece)
            await self._rest(len(done) / most if most else None)
        return done

    async def _everything(self, *, files: bool = False) -> dict[str, Conversation]:
        """Read all conversations, also those that were not opened, and leave the page's own as they are."""
        listed = self._page.workspace.conversations
        found: dict[str, Conversation] = {}
        for number, one in enumerate(list(listed)):
            found[one.id] = one if one.loaded else await self._keeper.peek(one.id, files=files)
            await self._rest(number / len(listed))
        return found

    # In

    def _chosen(self) -> None:
        files = list(self._input.files)
        self._input.value = ""  # so that the same file can be chosen again
        if files:
            self._do(self._import(files))

    def _dragged(self, event: Any) -> None:
        if "Files" in event.dataTransfer.types:
            event.preventDefault()  # else the browser would leave the page for the file

    def _dropped(self, event: Any) -> None:
        files = list(event.dataTransfer.files)
        if not files:
            return
        event.preventDefault()
        if event.target.closest("#sidebar, #transfer"):
            if not self._dialog.open:
                self._open()
            self._do(self._import(files))

    async def _import(self, files: list[Any]) -> None:
        sentences, damages = [], []
        for file in files:
            self._say(f"Reading {file.name}…")
            steps = read_in_steps(await read_bytes(file), await self._everything())
            while True:
                try:
                    await self._rest(next(steps))
                except StopIteration as end:
                    imported = end.value
                    break
            await self._keep(imported.conversations)
            sentences.append(imported.sentence)
            damages += imported.damages
        self._dialog.close()
        self._page.notices.show(" ".join(sentences), "\n".join(map(_line, damages)))

    async def _keep(self, conversations: list[Conversation]) -> None:
        self._page.workspace.add_kept(conversations)
        for number, conversation in enumerate(conversations):
            self._keeper.touch(conversation)
            self._keeper.flush(is_last=False)
            await self._rest(number / len(conversations))
        self._page.sync()

    # One at a time, with rests

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        if self._busy:
            work.close()
            return
        self._page.boundary.spawn(self._do_alone(work))

    async def _do_alone(self, work: Coroutine[Any, Any, None]) -> None:
        self._busy = True
        self._rest_at = self._page.clock.now() + WORK_MS
        try:
            await work
        except ImportRefused as error:
            self._say(str(error))
        except StorageError as error:
            self._say(error.sentence)
        finally:
            self._busy = False
            self._progress.hidden = True

    async def _rest(self, done: float | None = None) -> None:
        """Let the page do what waits, and show how much is ``done`` (0 to 1)."""
        if self._page.clock.now() < self._rest_at:
            return
        if done is not None:
            self._progress.hidden, self._progress.value = False, done
        await self._page.clock.sleep(0)  # a timer, so that others' timers and frames have their turn as well
        self._rest_at = self._page.clock.now() + WORK_MS

    def _say(self, sentence: str) -> None:
        self._line.textContent = sentence


def _line(damage: Damage) -> str:
    return f"{damage.sentence} ({': '.join(filter(None, (damage.record_id, damage.what)))})"
