"""The settings as they are kept: one JSON record with a version, and never a key in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Protocol

from halt.providers.base import ProviderSettings

NAME = "halt.settings"
VERSION = 1
SECRETS = frozenset({"api_key"})

# What a setting may be at most; OpenAI's own bound for the temperature, sanity for the others.
MOST_TEMPERATURE = 2
MOST_TOKENS = 10_000_000
MOST_SILENCE_S = 3_600
# US dollars per million tokens.
MOST_PRICE = 10_000
# With the first one, four replies side by side (S23).
MOST_ALSO_MODELS = 3


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
    """All that a person has set. ``silence_s`` is how many seconds of silence are waited before saying so (S26), and
    ``silence_limit_s`` how many before the run is given up (``None``: never). ``titles``: models are asked for titles.

    ``unknown`` and ``unknown_of_provider`` hold fields of a newer version, so that they survive this one.
    """

    provider: ProviderSettings = field(default_factory=ProviderSettings)
    silence_s: float = 30.0
    silence_limit_s: float | None = None
    titles: bool = True
    unknown: dict[str, Any] = field(default_factory=dict)
    unknown_of_provider: dict[str, Any] = field(default_factory=dict)


def dump(settings: Settings) -> str:
    """Write the settings as JSON, without their key."""
    provider = {**settings.unknown_of_provider, **_without_secrets(asdict(settings.provider))}
    own = {name: getattr(settings, name) for name in ("silence_s", "silence_limit_s", "titles")}
    return json.dumps({**settings.unknown, "version": VERSION, "provider": provider, **own})


def load(text: str | None) -> Settings:
    """Read settings; what is missing or damaged takes its default, so that a page always starts."""
    try:
        record = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return Settings()
    if not isinstance(record, dict):
        return Settings()
    provider = record.pop("provider", {})
    provider = _without_secrets(provider) if isinstance(provider, dict) else {}
    silence_s, silence_limit_s = record.pop("silence_s", None), record.pop("silence_limit_s", None)
    titles = record.pop("titles", None)
    record.pop("version", None)
    names = {one.name for one in fields(ProviderSettings)}
    settings = Settings(
        provider=_provider({name: value for name, value in provider.items() if name in names}),
        unknown=_without_secrets(record),
        unknown_of_provider={name: value for name, value in provider.items() if name not in names},
    )
    if _is_number(silence_s, 1, MOST_SILENCE_S):
        settings = replace(settings, silence_s=float(silence_s))
    if _is_number(silence_limit_s, 1, MOST_SILENCE_S):
        settings = replace(settings, silence_limit_s=float(silence_limit_s))
    if isinstance(titles, bool):
        settings = replace(settings, titles=titles)
    return settings


def _without_secrets(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in SECRETS}


def _provider(record: dict[str, Any]) -> ProviderSettings:
    kept = {name: value for name, value in record.items() if _fits(name, value)}
    if "also_models" in kept:
        kept["also_models"] = tuple(kept["also_models"])
    # The default model is the mock's, and another provider must not be asked for it.
    return ProviderSettings(**({"model": ""} if kept.get("preset", "mock") != "mock" else {}) | kept)


def _fits(name: str, value: object) -> bool:
    if name == "temperature":
        return value is None or _is_number(value, 0, MOST_TEMPERATURE)
    if name == "max_tokens":
        return value is None or (isinstance(value, int) and _is_number(value, 1, MOST_TOKENS))
    if name in ("input_price", "output_price"):
        return value is None or _is_number(value, 0, MOST_PRICE)
    if name == "also_models":
        return isinstance(value, list) and all(isinstance(one, str) for one in value) and len(value) <= MOST_ALSO_MODELS
    return isinstance(value, str)


def _is_number(value: object, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
