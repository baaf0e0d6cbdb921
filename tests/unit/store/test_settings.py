"""The settings as they are kept: everything comes back but the key, and no damage keeps a page from starting."""

from __future__ import annotations

import json

import pytest

from halt.providers.base import ProviderSettings
from halt.store.settings import VERSION, Settings, dump, load

KEY = "sk-0123456789abcdef"
PROVIDER = ProviderSettings(
    preset="custom", base_url="https://a.example/v1", model="m", temperature=0.5, max_tokens=100, system_prompt="Ü\n"
)


def test_what_is_kept_comes_back() -> None:
    settings = Settings(provider=PROVIDER, silence_s=12.5, titles=False)
    assert load(dump(settings)) == settings
    assert json.loads(dump(settings))["version"] == VERSION


def test_prices_are_kept() -> None:
    """S22"""
    provider = ProviderSettings(preset="openai", model="m", input_price=0.25, output_price=0.0)
    assert load(dump(Settings(provider=provider))).provider == provider


def test_no_key_is_ever_kept_or_read() -> None:
    with_key = Settings(provider=ProviderSettings(preset="openai", api_key=KEY, model="m"))
    assert KEY not in dump(with_key)
    record = {"api_key": KEY, "provider": {"preset": "openai", "api_key": KEY, "model": "m"}}
    assert load(json.dumps(record)).provider.api_key == ""
    assert KEY not in dump(load(json.dumps(record)))
    assert KEY not in repr(with_key)


def test_fields_of_a_newer_version_survive_this_one() -> None:
    newer = {
        "version": 99,
        "theme": {"dark": True},
        "provider": {"preset": "custom", "model": "m", "effort": "high"},
        "silence_s": 5,
    }
    kept = json.loads(dump(load(json.dumps(newer))))
    assert kept["theme"] == {"dark": True}
    assert kept["provider"]["effort"] == "high"
    assert kept["version"] == VERSION


@pytest.mark.parametrize("text", [None, "", "{", "null", "[]", '"x"', "7", "[" * 100_000, '{"provider": 7}'])
def test_a_damaged_record_is_a_fresh_page(text: str | None) -> None:
    assert load(text) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", "hot"),
        ("temperature", 9),
        ("temperature", True),
        ("temperature", float("nan")),
        ("max_tokens", 0.5),
        ("max_tokens", 0),
        ("max_tokens", False),
        ("input_price", -1),
        ("input_price", "1"),
        ("input_price", True),
        ("output_price", float("nan")),
        ("output_price", 10_001),
        ("base_url", 7),
        ("system_prompt", None),
    ],
)
def test_a_damaged_field_takes_its_default_and_the_others_stay(name: str, value: object) -> None:
    record = {"provider": {"preset": "custom", "model": "m", name: value}}
    assert load(json.dumps(record)).provider == ProviderSettings(preset="custom", model="m")


@pytest.mark.parametrize("seconds", [0, -1, "5", None, True, float("inf"), float("nan"), 1e9])
def test_a_silence_that_cannot_be_waited_for_takes_its_default(seconds: object) -> None:
    assert load(json.dumps({"silence_s": seconds})).silence_s == Settings().silence_s


def test_a_server_is_never_asked_for_the_mocks_model() -> None:
    assert load('{"provider": {"preset": "custom"}}').provider.model == ""
    assert load('{"provider": {"preset": "mock"}}').provider.model == ProviderSettings().model
    assert load("{}").provider.model == ProviderSettings().model
