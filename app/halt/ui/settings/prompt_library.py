"""The library of prompts while the settings are open: one is shown in the fields, the others wait."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import js

from halt.browser.dom import Element, Listeners, by_id
from halt.chat.prompt import VARIABLES
from halt.providers.base import ProviderSettings
from halt.store.profiles import MOST_NAME, PromptPreset
from halt.store.settings import Settings
from halt.ui.settings import fields
from halt.ui.settings.deleted import Deleted
from halt.ui.settings.fields import InvalidFields
from halt.ui.settings.prompt_preview import PromptCheck, PromptPreview

UNNAMED = "Unnamed prompt"


class PromptLibrary:
    """Lets a person choose, add, copy, change and delete prompts; nothing is lost before Save or Cancel.

    ``settings`` gives the provider that a preview is made for.
    """

    def __init__(self, check: PromptCheck, settings: Callable[[], ProviderSettings], listeners: Listeners) -> None:
        self._check = check
        self._settings = settings
        self._prompts: list[PromptPreset] = []
        self._known: set[str] = set()
        self._place = 0
        self._deleted: Deleted[PromptPreset] = Deleted("prompt-note")
        self._preview = PromptPreview("prompt-text", check, settings, listeners)
        self.actions: dict[str, Callable[[Element], Any]] = {
            "prompt-new": lambda _: self._add(PromptPreset(uuid.uuid4().hex, "New prompt")),
            "prompt-copy": lambda _: self._copy(),
            "prompt-delete": lambda _: self._delete(),
            "prompt-undelete": lambda _: self._undelete(),
        }
        for name, meaning in VARIABLES.items():
            term, about, code = (js.document.createElement(tag) for tag in ("dt", "dd", "code"))
            code.textContent, about.textContent = f"{{{{ {name} }}}}", meaning
            term.append(code)
            by_id("prompt-variables").append(term, about)
        listeners.listen(by_id("prompt"), "change", lambda _: self._chosen())
        listeners.listen(by_id("prompt-name"), "input", lambda _: self._typed())
        listeners.listen(by_id("prompt-text"), "input", lambda _: self._typed())

    @property
    def prompts(self) -> tuple[PromptPreset, ...]:
        """The prompts as they are typed by now."""
        return tuple(self._prompts)

    def fill(self, settings: Settings) -> None:
        """Show the library; whatever was typed before is forgotten."""
        self._prompts = list(settings.prompts)
        self._known = {one.id for one in settings.prompts}
        self._deleted.clear()
        self._show(0, preview=False)

    def shown(self) -> None:
        """Take note that the person sees the fields now."""
        self._preview.update()

    def read(self, settings: Settings) -> Settings:
        """Put the library into ``settings``; raises ``InvalidFields`` for the prompt that is then shown.

        A profile whose prompt is deleted keeps the text as its own.
        """
        for place, prompt in enumerate(self._prompts):
            if sentence := self._check.fault(prompt.text, self._settings()):
                self._show(place)
                raise InvalidFields({"prompt-text": sentence})
        texts = settings.prompt_texts
        prompts = (*self._prompts, *(one for one in settings.prompts if one.id not in self._known))
        there = {one.id for one in prompts}
        profiles = tuple(
            replace(one, prompt="", provider=replace(one.provider, system_prompt=texts[one.prompt]))
            if one.prompt in texts and one.prompt not in there
            else one
            for one in settings.profiles
        )
        return replace(settings, prompts=prompts, profiles=profiles)

    def _show(self, place: int, *, preview: bool = True) -> None:
        self._place = place
        prompt = self._prompts[place] if self._prompts else None
        by_id("prompt-name").value = prompt.name if prompt else ""
        by_id("prompt-text").value = prompt.text if prompt else ""
        for name in ("prompt", "prompt-name", "prompt-text", "prompt-copy", "prompt-delete"):
            by_id(name).disabled = prompt is None
        fields.unmark(by_id("prompt-text"))
        self._list()
        if preview:
            self._preview.update()

    def _list(self) -> None:
        rows = [(one.id, one.name or UNNAMED) for one in self._prompts]
        fields.set_options(by_id("prompt"), rows, rows[self._place][0] if rows else "")

    def _chosen(self) -> None:
        wanted = str(by_id("prompt").value)
        self._show(next(place for place, one in enumerate(self._prompts) if one.id == wanted))

    def _typed(self) -> None:
        prompt = self._prompts[self._place]
        name = fields.value("prompt-name")[:MOST_NAME]
        self._prompts[self._place] = replace(prompt, name=name, text=str(by_id("prompt-text").value))
        self._list()

    def _add(self, prompt: PromptPreset) -> None:
        self._prompts.append(prompt)
        self._show(len(self._prompts) - 1)
        by_id("prompt-name").focus()
        by_id("prompt-name").select()

    def _copy(self) -> None:
        prompt = self._prompts[self._place]
        self._add(replace(prompt, id=uuid.uuid4().hex, name=f"Copy of {prompt.name or UNNAMED}"[:MOST_NAME]))

    def _delete(self) -> None:
        place = self._place
        prompt = self._prompts.pop(place)
        self._show(max(0, min(place, len(self._prompts) - 1)))
        self._deleted.hold(place, prompt, prompt.name or UNNAMED)
        by_id("prompt-note").querySelector("button").focus()

    def _undelete(self) -> None:
        if held := self._deleted.give_back():
            place, prompt = held
            self._prompts.insert(place, prompt)
            self._show(place)
        by_id("prompt").focus()
