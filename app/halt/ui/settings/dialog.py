"""The settings dialog: profiles and whether they work, prompts, how chats go and how the page looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any

import js

from halt.browser.boundary import Boundary
from halt.browser.clock import BrowserClock
from halt.browser.dom import Element, Listeners, by_id
from halt.chat.check import Finding, check, list_models
from halt.chat.connection import Connection
from halt.chat.prompt import has_variables
from halt.providers.base import ProviderSettings
from halt.providers.errors import ProviderError
from halt.store.settings import Settings
from halt.ui.settings import fields
from halt.ui.settings.fields import InvalidFields
from halt.ui.settings.general_form import GeneralForm
from halt.ui.settings.key_field import KeyField
from halt.ui.settings.profile_form import ProfileForm, field_of
from halt.ui.settings.profile_list import ProfileList
from halt.ui.settings.prompt_library import PromptLibrary
from halt.ui.settings.prompt_preview import PromptCheck
from halt.ui.settings.tabs import Tabs

Connect = Callable[[ProviderSettings], Connection]

PROFILES, PROMPTS = "panel-profiles", "panel-prompts"


class SettingsDialog:
    """Shows the settings, tries them, and hands them to ``save`` once they can be used.

    What is typed stays until Save or Cancel; a field that can't be used is marked and nothing is lost. Work that was
    begun in the dialog ends with it, and with the next change of what it tries. ``listed`` is told which models a
    provider has.
    """

    def __init__(
        self,
        settings: Settings,
        key: KeyField,
        connect: Connect,
        prompts: PromptCheck,
        clock: BrowserClock,
        boundary: Boundary,
        listeners: Listeners,
        save: Callable[[Settings], None],
        listed: Callable[[ProviderSettings, list[str]], None],
    ) -> None:
        self._settings = settings
        self._connect = connect
        self._prompts = prompts
        self._clock = clock
        self._boundary = boundary
        self._save = save
        self._listed = listed
        self._dialog = by_id("settings")
        self._findings = by_id("connection")
        self._form = ProfileForm(key, listeners, self._verify, prompts)
        self._profiles = ProfileList(self._form, listeners)
        self._library = PromptLibrary(prompts, lambda: self._settings.in_force.provider, listeners)
        self._general = GeneralForm(listeners)
        self._tabs = Tabs("settings-tabs", listeners, self._turned)
        self._work: asyncio.Task[None] | None = None
        self.actions: dict[str, Callable[[Element], Any]] = {
            "close-settings": lambda _: self.close(),
            "load-models": lambda _: self.list_models(),
            "test-connection": lambda _: self.test_connection(),
            **self._changing(self._profiles.actions),
            **self._changing(self._library.actions),
        }
        listeners.listen(by_id("settings-form"), "input", self._typed)
        listeners.listen(by_id("settings-form"), "submit", self._submitted)
        listeners.listen(self._dialog, "close", lambda _: self._closed())

    def open(self, profile_id: str = "", error: ProviderError | None = None) -> None:
        """Show the dialog with a profile, else the one for new chats; ``error`` is why it could not be used."""
        if not self._dialog.open:
            self._start_over()
            fields.mark_all(by_id("settings-form"), {})
            self._library.fill(self._settings)
            self._profiles.fill(self._settings, profile_id or self._settings.in_force.id)
            self._profiles.offer_prompts(self._library.prompts)
            self._general.fill(self._settings)
            self._tabs.show(PROFILES)
            self._dialog.showModal()
            self._dialog.scrollTop = 0
        if error:
            self._mark({field_of(error): error.sentence})

    def take_over(self, settings: Settings) -> None:
        """Take settings that another window has saved; what is typed here stays."""
        self._settings = settings

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
        self._submit()

    def _submit(self, *, loaded: bool = False) -> None:
        written = [one.text for one in self._library.prompts if one not in self._settings.prompts]
        templates = self._form.has_variables or any(map(has_variables, written))
        if templates and not loaded and not self._prompts.surroundings.ready:
            self._prompts.load(lambda: self._submit(loaded=True) if self._dialog.open else None)
            return
        settings = self._read()
        if settings is None:
            return
        self._form.keep_keys()
        self._settings = settings
        self._dialog.close()
        self._save(settings)

    def _read(self) -> Settings | None:
        self._mark({})
        settings, wrong = self._settings, dict[str, str]()
        for part in (self._profiles, self._library, self._general):
            try:
                settings = part.read(settings)
            except InvalidFields as error:
                wrong |= error.sentences
        self._mark(wrong)
        return None if wrong else settings

    def _read_profile(self) -> ProviderSettings | None:
        self._mark({})
        try:
            return self._form.read().provider
        except InvalidFields as error:
            self._mark(error.sentences)
            return None

    def _mark(self, sentences: dict[str, str]) -> None:
        """Mark these fields and no others; the first one is brought into sight."""
        if first := fields.mark_all(by_id("settings-form"), sentences):
            self._tabs.show_panel_of(first)
            fields.go_to(first)

    def _typed(self, event: js.Event) -> None:
        fields.unmark(event.target)
        self._start_over()

    def _turned(self, panel_id: str) -> None:
        self._dialog.scrollTop = 0
        by_id("test-connection").hidden = self._findings.hidden = panel_id != PROFILES
        if panel_id == PROFILES:
            self._profiles.offer_prompts(self._library.prompts)
        elif panel_id == PROMPTS:
            self._library.shown()

    def _changing(self, actions: dict[str, Callable[[Element], Any]]) -> dict[str, Callable[[Element], Any]]:
        """Let actions forget what was found before: it told of something else."""

        def changed(action: Callable[[Element], Any]) -> Callable[[Element], Any]:
            def act(button: Element) -> None:
                self._start_over()
                action(button)

            return act

        return {name: changed(action) for name, action in actions.items()}

    # Trying

    def _begin(self, work: Callable[[ProviderSettings], Coroutine[Any, Any, None]]) -> None:
        self._start_over()
        if settings := self._read_profile():
            self._work = self._boundary.spawn(work(settings))

    def _start_over(self) -> None:
        """End what is being tried and forget what was found: it told of what was typed before."""
        if self._work:
            self._work.cancel()
            self._work = None
        self._findings.replaceChildren()

    def _closed(self) -> None:
        if not self._dialog.open:  # the event comes late, and the dialog may be open again
            self._start_over()
            self._general.left(self._settings)

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
        self._listed(settings, names)
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
