"""The composer: the draft, the one button that is Send or Stop, and what stands beside it."""

from __future__ import annotations

import js

from halt.browser.dom import by_id
from halt.chat.control import Face, SendStop
from halt.chat.conversation import Prompt
from halt.ui.chips import ComposerFiles, Spawn
from halt.ui.looks import mod_key, sends_with_mod

IDLE_HINT = "Enter sends, Shift+Enter starts a new line."
RUNNING_HINT = "Esc stops."
DRAFT_HINT = "Enter lets this wait its turn, {mod}+Enter stops and sends it."
MOD_IDLE_HINT = "{mod}+Enter sends, Enter starts a new line."
MOD_DRAFT_HINT = "{mod}+Enter lets this wait its turn, {mod}+Shift+Enter stops and sends it."


class Composer:
    """Shows the composer; what its button is follows from ``running`` alone (S1, S26)."""

    def __init__(self, spawn: Spawn) -> None:
        self.files = ComposerFiles(spawn)
        self._form = by_id("composer")
        self._message = by_id("message")
        self._button = by_id("send-stop")
        self._stop_and_send = by_id("stop-and-send")
        self._hint = by_id("hint")
        self._editing = by_id("editing")
        self._control = SendStop()
        self._waiting = ""
        self._set_aside: tuple[str, list[str]] = "", []
        self._grows_itself = bool(js.CSS.supports("field-sizing", "content"))
        self.instead_of: Prompt | None = None

    @property
    def draft(self) -> str:
        """The text that is typed and not sent."""
        return str(self._message.value)

    @property
    def kept_draft(self) -> str:
        """The draft that belongs to the conversation: while a prompt is edited, the one that was set aside."""
        return self._set_aside[0] if self.instead_of else self.draft

    @property
    def kept_files(self) -> list[str]:
        """The ids of the files that belong to that draft."""
        return list(self._set_aside[1] if self.instead_of else self.files.ids)

    @property
    def is_filled(self) -> bool:
        """Tell whether there is anything to send."""
        return bool(self.draft.strip() or self.files.ids or self.files.reading)

    @property
    def waits_to_send(self) -> bool:
        """Tell whether Send was pressed before Python was up."""
        return bool(self._form.hasAttribute("data-waiting"))

    def follow(self, running: bool, now_ms: float) -> None:
        """Take on the state of the visible conversation, in the same frame (S1); the focus stays where it is (S5)."""
        self._form.removeAttribute("data-waiting")
        if self._control.follow(running, now_ms) or not self._button.dataset.state:
            self._waiting = ""
        face = self._control.face
        self._button.dataset.state = str(face)
        self._button.setAttribute("aria-label", "Stop" if face is Face.STOP else "Send")
        self.refresh()

    def refresh(self) -> None:
        """Show what depends on the draft: the second button, the hint, the height."""
        running, drafted = self._control.face is Face.STOP, self.is_filled
        if self._stop_and_send.hidden != (hidden := not (running and drafted)):
            if hidden and self._stop_and_send.isSameNode(js.document.activeElement):
                self.focus()  # else the browser drops it to the top of the page
            self._stop_and_send.hidden = hidden
        idle, draft = (MOD_IDLE_HINT, MOD_DRAFT_HINT) if sends_with_mod() else (IDLE_HINT, DRAFT_HINT)
        hint = (idle if not running else draft if drafted else RUNNING_HINT).format(mod=mod_key())
        self._hint.textContent = f"{self._waiting} · {hint}" if self._waiting else hint
        if not self._grows_itself:
            self._message.style.height = "auto"
            self._message.style.height = f"{self._message.scrollHeight}px"

    def press(self, at_ms: float) -> Face | None:
        """Tell what a press on the button means now; see ``SendStop.press``."""
        return self._control.press(at_ms)

    def say_waiting(self, text: str) -> None:
        """Show beside Stop how long nothing has come; empty takes it away (S26)."""
        self._waiting = text
        self.refresh()

    def sent(self) -> None:
        """Empty the composer; a draft that was set aside for editing comes back."""
        self._message.value, files = self._set_aside
        self.files.show(files)
        self._set_aside = "", []
        self._stop_editing()

    def edit(self, prompt: Prompt) -> None:
        """Put a prompt into the composer for editing; the draft is set aside and not lost (S21)."""
        if self.instead_of is None:
            self._set_aside = self.draft, self.files.ids
        self.instead_of = prompt
        self._editing.hidden = False
        self.files.show(prompt.attachments)
        self.write(prompt.text)

    def take(self, text: str, files: list[str]) -> None:
        """Put a message into the composer; the draft that is there comes back when that is sent."""
        if self.is_filled:
            self._set_aside = self.draft, self.files.ids
        self.files.show(files)
        self.write(text)

    def cancel_edit(self) -> None:
        """Leave the prompt as it was and bring the draft back."""
        if self.instead_of is not None:
            self.sent()
            self.focus()

    def write(self, text: str) -> None:
        """Replace the draft and put the cursor at its end."""
        self._message.value = text
        self.refresh()
        self.focus()
        self._message.setSelectionRange(len(text), len(text))

    def open(self, draft: str, files: list[str]) -> None:
        """Show the draft of another conversation."""
        self._set_aside = "", []
        self._message.value = draft
        self.files.show(files)
        self.refresh()

    def take_over(self, draft: str, files: list[str]) -> None:
        """Show what was typed in another window; a prompt that is edited here stays."""
        if self.instead_of:
            self._set_aside = draft, list(files)
        else:
            self.open(draft, files)

    def focus(self) -> None:
        """Put the focus into the message."""
        self._message.focus()

    def _stop_editing(self) -> None:
        self.instead_of = None
        self._editing.hidden = True
        self.refresh()
