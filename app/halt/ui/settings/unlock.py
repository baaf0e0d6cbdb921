"""The dialog that asks for the passphrase of the remembered keys, once a visit, when a key is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import js

from halt.browser.boundary import Boundary
from halt.browser.dom import Element, Listeners, by_id
from halt.store.vault import Vault, VaultError
from halt.ui.settings import fields

Then = Callable[[], object]


class UnlockDialog:
    """Opens the vault and goes on with what needed a key; Cancel leaves everything as it was.

    ``forgotten`` is told the origin whose key the person gave up instead.
    """

    def __init__(self, vault: Vault, boundary: Boundary, listeners: Listeners) -> None:
        self._vault = vault
        self._boundary = boundary
        self._dialog = by_id("unlock")
        self._line = by_id("unlock-line")
        self._origin = ""
        self._then: Then = lambda: None
        self._work: asyncio.Task[None] | None = None
        self.forgotten: Callable[[str], object] = lambda origin: None
        self.actions: dict[str, Callable[[Element], Any]] = {
            "show-passphrase": show_passphrase,
            "close-unlock": lambda _: self._dialog.close(),
            "forget-locked-key": lambda _: self._forget(),
        }
        listeners.listen(by_id("unlock-form"), "submit", self._submitted)
        listeners.listen(by_id("unlock-form"), "input", lambda event: fields.unmark(event.target))
        listeners.listen(self._dialog, "close", lambda _: self._dialog.open or self._end())

    def open(self, origin: str, then: Then) -> None:
        """Ask for the passphrase that the key for ``origin`` takes, then do ``then``."""
        if self._dialog.open:
            return
        self._end()
        self._origin, self._then = origin, then
        by_id("unlock-text").textContent = (
            f"The key for {origin} is remembered on this device. Its passphrase opens all remembered keys until this "
            "tab closes."
        )
        self._dialog.showModal()
        by_id("unlock-passphrase").focus()

    def _submitted(self, event: js.Event) -> None:
        event.preventDefault()
        field = by_id("unlock-passphrase")
        fields.unmark(field)
        if not field.value:
            fields.mark(field, "Enter the passphrase that you chose when the key was remembered.")
            field.focus()
        elif self._work is None:
            self._line.textContent = "Unlocking…"
            self._work = self._boundary.spawn(self._unlock(str(field.value)))

    async def _unlock(self, passphrase: str) -> None:
        try:
            await self._vault.unlock(passphrase)
        except VaultError as error:
            field = by_id("unlock-passphrase")
            fields.mark(field, str(error))
            field.focus()
            field.select()
            return
        finally:
            self._line.textContent = ""
            self._work = None
        then = self._then
        self._dialog.close()
        then()

    def _forget(self) -> None:
        origin = self._origin
        try:
            self._vault.forget(origin)
        except VaultError as error:
            fields.mark(by_id("unlock-passphrase"), str(error))
            return
        self._dialog.close()
        self.forgotten(origin)

    def _end(self) -> None:
        """Leave nothing of what was typed, and end what goes on."""
        if self._work:
            self._work.cancel()
            self._work = None
        self._line.textContent = ""
        hide_passphrase("unlock-passphrase")
        fields.unmark(by_id("unlock-passphrase"))


def show_passphrase(button: Element) -> None:
    """Show what is typed in the field beside the button, or hide it again."""
    field = by_id(button.getAttribute("aria-controls"))
    shown = field.type == "password"
    field.type = "text" if shown else "password"
    button.setAttribute("aria-pressed", "true" if shown else "false")


def hide_passphrase(field_id: str) -> None:
    """Empty the field and hide what will be typed."""
    field = by_id(field_id)
    field.value, field.type = "", "password"
    field.parentElement.querySelector("[data-action='show-passphrase']").setAttribute("aria-pressed", "false")
