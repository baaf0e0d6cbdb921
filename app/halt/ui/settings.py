"""The settings dialog: which provider, where it is, who asks, and whether that works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

import js

from halt.browser.boundary import Boundary
from halt.browser.clock import BrowserClock
from halt.browser.dom import Listeners, by_id
from halt.chat.check import check, list_models
from halt.chat.workspace import Connection
from halt.providers.address import normalize_base_url
from halt.providers.base import ProviderSettings
from halt.providers.errors import ProviderError
from halt.providers.presets import PRESETS, preset, stop_note
from halt.store.keys import KeyRing
from halt.store.settings import Settings

Connect = Callable[[ProviderSettings], Connection]


class InvalidField(Exception):
    """A field can't be used as it is: which one, and the sentence that says why."""

    def __init__(self, field_id: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field_id = field_id


class SettingsDialog:
    """Shows the settings, tries them, and hands them to ``save`` once they can be used.

    What is typed stays until Save or Cancel; a field that can't be used is marked and nothing is lost. Work that was
    begun in the dialog ends with it.
    """

    def __init__(
        self,
        settings: Settings,
        keys: KeyRing,
        connect: Connect,
        clock: BrowserClock,
        boundary: Boundary,
        listeners: Listeners,
        save: Callable[[Settings], None],
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._connect = connect
        self._clock = clock
        self._boundary = boundary
        self._save = save
        self._dialog = by_id("settings")
        self._work: asyncio.Task[None] | None = None
        provider = by_id("provider")
        for row in PRESETS:
            provider.append(js.Option.new(row.name, row.id))
        listeners.listen(provider, "change", lambda _: self._provider_chosen())
        listeners.listen(by_id("base-url"), "input", lambda _: self._address_typed())
        listeners.listen(by_id("settings-form"), "submit", self._submitted)
        listeners.listen(self._dialog, "close", lambda _: self._end_work())

    def open(self) -> None:
        """Show the dialog with the settings in force."""
        if self._dialog.open:
            return
        provider = self._settings.provider
        self._fill(provider)
        by_id("temperature").value = "" if provider.temperature is None else f"{provider.temperature:g}"
        by_id("max-tokens").value = "" if provider.max_tokens is None else str(provider.max_tokens)
        by_id("silence").value = f"{self._settings.silence_s:g}"
        by_id("system-prompt").value = provider.system_prompt
        by_id("connection").replaceChildren()
        self._mark_invalid(None)
        self._dialog.showModal()

    def close(self) -> None:
        """Close the dialog and change nothing."""
        self._dialog.close()

    def list_models(self) -> None:
        """Ask the provider which models it has, and offer them."""
        self._begin(self._list_models)

    def test_connection(self) -> None:
        """Try address, key, model and stream, and say what works and what does not."""
        self._begin(self._test_connection)

    # Fields

    def _fill(self, provider: ProviderSettings) -> None:
        row = preset(provider.preset)
        by_id("provider").value = row.id
        by_id("base-url").value = "" if row.id == "mock" else provider.base_url or row.base_url
        by_id("model").value = provider.model or row.default_model
        by_id("models").replaceChildren()
        by_id("api-key").value = self._key_for(by_id("base-url").value)
        self._explain()

    def _provider_chosen(self) -> None:
        row = preset(by_id("provider").value)
        self._fill(ProviderSettings(preset=row.id, base_url=row.base_url, model=row.default_model))

    def _address_typed(self) -> None:
        if by_id("provider").value == "mock" and by_id("base-url").value.strip():
            by_id("provider").value = "custom"
        key = self._key_for(by_id("base-url").value)
        if key:
            by_id("api-key").value = key
        self._explain()

    def _explain(self) -> None:
        row = preset(by_id("provider").value)
        key_from = f" Get a key at {row.key_url}." if row.key_url else ""
        what = "Answers offline, so that you can try Stop." if row.id == "mock" else stop_note(row)
        by_id("provider-help").textContent = what + key_from

    def _key_for(self, base_url: str) -> str:
        try:
            return self._keys.get(normalize_base_url(base_url))
        except ProviderError:
            return ""

    def _read(self) -> Settings:
        chosen = by_id("provider").value
        base_url = ""
        if chosen != "mock":
            try:
                base_url = normalize_base_url(by_id("base-url").value)
            except ProviderError as error:
                raise InvalidField("base-url", error.sentence) from error
        temperature = _number("temperature", "Temperature", 0, 2)
        max_tokens = _number("max-tokens", "Max tokens", 1, 10_000_000)
        silence_s = _number("silence", "The silence hint", 1, 3600)
        provider = ProviderSettings(
            preset=chosen,
            base_url=base_url,
            api_key=by_id("api-key").value.strip(),
            model=by_id("model").value.strip(),
            temperature=temperature,
            max_tokens=None if max_tokens is None else int(max_tokens),
            system_prompt=by_id("system-prompt").value,
        )
        return replace(self._settings, provider=provider, silence_s=silence_s or Settings().silence_s)

    def _submitted(self, event: js.Event) -> None:
        event.preventDefault()
        try:
            settings = self._read()
            if not settings.provider.model:
                raise InvalidField("model", "Choose a model: pick one with “List models”, or type its name.")
        except InvalidField as error:
            self._mark_invalid(error)
            return
        if settings.provider.base_url:
            self._keys.put(settings.provider.base_url, settings.provider.api_key)
        self._settings = settings
        self._dialog.close()
        self._save(settings)

    def _mark_invalid(self, error: InvalidField | None) -> None:
        for field in self._dialog.querySelectorAll("[aria-invalid]"):
            field.removeAttribute("aria-invalid")
        if error:
            field = by_id(error.field_id)
            field.setAttribute("aria-invalid", "true")
            field.focus()
            by_id("connection").replaceChildren()
            self._find("wrong", str(error))

    # Trying

    def _begin(self, work: Callable[[Settings], object]) -> None:
        self._end_work()
        self._mark_invalid(None)
        by_id("connection").replaceChildren()
        try:
            settings = self._read()
        except InvalidField as error:
            self._mark_invalid(error)
            return
        self._work = self._boundary.spawn(work(settings))

    def _end_work(self) -> None:
        if self._work:
            self._work.cancel()
            self._work = None

    async def _list_models(self, settings: Settings) -> None:
        waits = self._find("busy", "Asking for the models…")
        try:
            connection = self._connect(settings.provider)
            names = await list_models(connection, settings.provider)
        except ProviderError as error:
            waits.remove()
            self._find("wrong", error.sentence)
            return
        waits.remove()
        by_id("models").replaceChildren(*[js.Option.new(name, name) for name in names])
        if len(names) == 1 or (names and by_id("model").value not in names and not settings.provider.model):
            by_id("model").value = names[0]
        self._find("fine", f"{len(names)} models; the field “Model” offers them.")
        by_id("model").focus()

    async def _test_connection(self, settings: Settings) -> None:
        waits = self._find("busy", "Trying…")
        try:
            connection = self._connect(settings.provider)
            async with aclosing(check(connection, settings.provider, self._clock)) as findings:
                async for finding in findings:
                    self._find("fine" if finding.works else "wrong", finding.sentence)
        except ProviderError as error:
            self._find("wrong", error.sentence)
        finally:
            waits.remove()

    def _find(self, kind: str, sentence: str) -> js.Element:
        line = js.document.createElement("p")
        line.className = kind
        line.textContent = sentence
        by_id("connection").append(line)
        return line


def _number(field_id: str, name: str, least: float, most: float) -> float | None:
    text = by_id(field_id).value.strip().replace(",", ".")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise InvalidField(field_id, f"{name} must be a number from {least:g} to {most:,.0f}, or empty.")
    return number
