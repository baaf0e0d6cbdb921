"""The settings as they are kept: one JSON record with a version, and never a key in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Protocol

from halt.providers.base import ProviderSettings

NAME = "halt.settings"
VERSION = 1
SECRETS = frozenset({"api_key"})


class TextStore(Protocol):
    """Keeps small texts by name."""

    def read(self, name: str) -> str | None:
        """Read a text, or ``None`` where there is none."""
        ...

    def write(self, name: str, text: str) -> bool:
        """Keep a text; False where that can't be done."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a person has set. ``silence_s`` is how many seconds of silence are waited before saying so (S26).

    ``unknown`` holds fields of a newer version, so that they survive this one.
    """

    provider: ProviderSettings = field(default_factory=ProviderSettings)
    silence_s: float = 30.0
    unknown: dict[str, Any] = field(default_factory=dict)


def dump(settings: Settings) -> str:
    """Write the settings as JSON, without their key."""
    provider = {name: value for name, value in asdict(settings.provider).items() if name not in SECRETS}
    record = {**settings.unknown, "version": VERSION, "provider": provider, "silence_s": settings.silence_s}
    return json.dumps(record)


def load(text: str | None) -> Settings:
    """Read settings; what is missing or damaged takes its default, so that a page always starts."""
    try:
        record = json.loads(text or "{}")
    except ValueError:
        return Settings()
    if not isinstance(record, dict):
        return Settings()
    provider = record.pop("provider", {})
    silence_s = record.pop("silence_s", None)
    record.pop("version", None)
    settings = Settings(provider=_provider(provider if isinstance(provider, dict) else {}), unknown=record)
    if isinstance(silence_s, int | float) and silence_s > 0:
        settings = replace(settings, silence_s=float(silence_s))
    return settings


def _provider(record: dict[str, Any]) -> ProviderSettings:
    known = {one.name for one in fields(ProviderSettings)} - SECRETS
    kept = {name: value for name, value in record.items() if name in known and _fits(name, value)}
    return ProviderSettings(**kept)


def _fits(name: str, value: object) -> bool:
    if name == "temperature":
        return value is None or isinstance(value, int | float)
    if name == "max_tokens":
        return value is None or isinstance(value, int)
    return isinstance(value, str)
