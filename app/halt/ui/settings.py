"""The settings dialog: which provider, where it is, who asks, and whether that works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import js

from halt.browser.boundary import Boundary
from halt.browser.clock import BrowserClock
from halt.browser.dom import Element, Listeners, by_id
from halt.chat.check import Finding, check, list_models
from halt.chat.connection import Connection
from halt.providers.base import ProviderSettings
from halt.providers.errors import ProviderError
from halt.store.settings import Settings
from halt.ui.key_field import KeyField
from halt.ui.settings_form import InvalidFields, SettingsForm

Connect = Callable[[ProviderSettings], Connection]


class SettingsDialog:
    """Shows the settings, tries them, and hands them to ``save`` once they can be used.

    What is typed stays until Save or Cancel; a field that can't be used is marked and nothing is lost. Work that was
    begun in the dialog ends with it, and with the next change of what it tries.
    """

    def __init__(
        self,
        settings: Settings,
        key: KeyField,
        connect: Connect,
        clock: BrowserClock,
        boundary: Boundary,
        listeners: Listeners,
        save: Callable[[Settings], None],
    ) -> None:
        self._settings = settings
        self._connect = connect
        self._clock = clock
        self._boundary = boundary
        self._save = save
        self._dialog = by_id("settings")
        self._findings = by_id("connection")
        self._form = SettingsForm(key, listeners, self._verify)
        self._work: asyncio.Task[None] | None = None
        listeners.listen(by_id("settings-form"), "input", lambda _: self._start_over())
        listeners.listen(by_id("settings-form"), "submit", self._submitted)
        listeners.listen(self._dialog, "close", lambda _: self._closed())

    def open(self, error: ProviderError | None = None) -> None:
        """Show the dialog with the settings in force; ``error`` is why they could not be used."""
        if not self._dialog.open:
            self._start_over()
            self._form.fill(self._settings)
            self._dialog.showModal()
            self._dialog.scrollTop = 0
        if error:
            self._form.mark_error(error)

    def close(self) -> None:
        """Close the dialog and change nothing."""
        self._dialog.close()

    def list_models(self) -> None:
        """Ask the provider which models it has, and offer them."""
        self._begin(self._list_models)

    def test_connection(self) -> None:
        """Try address, key, model and stream, and say what works and what does not."""
        self._begin(self._test_connection)

    def _verify(self, settings: ProviderSettings) -> None:
        self._connect(settings).provider.models_request(settings)

    def _submitted(self, event: js.Event) -> None:
        event.preventDefault()
        settings = self._read(needs_model=True)
        if settings is None:
            return
        self._form.keep_keys()
        # The ring alone holds keys, so that one that is forgotten is gone.
        settings = replace(settings, provider=replace(settings.provider, api_key=""))
        self._settings = settings
        self._dialog.close()
        self._save(settings)

    def _read(self, *, needs_model: bool) -> Settings | None:
        self._form.mark({})
        try:
            return self._form.read(needs_model=needs_model)
        except InvalidFields as error:
            self._form.mark(error.sentences)
            return None

    # Trying

    def _begin(self, work: Callable[[ProviderSettings], Coroutine[Any, Any, None]]) -> None:
        self._start_over()
        if settings := self._read(needs_model=False):
            self._work = self._boundary.spawn(work(settings.provider))

    def _start_over(self) -> None:
        """End what is being tried and forget what was found: it told of what was typed before."""
        if self._work:
            self._work.cancel()
            self._work = None
        self._findings.replaceChildren()

    def _closed(self) -> None:
        if not self._dialog.open:  # the event comes late, and the dialog may be open again
            self._start_over()

    async def _list_models(self, settings: ProviderSettings) -> None:
        waits = self._say("busy", "Asking for the models…")
        try:
            names = await list_models(self._connect(settings), settings)
        except ProviderError as error:
            self._find(Finding(False, error.sentence))
            return
        finally:
            waits.remove()
        if not names:
            self._find(Finding(False, "The provider has no model yet. Load one there, then list them again."))
            return
        self._form.offer_models(names)
        offered = "1 model." if len(names) == 1 else f"{len(names):,} models."
        self._find(Finding(True, f"{offered} “Model” offers those that fit as you type, and all while it is empty."))
        if settings.model and settings.model not in names:
            self._find(Finding(False, f"“{settings.model}” is not among them."))

    async def _test_connection(self, settings: ProviderSettings) -> None:
        waits = self._say("busy", "Trying… Cancel ends it.")
        try:
            async with aclosing(check(self._connect(settings), settings, self._clock)) as findings:
                async for finding in findings:
                    self._find(finding)
                    self._findings.append(waits)
        finally:
            waits.remove()

    def _find(self, finding: Finding) -> None:
        self._say("fine" if finding.works else "wrong", finding.sentence)

    def _say(self, kind: str, sentence: str) -> Element:
        line = js.document.createElement("p")
        line.className, line.textContent = kind, sentence
        self._findings.append(line)
        line.scrollIntoView(js.Object.fromEntries([["block", "nearest"]]))
        return line
