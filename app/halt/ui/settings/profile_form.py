"""The fields of one profile: filling them, reading them, and what was typed in them while another one is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import js

from halt.browser.dom import Listeners, by_id
from halt.chat.prompt import has_variables
from halt.providers.address import normalize_base_url, origin_of
from halt.providers.base import ProviderSettings
from halt.providers.errors import (
    BadAddress,
    BadCode,
    BadKey,
    BadPrompt,
    KeyForgotten,
    KeyLocked,
    NoModel,
    ProviderError,
)
from halt.providers.preset import Dialect
from halt.providers.presets import PRESETS, preset
from halt.store.profiles import MOST_ALSO_MODELS, MOST_TEMPERATURE, MOST_TOKENS, Profile, PromptPreset
from halt.ui.settings import fields, words_on_providers
from halt.ui.settings.fields import InvalidFields
from halt.ui.settings.key_field import KeyField
from halt.ui.settings.price_fields import ModelAsked, PriceFields
from halt.ui.settings.prompt_choice import PromptChoice
from halt.ui.settings.prompt_preview import PromptCheck, PromptPreview
from halt.ui.settings.python_field import PythonField

# Which field an error is about; what is wrong for any other reason has to do with where the provider is.
_FIELD_OF: Mapping[type[ProviderError], str] = {
    BadAddress: "base-url",
    BadCode: "python-code",
    BadKey: "api-key",
    BadPrompt: "system-prompt",
    KeyForgotten: "api-key",
    KeyLocked: "api-key",
    NoModel: "model",
}
_TEXTS = ("profile-name", "base-url", "model", "also", "temperature", "max-tokens", "python-code")


@dataclass(slots=True)
class ProfileDraft:
    """A profile while the dialog is open: as it was, and what was typed since. ``seen`` once the fields showed it."""

    profile: Profile
    preset: str = ""
    providers: dict[str, ProviderSettings] = field(default_factory=dict)
    prices: PriceFields = field(default_factory=PriceFields)
    texts: dict[str, str] = field(default_factory=dict)
    prompt: str = ""
    own_prompt: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        self.preset = preset(self.profile.provider.preset).id
        self.prompt, self.own_prompt = self.profile.prompt, self.profile.provider.system_prompt
        self.name = self.profile.name

    @property
    def seen(self) -> bool:
        """Tell whether anything of it can have been typed."""
        return bool(self.texts)


class ProfileForm:
    """Holds what is typed for one profile, for each provider its own.

    A key stays with the origin that it was typed for, and prices with their model. ``check`` raises the
    ``ProviderError`` of settings that no request can be made from.
    """

    def __init__(
        self,
        key: KeyField,
        listeners: Listeners,
        verify: Callable[[ProviderSettings], None],
        check: PromptCheck,
    ) -> None:
        self._key = key
        self._verify = verify
        self._check = check
        self._draft = ProfileDraft(Profile())
        self._python = PythonField(listeners)
        self._prompt = PromptChoice("prompt-choice", "system-prompt", "Own text", listeners)
        self._preview = PromptPreview("system-prompt", check, lambda: self._shown_settings(), listeners)
        provider = by_id("provider")
        for row in PRESETS:
            provider.append(js.Option.new(row.name, row.id))
        listeners.listen(provider, "change", lambda _: self._choose(provider.value))
        listeners.listen(by_id("base-url"), "input", lambda _: self._address_typed())
        listeners.listen(by_id("base-url"), "change", lambda _: self._bind())
        listeners.listen(by_id("model"), "change", lambda _: self._bind())
        listeners.listen(by_id("prompt-choice"), "change", lambda _: self._explain_prompt())

    def begin(self) -> None:
        """Forget whatever was typed the last time."""
        self._key.clear()
        self._draft = ProfileDraft(Profile())

    def show(self, draft: ProfileDraft) -> None:
        """Show a profile, with whatever was typed for it before."""
        provider = draft.profile.provider
        self._draft = draft
        by_id("provider").value = draft.preset
        by_id("models").replaceChildren()
        if draft.seen:
            for field_id, text in draft.texts.items():
                by_id(field_id).value = text
            draft.prices.come_back()
        else:
            row = preset(draft.preset)
            draft.providers = {row.id: provider}
            by_id("profile-name").value = draft.profile.given_name
            by_id("base-url").value = "" if row.id == "mock" else provider.base_url or row.base_url
            by_id("model").value = provider.model or row.default_model
            self._python.fill(provider.code)
            by_id("also").value = ", ".join(provider.also_models)
            by_id("temperature").value = "" if provider.temperature is None else f"{provider.temperature:g}"
            by_id("max-tokens").value = "" if provider.max_tokens is None else str(provider.max_tokens)
            draft.prices.fill(self._model_asked(), provider)
            draft.texts = fields.texts(_TEXTS)
        self._key.bind(_origin())
        self._key.explain()
        self._prompt.show(draft.prompt, draft.own_prompt)
        self._explain()
        self._explain_prompt()

    def leave(self) -> None:
        """Remember what is typed with its profile, as the fields are going to show another one."""
        self._bind()
        draft = self._draft
        draft.texts = fields.texts(_TEXTS)
        draft.prompt, draft.own_prompt = self._prompt.chosen, self._prompt.own_text
        draft.name = fields.value("profile-name") or preset(draft.preset).name
        draft.prices.leave()

    def offer_prompts(self, prompts: Sequence[PromptPreset]) -> None:
        """Let the profile choose among these prompts of the library."""
        self._prompt.offer(prompts)
        self._explain_prompt()

    def read(self, *, needs_model: bool = False) -> Profile:
        """Read the profile; raises ``InvalidFields`` with all that can't be used.

        Its provider's settings have the key that is typed, which is for trying them and never kept with them.
        """
        self._bind()
        wrong: dict[str, str] = {}
        input_price, output_price = self._draft.prices.read(wrong)
        provider = replace(
            self._draft.profile.provider,
            preset=self._draft.preset,
            base_url="",
            api_key="",
            model=fields.value("model"),
            also_models=_names("also", wrong),
            temperature=fields.number("temperature", "Temperature", 0, MOST_TEMPERATURE, wrong),
            max_tokens=fields.whole_number("max-tokens", "Max tokens", 1, MOST_TOKENS, wrong),
            system_prompt=self._prompt.own_text,
            input_price=input_price,
            output_price=output_price,
            code=self._python.code,
        )
        if provider.preset != "mock":
            provider = replace(provider, api_key=self._key.key)
            try:
                if provider.preset != "python" or fields.value("base-url"):  # a program may need no address
                    provider = replace(provider, base_url=normalize_base_url(by_id("base-url").value))
                self._verify(provider)
            except KeyLocked as error:
                if not needs_model:  # it is needed for trying, and not for saving
                    wrong["api-key"] = error.sentence
            except ProviderError as error:
                wrong[_FIELD_OF.get(type(error), "base-url")] = error.sentence
        wrong |= self._key.problems()
        if needs_model and not provider.model:
            wrong["model"] = NoModel().sentence
        if not self._prompt.chosen and (sentence := self._check.fault(provider.system_prompt, provider)):
            wrong["system-prompt"] = sentence
        if wrong:
            raise InvalidFields(wrong)
        name = fields.value("profile-name")
        return replace(self._draft.profile, given_name=name, provider=provider, prompt=self._prompt.chosen)

    @property
    def has_variables(self) -> bool:
        """Tell whether the system prompt that is typed has to be filled in."""
        return has_variables(self._prompt.own_text)

    def keep_keys(self) -> None:
        """Put the keys that were typed into the key ring, each for its own origin; see ``KeyField.keep``."""
        self._key.bind(_origin())
        self._key.keep()

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
        draft, model = self._draft, fields.value("model")
        draft.providers[draft.preset] = ProviderSettings(base_url=by_id("base-url").value, model=model)
        row = preset(preset_id)
        typed = draft.providers.get(row.id, ProviderSettings(base_url=row.base_url, model=row.default_model))
        draft.preset = by_id("provider").value = row.id
        by_id("base-url").value = "" if row.id == "mock" else typed.base_url or row.base_url
        by_id("model").value = typed.model or row.default_model
        by_id("models").replaceChildren()
        fields.mark_all(by_id("settings-form"), {})
        self._bind()
        self._explain()

    def _address_typed(self) -> None:
        if self._draft.preset == "mock" and fields.value("base-url"):
            # The mock has no address: who types one means a server, which knows none of the mock's models.
            self._draft.providers["mock"] = ProviderSettings(model=fields.value("model"))
            self._draft.preset = by_id("provider").value = "custom"
            by_id("model").value = self._draft.providers.get("custom", ProviderSettings(model="")).model
            by_id("models").replaceChildren()
            self._draft.prices.follow(self._model_asked())
            self._explain()

    def _bind(self) -> None:
        self._key.bind(_origin())
        self._draft.prices.follow(self._model_asked())

    def _model_asked(self) -> ModelAsked:
        return ModelAsked(self._draft.preset, _origin(), fields.value("model"))

    def _shown_settings(self) -> ProviderSettings:
        return ProviderSettings(preset=self._draft.preset, model=fields.value("model"))

    def _explain(self) -> None:
        row = preset(self._draft.preset)
        by_id("profile-name").placeholder = row.name
        self._python.show(row.dialect is Dialect.PYTHON)
        by_id("base-url-help").textContent = words_on_providers.where_it_is(row)
        place = by_id("provider-help")
        place.textContent = words_on_providers.what_it_does(row)
        if row.key_url:
            link = js.document.createElement("a")
            link.href, link.target, link.rel = row.key_url, "_blank", "noreferrer"
            link.textContent = row.key_url.removeprefix("https://")
            place.append(" Get a key at ", link, ".")

    def _explain_prompt(self) -> None:
        by_id("system-prompt-help").textContent = (
            "This is a prompt of the library: change it under Prompts, or choose “Own text”."
            if self._prompt.chosen
            else "Told to the model before each question. {{ date }} and other variables are listed under Prompts."
        )
        self._preview.update()


def field_of(error: ProviderError) -> str:
    """Tell the id of the field that an error is about."""
    return _FIELD_OF.get(type(error), "base-url")


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
