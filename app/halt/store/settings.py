"""The settings as they are kept: one JSON record with a version, and never a key in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from halt.providers.base import ProviderSettings
from halt.store.fields import Record, is_number
from halt.store.migration import Form, TextStore, bring, parse, version_of
from halt.store.profiles import (
    EXAMPLES,
    FIRST,
    Profile,
    PromptPreset,
    profile_record,
    prompt_record,
    read_profiles,
    read_prompts,
    read_provider,
    without_secrets,
)

NAME = "halt.settings"
VERSION = 2

MOST_SILENCE_S = 3_600

THEMES = ("system", "light", "dark")
# Of the browser's own size, in percent. public/early.js, which reads them before Python does, has the same bounds.
LEAST_FONT_SIZE, MOST_FONT_SIZE = 80, 200
ENTER, MOD_ENTER = "Enter", "Mod+Enter"
SEND_KEYS = (ENTER, MOD_ENTER)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a person has set; ``profile`` is the id of the one of ``profiles`` that is for new chats.

    ``silence_s`` is how many seconds of silence are waited before saying so (S26), and ``silence_limit_s`` how many
    before the run is given up (``None``: never). ``titles``: models are asked for titles. ``font_size`` is in percent
    of the browser's own; ``send_key`` is "Enter", or "Mod+Enter" for Ctrl or Cmd with it. ``unknown`` holds fields of
    a newer version, so that they survive this one.
    """

    profiles: tuple[Profile, ...] = (Profile(),)
    profile: str = FIRST
    prompts: tuple[PromptPreset, ...] = EXAMPLES
    silence_s: float = 30.0
    silence_limit_s: float | None = None
    titles: bool = True
    theme: str = "system"
    font_size: int = 100
    send_key: str = ENTER
    unknown: dict[str, Any] = field(default_factory=dict)

    @property
    def in_force(self) -> Profile:
        """The profile for new chats."""
        return self.find(self.profile) or self.profiles[0]

    def find(self, profile_id: str) -> Profile | None:
        """Find a profile by its id, ``None`` where there is none."""
        return next((one for one in self.profiles if one.id == profile_id), None)

    @property
    def prompt_texts(self) -> dict[str, str]:
        """The library's texts by id."""
        return {one.id: one.text for one in self.prompts}

    def provider_settings(self) -> dict[str, ProviderSettings]:
        """Give each profile's settings, with its system prompt, by the profile's id."""
        texts = self.prompt_texts
        return {one.id: one.settings(texts) for one in self.profiles}


_OWN = ("profile", "silence_s", "silence_limit_s", "titles", "theme", "font_size", "send_key")


def dump(settings: Settings) -> str:
    """Write the settings as JSON, without any key."""
    return json.dumps(
        {
            **settings.unknown,
            "version": VERSION,
            "profiles": [profile_record(one) for one in settings.profiles],
            "prompts": [prompt_record(one) for one in settings.prompts],
            **{name: getattr(settings, name) for name in _OWN},
        }
    )


def load(text: str | None) -> Settings:
    """Read settings of this version; what is missing or damaged takes its default, so that a page always starts."""
    record = parse(text)
    if record is not None and version_of(record) < VERSION:
        record = from_version_1(record)
    return read(record or {})


def load_from(store: TextStore) -> Settings:
    """Read the settings that are kept, of whichever version."""
    return read(bring(store, FORM) or {})


def read(record: Mapping[str, Any]) -> Settings:
    """Read settings out of a record of this version."""
    left = without_secrets(record)
    left.pop("version", None)
    profiles, prompts = read_profiles(left.pop("profiles", None)), read_prompts(left.pop("prompts", None))
    own = {name: left.pop(name) for name in _OWN if name in left}
    kept = {name: value for name, value in own.items() if _fits(name, value)}
    settings = Settings(profiles, prompts=prompts, unknown=left, **kept)
    return settings if settings.find(settings.profile) else _with_profile(settings, profiles[0].id)


def _with_profile(settings: Settings, profile_id: str) -> Settings:
    own = {name: getattr(settings, name) for name in _OWN} | {"profile": profile_id}
    return Settings(settings.profiles, prompts=settings.prompts, unknown=settings.unknown, **own)


def _fits(name: str, value: object) -> bool:
    match name:
        case "silence_s":
            return is_number(value, MOST_SILENCE_S) and value >= 1
        case "silence_limit_s":
            return value is None or (is_number(value, MOST_SILENCE_S) and value >= 1)
        case "titles":
            return isinstance(value, bool)
        case "theme":
            return value in THEMES
        case "font_size":
            return isinstance(value, int) and is_number(value, MOST_FONT_SIZE) and value >= LEAST_FONT_SIZE
        case "send_key":
            return value in SEND_KEYS
    return isinstance(value, str)


# Version 1 had one provider, as the record's field "provider".


def from_version_1(record: Record) -> Record:
    """Make the one provider of version 1 the first profile.

    Where there are profiles already, that version has written over a record of this one: they are kept, and its
    provider comes beside them and into force, unless nobody chose it.
    """
    new = {name: value for name, value in without_secrets(record).items() if name != "provider"}
    provider = record.get("provider")
    provider = without_secrets(provider) if isinstance(provider, dict) else {}
    profiles = new.get("profiles")
    if not isinstance(profiles, list) or not profiles:
        return new | {"profiles": [{"id": FIRST, "provider": provider}], "profile": FIRST}
    if read_provider(provider) != ProviderSettings():
        taken = [one.get("id") for one in profiles if isinstance(one, dict)]
        own = next(name for number in range(1, len(taken) + 2) if (name := f"version-1-{number}") not in taken)
        new |= {"profiles": [*profiles, {"id": own, "provider": provider}], "profile": own}
    return new


def _says_the_same(old: Record, new: Record) -> bool:
    """Tell whether all that version 1 would have read is there, whatever else came with it."""
    settings = read(new)
    one = old.get("provider")
    provider = read_provider(without_secrets(one) if isinstance(one, dict) else {})
    chosen = settings.in_force.provider == provider or provider == ProviderSettings()
    left_out = ("version", "provider", "profile", "profiles")
    carried = {name: value for name, value in without_secrets(old).items() if name not in left_out}
    there = {name: new.get(name) for name in carried}
    return chosen and json.dumps(there) == json.dumps(carried)  # as text: a NaN is not equal to itself


FORM = Form(NAME, VERSION, {1: from_version_1}, _says_the_same)
"""How the settings are kept."""
