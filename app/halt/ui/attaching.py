"""Files into a message: chosen, pasted or dropped; read, images scaled down, or refused with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

import js

from halt.browser.dom import Element, Listeners, by_id
from halt.browser.files import read_bytes
from halt.browser.promise import Rejected
from halt.browser.scaling import NotAnImage, scaled
from halt.chat.attached import files_of
from halt.chat.attachment import (
    HEAD_BYTES,
    LARGEST_SENT_BYTES,
    LONGEST_SIDE,
    Attachment,
    FileRefused,
    Kind,
    check_fits,
    clean_name,
    kind_of,
    size_said,
    text_of,
)
from halt.chat.conversation import Conversation
from halt.chat.image import media_type_of
from halt.ui.chips import FileDialog
from halt.ui.page import Page

WAITS = "This is sent once the files are read."


class Attaching:
    """The commands of files, and where they arrive; ``touch`` has a conversation kept."""

    def __init__(self, page: Page, touch: Callable[[Conversation], None], listeners: Listeners) -> None:
        self._page = page
        self._touch = touch
        self._input = by_id("attach-file")
        self._dialog = FileDialog(page.say)
        self._then: tuple[Conversation, Callable[[], object]] | None = None
        self.actions: dict[str, Callable[[Element], Any]] = {
            "attach": lambda _: self._input.click(),
            "remove-file": self._remove,
            "open-file": self._open,
            "copy-file": lambda _: self._dialog.copy(),
        }
        listeners.listen(self._input, "change", lambda _: self._chosen())
        listeners.listen(js.document, "paste", self._pasted)
        listeners.listen(js.document, "dragover", self._dragged)
        listeners.listen(js.document, "dragleave", self._left)
        listeners.listen(js.document, "drop", self._dropped)

    def wait(self, send: Callable[[], object]) -> bool:
        """Call ``send`` once all files are read, if some still are; False where nothing has to be waited for."""
        if not self._page.composer.files.reading:
            return False
        self._then = self._page.workspace.current, send
        self._page.say(WAITS)
        return True

    # Where files arrive

    def _chosen(self) -> Any:
        files = list(self._input.files)
        self._input.value = ""  # so that the same file can be chosen again
        self._page.composer.focus()
        return self.attach(files)

    def _pasted(self, event: Any) -> Any:
        files = list(event.clipboardData.files) if event.clipboardData else []
        elsewhere = hasattr(event.target, "closest") and event.target.closest("dialog, input")
        # Office programs put a picture of the text beside it; file managers put the files' names.
        text = str(event.clipboardData.getData("text/plain")) if files else ""
        if not files or elsewhere or (text.strip() and not _names(text, files)):
            return None
        event.preventDefault()
        return self.attach(files)

    def _dragged(self, event: Any) -> None:
        if _takes(event):
            event.preventDefault()
            js.document.documentElement.setAttribute("data-dropping", "")
        else:
            self._hide_hint()

    def _left(self, event: Any) -> None:
        if not event.relatedTarget:  # the pointer has left the window
            self._hide_hint()

    def _dropped(self, event: Any) -> Any:
        self._hide_hint()
        if not _takes(event):
            return None
        event.preventDefault()
        return self.attach(list(event.dataTransfer.files))

    def _hide_hint(self) -> None:
        js.document.documentElement.removeAttribute("data-dropping")

    # What becomes of them

    def attach(self, files: Sequence[Any]) -> Coroutine[Any, Any, None]:
        """Begin to read ``files``: a Send waits from now on. What is given reads them."""
        view = self._page.composer.files
        names = [clean_name(str(file.name)) for file in files]
        view.reading += names
        view.sync()
        self._page.composer.refresh()
        return self._attach(self._page.workspace.current, names, files)

    async def _attach(self, conversation: Conversation, names: Sequence[str], files: Sequence[Any]) -> None:
        """Attach files to the message of a conversation; say what is refused, and why."""
        page, view = self._page, self._page.composer.files
        refused: list[str] = []
        attached: list[str] = []
        for name, file in zip(names, files, strict=True):
            try:
                attachment = await _read(name, file)
                self._add(conversation, attachment)
                attached.append(f"{name}, {size_said(attachment.size)}")
            except FileRefused as error:
                refused.append(str(error))
            finally:
                view.reading.remove(name)
                view.sync()
                page.composer.refresh()
        if attached:
            page.say(f"Attached: {'; '.join(attached)}")
        if refused:
            page.notices.show(_sentence(refused), "\n".join(refused) if len(refused) > 1 else "")
        self._go_on(sends=not refused)

    def _add(self, conversation: Conversation, attachment: Attachment) -> None:
        page = self._page
        if conversation not in page.workspace.conversations:
            return  # it was deleted meanwhile
        is_here = conversation is page.workspace.current
        ids = page.composer.files.ids if is_here else conversation.draft_attachments
        check_fits(attachment, files_of(conversation, ids))
        conversation.attachments[attachment.id] = attachment
        ids.append(attachment.id)
        if is_here:
            page.keep_draft()
        else:
            self._touch(conversation)

    def _go_on(self, *, sends: bool) -> None:
        if self._page.composer.files.reading or self._then is None:
            return
        (conversation, send), self._then = self._then, None
        if sends and conversation is self._page.workspace.current:
            send()

    def _remove(self, button: Element) -> None:
        files = self._page.composer.files
        name = str(button.closest("[data-file]").dataset.file)
        attachment = files.find(name)
        files.show([one for one in files.ids if one != name])
        self._page.composer.refresh()
        self._page.keep_draft()
        self._page.composer.focus()
        self._page.say(f"{attachment.name if attachment else 'The file'} was removed")

    async def _open(self, button: Element) -> None:
        name = str(button.closest("[data-file]").dataset.file)
        if attachment := self._page.workspace.current.attachments.get(name):
            await self._dialog.open(attachment)


async def _read(name: str, file: Any) -> Attachment:
    """Read one file; raises ``FileRefused``."""
    attachment_id, now_ms = uuid.uuid4().hex, datetime.now(UTC).timestamp() * 1000
    try:
        head = await read_bytes(file.slice(0, HEAD_BYTES))
        if kind_of(name, head, int(file.size)) is Kind.TEXT:
            text = text_of(name, await read_bytes(file))
            return Attachment(attachment_id, name, text=text, created_ms=now_ms)
        kind = media_type_of(head) or ""
        data, media_type = await scaled(file, kind, LONGEST_SIDE, LARGEST_SENT_BYTES)
    except Rejected as error:
        sentence = f"“{name}” can't be read ({error.message}). Choose files: a folder can't be attached."
        raise FileRefused(sentence) from error
    except NotAnImage as error:
        sentence = f"The image “{name}” is damaged, or this browser can't read it. Save it anew as PNG or JPEG."
        raise FileRefused(sentence) from error
    return Attachment(attachment_id, name, media_type, data=data, created_ms=now_ms)


def _takes(event: Any) -> bool:
    """Tell whether what is dragged are files, over a place where they go into the message."""
    if "Files" not in event.dataTransfer.types or js.document.querySelector("dialog[open]"):
        return False
    return not (hasattr(event.target, "closest") and event.target.closest("#sidebar"))


def _names(text: str, files: Sequence[Any]) -> bool:
    names = tuple(str(file.name) for file in files)
    return all(line.strip().endswith(names) for line in text.strip().splitlines())


def _sentence(refused: Sequence[str]) -> str:
    if len(refused) == 1:
        return refused[0]
    return f"{refused[0]} And {len(refused) - 1} more could not be attached: see the details."
