"""The fields of the settings dialog: filling them, reading them, and saying under a field what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import js

from halt.browser.dom import Listeners, by_id
from halt.providers.address import normalize_base_url, origin_of
from halt.providers.base import ProviderSettings
from halt.providers.errors import BadAddress, BadKey, KeyForgotten, KeyLocked, NoModel, ProviderError
from halt.providers.presets import PRESETS, preset, stop_note
from halt.store.settings import MOST_ALSO_MODELS, MOST_SILENCE_S, MOST_TEMPERATURE, MOST_TOKENS, Settings
from halt.ui import fields
from halt.ui.key_field import KeyField
from halt.ui.price_fields import ModelAsked, PriceFields

# Which field an error is about; what is wrong for any other reason has to do with where the provider is.
_FIELD_OF: Mapping[type[ProviderError], str] = {
    BadAddress: "base-url",
    BadKey: "api-key",
    KeyForgotten: "api-key",
    KeyLocked: "api-key",
    NoModel: "model",
}


class InvalidFields(Exception):
    """Fields that can't be used as they are: their ids, each with the sentence that says why."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__(" ".join(sentences.values()))
        self.sentences = sentences


class SettingsForm:
    """Holds what is typed, for each provider its own, until the dialog closes.

    A key stays with the origin that it was typed for, and prices with their model. ``verify`` raises the
    ``ProviderError`` of settings that no request can be made from.
    """

    def __init__(self, key: KeyField, listeners: Listeners, verify: Callable[[ProviderSettings], None]) -> None:
        self._key = key
        self._verify = verify
        self._settings = Settings()
        self._drafts: dict[str, ProviderSettings] = {}
        self._preset = ""
        self._prices = PriceFields()
        provider = by_id("provider")
        for row in PRESETS:
            provider.append(js.Option.new(row.name, row.id))
        listeners.listen(provider, "change", lambda _: self._choose(provider.value))
        listeners.listen(by_id("base-url"), "input", lambda _: self._address_typed())
        listeners.listen(by_id("base-url"), "change", lambda _: self._bind())
        listeners.listen(by_id("model"), "change", lambda _: self._bind())
        listeners.listen(by_id("settings-form"), "input", lambda event: fields.unmark(event.target))

    def fill(self, settings: Settings) -> None:
        """Show ``settings``; whatever was typed before is forgotten."""
        provider = settings.provider
        self._settings = settings
        self._drafts = {preset(provider.preset).id: provider}
        self._key.clear()
        self._preset = ""
        self._choose(preset(provider.preset).id)
        self._prices.fill(self._model_asked(), provider)
        by_id("temperature").value = "" if provider.temperature is None else f"{provider.temperature:g}"
        by_id("max-tokens").value = "" if provider.max_tokens is None else str(provider.max_tokens)
        by_id("silence").value = f"{settings.silence_s:g}"
        by_id("silence-limit").value = "" if settings.silence_limit_s is None else f"{settings.silence_limit_s:g}"
        by_id("titles").checked = settings.titles
        by_id("also").value = ", ".join(provider.also_models)
        by_id("system-prompt").value = provider.system_prompt
        self.mark({})

    def read(self, *, needs_model: bool = False) -> Settings:
        """Read the settings; raises ``InvalidFields`` with all that can't be used."""
        self._bind()
        wrong: dict[str, str] = {}
        input_price, output_price = self._prices.read(wrong)
        provider = ProviderSettings(
            preset=self._preset,
            model=fields.value("model"),
            also_models=_names("also", wrong),
            temperature=fields.number("temperature", "Temperature", 0, MOST_TEMPERATURE, wrong),
            max_tokens=fields.whole_number("max-tokens", "Max tokens", 1, MOST_TOKENS, wrong),
            system_prompt=by_id("system-prompt").value,
            input_price=input_price,
            output_price=output_price,
        )
        if provider.preset != "mock":
            provider = replace(provider, api_key=self._key.key)
            try:
                provider = replace(provider, base_url=normalize_base_url(by_id("base-url").value))
                self._verify(provider)
            except KeyLocked as error:
                if not needs_model:  # it is needed for trying, and not for saving
                    wrong["api-key"] = error.sentence
            except ProviderError as error:
                wrong[_FIELD_OF.get(type(error), "base-url")] = error.sentence
        wrong |= self._key.problems()
        silence_s = fields.number("silence", "The silence hint", 1, MOST_SILENCE_S, wrong)
        silence_limit_s = fields.number("silence-limit", "The limit", 1, MOST_SILENCE_S, wrong)
        if needs_model and not provider.model:
            wrong["model"] = NoModel().sentence
        if wrong:
            raise InvalidFields(wrong)
        return replace(
            self._settings,
            provider=provider,
            silence_s=silence_s or Settings().silence_s,
            silence_limit_s=silence_limit_s,
            titles=bool(by_id("titles").checked),
        )

    def keep_keys(self) -> None:
        """Put the keys that were typed into the key ring, each for its own origin; see ``KeyField.keep``."""
        self._key.bind(_origin())
        self._key.keep()

    def mark(self, sentences: Mapping[str, str]) -> None:
        """Say under each of these fields what is wrong with it, and go to the first; the others lose their marks."""
        for field in by_id("settings-form").querySelectorAll("[aria-invalid]"):
            fields.unmark(field)
        marked = [fields.mark(by_id(field_id), sentence) for field_id, sentence in sentences.items()]
        first = by_id("settings-form").querySelector("[aria-invalid]") if marked else None
        if first:
            first.focus()

    def mark_error(self, error: ProviderError) -> None:
        """Say under the field that it is about why nothing could be sent."""
        self.mark({_FIELD_OF.get(type(error), "base-url"): error.sentence})

    def offer_models(self, names: Sequence[str]) -> None:
        """Let the field "Model" offer ``names``, and go there; the only one there is fills an empty field."""
        by_id("models").replaceChildren(*[js.Option.new(name, name) for name in names])
        model = by_id("model")
        if len(names) == 1 and not fields.value("model"):
            model.value = names[0]
        model.focus()
        model.select()

    # A provider of its own

    def _choose(self, preset_id: str) -> None:
        if self._preset:
            self._drafts[self._preset] = ProviderSettings(base_url=by_id("base-url").value, model=fields.value("model"))
        row = preset(preset_id)
        draft = self._drafts.get(row.id, ProviderSettings(base_url=row.base_url, model=row.default_model))
        self._preset = by_id("provider").value = row.id
        by_id("base-url").value = "" if row.id == "mock" else draft.base_url or row.base_url
        by_id("model").value = draft.model or row.default_model
        by_id("models").replaceChildren()
        self.mark({})
        self._bind()
        self._explain()

    def _address_typed(self) -> None:
        if self._preset == "mock" and fields.value("base-url"):
            # The mock has no address: who types one means a server, which knows none of the mock's models.
            self._drafts["mock"] = ProviderSettings(model=fields.value("model"))
            self._preset = by_id("provider").value = "custom"
            by_id("model").value = self._drafts.get("custom", ProviderSettings(model="")).model
            by_id("models").replaceChildren()
            self._prices.follow(self._model_asked())
            self._explain()

    def _bind(self) -> None:
        self._key.bind(_origin())
        self._prices.follow(self._model_asked())

    def _model_asked(self) -> ModelAsked:
        return ModelAsked(self._preset, _origin(), fields.value("model"))

    def _explain(self) -> None:
        row = preset(self._preset)
        if row.id == "mock":
            help_text = "Answers offline, inside this page, so that you can try Stop. It needs no address and no key."
        else:
            note = stop_note(row)
            help_text = f"On Stop: {note[0].lower()}{note[1:]}"
        place = by_id("provider-help")
        place.textContent = help_text
        if row.key_url:
            link = js.document.createElement("a")
            link.href, link.target, link.rel = row.key_url, "_blank", "noreferrer"
            link.textContent = row.key_url.removeprefix("https://")
            place.append(" Get a key at ", link, ".")


def _origin() -> str:
    try:
        return origin_of(normalize_base_url(by_id("base-url").value))
    except BadAddress:
        return ""


def _names(field_id: str, wrong: dict[str, str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name for one in fields.value(field_id).split(",") if (name := one.strip())))
    if len(names) > MOST_ALSO_MODELS:
        wrong[field_id] = f"At most {MOST_ALSO_MODELS} more can be asked at once."
    return names
