"""The dialog "This chat": what differs here from the profile that answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js

from halt.browser.boundary import Boundary
from halt.browser.dom import Element, Listeners, by_id, from_template
from halt.chat.overrides import Overrides
from halt.providers.base import ProviderSettings
from halt.providers.errors import BadPrompt, ProviderError
from halt.store.profiles import MOST_TEMPERATURE, MOST_TOKENS, Profile
from halt.ui.page import Page
from halt.ui.settings import fields
from halt.ui.settings.prompt_choice import PromptChoice
from halt.ui.settings.prompt_preview import PromptCheck, PromptPreview
from halt.ui.who import Who

# Values of the select that no prompt of the library has as its id.
AS_IN_PROFILE, OWN = "", "own"


class ChatDialog:
    """Shows what the visible chat has of its own; an empty field is as in the profile.

    Its fields are made when it opens and end with it. ``who`` takes what is saved, and knows the models.
    """

    def __init__(self, page: Page, who: Who, check: PromptCheck, boundary: Boundary) -> None:
        self._page = page
        self._who = who
        self._check = check
        self._boundary = boundary
        self._dialog = by_id("this-chat")
        self._listeners = Listeners(boundary)
        self._prompt: PromptChoice | None = None
        self._preview: PromptPreview | None = None
        self.actions: dict[str, Callable[[Element], Any]] = {
            "close-this-chat": lambda _: self._dialog.close(),
            "this-chat-clear": lambda _: self._clear(),
        }
        self._own = Listeners(boundary)
        self._own.listen(self._dialog, "close", lambda _: self._closed())

    def open(self, error: ProviderError | None = None) -> None:
        """Show the dialog; ``error`` is why what it holds could not be used."""
        if self._dialog.open:
            return
        self._closed()
        self._dialog.append(from_template("this-chat-piece"))
        asking, chat = self._page.workspace.asking, self._page.workspace.current
        own, profiles = chat.overrides, self._who.settings.profiles
        fields.set_options(by_id("chat-profile"), [(one.id, one.name) for one in profiles], asking.profile_of(chat))
        by_id("chat-model").value = "" if asking.has_lost_profile(chat) else own.model
        by_id("chat-temperature").value = "" if own.temperature is None else f"{own.temperature:g}"
        by_id("chat-max-tokens").value = "" if own.max_tokens is None else str(own.max_tokens)
        before = [(AS_IN_PROFILE, "As in the profile")]
        listeners = self._listeners
        text = "chat-system-prompt"
        self._prompt = PromptChoice("chat-prompt-choice", text, "Own text", listeners, before, OWN)
        self._preview = PromptPreview(text, self._check, self._settings, listeners)
        self._prompt.offer(self._who.settings.prompts)
        self._prompt.show(OWN if own.system_prompt is not None else own.prompt, own.system_prompt or "")
        listeners.listen(by_id("chat-prompt-choice"), "change", lambda _: self._shown())
        listeners.listen(by_id("chat-profile"), "change", lambda _: self._explain())
        listeners.listen(by_id("this-chat-form"), "input", lambda event: fields.unmark(event.target))
        listeners.listen(by_id("this-chat-form"), "submit", self._submitted)
        self._explain()
        self._dialog.showModal()
        self._shown()
        if error:
            self._mark({text if isinstance(error, BadPrompt) else "chat-model": error.sentence})

    def _profile(self) -> Profile:
        return self._who.settings.find(str(by_id("chat-profile").value)) or self._who.settings.in_force

    def _settings(self) -> ProviderSettings:
        provider = self._profile().provider
        return ProviderSettings(preset=provider.preset, model=fields.value("chat-model") or provider.model)

    def _explain(self) -> None:
        """Let the empty fields show what holds without them."""
        provider = self._profile().provider
        by_id("chat-model").placeholder = provider.model
        temperature = "default" if provider.temperature is None else f"{provider.temperature:g}"
        by_id("chat-temperature").placeholder = temperature
        by_id("chat-max-tokens").placeholder = "default" if provider.max_tokens is None else str(provider.max_tokens)
        names = dict.fromkeys([provider.model, *provider.also_models, *self._who.models_of(provider)])
        by_id("chat-models").replaceChildren(*[js.Option.new(name, name) for name in names if name])

    def _shown(self) -> None:
        if self._preview:
            self._preview.update()

    def _clear(self) -> None:
        for field_id in ("chat-model", "chat-temperature", "chat-max-tokens"):
            by_id(field_id).value = ""
        if self._prompt:
            self._prompt.show(AS_IN_PROFILE, "")
        self._mark({})
        by_id("chat-model").focus()

    def _submitted(self, event: js.Event) -> None:
        event.preventDefault()
        if self._prompt is None:
            return
        wrong: dict[str, str] = {}
        temperature = fields.number("chat-temperature", "Temperature", 0, MOST_TEMPERATURE, wrong)
        max_tokens = fields.whole_number("chat-max-tokens", "Max tokens", 1, MOST_TOKENS, wrong)
        chosen = self._prompt.chosen
        text = self._prompt.own_text if chosen == OWN else None
        if text and (sentence := self._check.fault(text, self._settings())):
            wrong["chat-system-prompt"] = sentence
        if wrong:
            self._mark(wrong)
            return
        profile, model = self._profile(), fields.value("chat-model")
        self._dialog.close()
        self._who.take(
            Overrides(
                profile=profile.id,
                model="" if model == profile.provider.model else model,
                temperature=temperature,
                max_tokens=max_tokens,
                prompt="" if chosen == OWN else chosen,
                system_prompt=text,
                unknown=self._page.workspace.current.overrides.unknown,
            )
        )

    def _mark(self, sentences: dict[str, str]) -> None:
        if first := fields.mark_all(by_id("this-chat-form"), sentences):
            fields.go_to(first)

    def _closed(self) -> None:
        if not self._dialog.open:  # the event comes late, and the dialog may be open again
            self._listeners.close()
            self._dialog.replaceChildren()
