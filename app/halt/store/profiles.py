"""Provider profiles and the library of prompts, as they are kept with the settings; and never a key in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from halt.providers.base import ProviderSettings
from halt.providers.presets import preset
from halt.store.fields import SECRETS, Record, is_number

# What a setting may be at most; OpenAI's own bound for the temperature, sanity for the others.
MOST_TEMPERATURE = 2
MOST_TOKENS = 10_000_000
# US dollars per million tokens.
MOST_PRICE = 10_000
# With the first one, four replies side by side (S23).
MOST_ALSO_MODELS = 3
# A name is a line of a menu (characters).
MOST_NAME = 60

FIRST = "first"
"""The id of the profile that is there from the beginning: the same everywhere, so that what is kept finds it again."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A provider with its models and parameters, under a name; without one it is called by its provider.

    ``prompt`` is the id of the prompt of the library that is its system prompt; empty, that is ``provider``'s own.
    ``unknown`` and ``unknown_of_provider`` hold fields of a newer version, so that they survive this one.
    """

    id: str = FIRST
    given_name: str = ""
    provider: ProviderSettings = field(default_factory=ProviderSettings)
    prompt: str = ""
    unknown: Record = field(default_factory=dict)
    unknown_of_provider: Record = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.given_name or preset(self.provider.preset).name

    def settings(self, prompts: Mapping[str, str]) -> ProviderSettings:
        """Give its settings with their system prompt; ``prompts`` are the library's texts by id."""
        return replace(self.provider, system_prompt=prompts.get(self.prompt, self.provider.system_prompt))


@dataclass(frozen=True, slots=True)
class PromptPreset:
    """A system prompt of the library, which may have variables (``halt.chat.prompt``)."""

    id: str
    name: str = ""
    text: str = ""
    unknown: Record = field(default_factory=dict)


EXAMPLES = (
    PromptPreset(
        "example-brief",
        "Short answers",
        "Answer briefly: the answer first, then only what is needed to use it. Say so when you are not sure.\n"
        "Today is {{ weekday }}, {{ date }}.",
    ),
    PromptPreset(
        "example-language",
        "In my language",
        "Answer in the language of the question; where that can't be told, in the one with the code {{ language }}.\n"
        "Keep code, names and quotations as they are.",
    ),
    PromptPreset(
        "example-passage",
        "About what I selected",
        "{% if selection %}The questions are about this passage of the conversation:\n\n{{ selection }}\n\n"
        "Stay with it, and quote its words where that helps.{% else %}Be precise, and ask back where a question "
        "can be understood in several ways.{% endif %}",
    ),
)
"""The prompts that the library begins with; none is in force."""


def profile_record(profile: Profile) -> Record:
    """Give what is kept of a profile: all but its key."""
    own = {"id": profile.id, "name": profile.given_name, "prompt": profile.prompt}
    provider = without_secrets(asdict(profile.provider))
    return {**profile.unknown, **own, "provider": {**profile.unknown_of_provider, **provider}}


def prompt_record(prompt: PromptPreset) -> Record:
    """Give what is kept of a prompt."""
    return {**prompt.unknown, "id": prompt.id, "name": prompt.name, "text": prompt.text}


def read_profiles(records: object) -> tuple[Profile, ...]:
    """Read all profiles that can be read; there is always one."""
    found: dict[str, Profile] = {}
    for record in records if isinstance(records, list) else []:
        if isinstance(record, dict):
            profile = _read_profile(without_secrets(record), found)
            found[profile.id] = profile
    return tuple(found.values()) or (Profile(),)


def read_prompts(records: object) -> tuple[PromptPreset, ...]:
    """Read all prompts that can be read; where there is no library, the one that comes with Halt."""
    if not isinstance(records, list):
        return EXAMPLES
    found: dict[str, PromptPreset] = {}
    for one in records:
        if isinstance(one, dict) and isinstance(one.get("text"), str):
            record = without_secrets(one)
            name, text = _text(record.pop("name", "")), record.pop("text")
            prompt_id = free_id(_text(record.pop("id", "")), "prompt", found)
            found[prompt_id] = PromptPreset(prompt_id, name[:MOST_NAME], text, record)
    return tuple(found.values())


def free_id(wanted: str, kind: str, taken: Collection[str]) -> str:
    """Give an id that is not taken: the wanted one, else one that is made from the kind of thing it is for."""
    number = len(taken)
    while not wanted or wanted in taken:
        number += 1
        wanted = f"{kind}-{number}"
    return wanted


def without_secrets(record: Mapping[str, Any]) -> Record:
    """Give a record without what must never be kept or read."""
    return {name: value for name, value in record.items() if name not in SECRETS}


def _read_profile(record: Record, taken: Collection[str]) -> Profile:
    provider = record.pop("provider", {})
    provider = without_secrets(provider) if isinstance(provider, dict) else {}
    names = {one.name for one in fields(ProviderSettings)}
    name, prompt = _text(record.pop("name", "")), _text(record.pop("prompt", ""))
    return Profile(
        id=free_id(_text(record.pop("id", "")) or (FIRST if not taken else ""), "profile", taken),
        given_name=name[:MOST_NAME],
        prompt=prompt,
        provider=read_provider(provider),
        unknown=record,
        unknown_of_provider={name: value for name, value in provider.items() if name not in names},
    )


def read_provider(record: Record) -> ProviderSettings:
    """Read a provider's settings; what is missing or damaged takes its default."""
    names = {one.name for one in fields(ProviderSettings)}
    kept = {name: value for name, value in record.items() if name in names and _fits(name, value)}
    if "also_models" in kept:
        kept["also_models"] = tuple(kept["also_models"])
    # The default model is the mock's, and another provider must not be asked for it.
    return ProviderSettings(**({"model": ""} if kept.get("preset", "mock") != "mock" else {}) | kept)


def _fits(name: str, value: object) -> bool:
    if name == "temperature":
        return value is None or is_number(value, MOST_TEMPERATURE)
    if name == "max_tokens":
        return value is None or (isinstance(value, int) and is_number(value, MOST_TOKENS) and value >= 1)
    if name in ("input_price", "output_price"):
        return value is None or is_number(value, MOST_PRICE)
    if name == "also_models":
        return isinstance(value, list) and all(isinstance(one, str) for one in value) and len(value) <= MOST_ALSO_MODELS
    return isinstance(value, str)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
