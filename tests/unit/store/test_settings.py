"""The settings as they are kept: everything comes back but the key, and no damage keeps a page from starting."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from halt.providers.base import ProviderSettings
from halt.store.migration import bring
from halt.store.profiles import EXAMPLES, FIRST, Profile, PromptPreset
from halt.store.settings import FORM, NAME, VERSION, Settings, dump, load, load_from

KEY = "sk-0123456789abcdef"
PROVIDER = ProviderSettings(
    preset="custom", base_url="https://a.example/v1", model="m", temperature=0.5, max_tokens=100, system_prompt="Ü\n"
)


class Memory:
    """Implements ``TextStore``."""

    def __init__(self, record: object) -> None:
        self.texts = {NAME: json.dumps(record)}

    def read(self, name: str) -> str | None:
        return self.texts.get(name)

    def write(self, name: str, text: str) -> bool:
        self.texts[name] = text
        return True

    def remove(self, name: str) -> None:
        self.texts.pop(name, None)


def of(provider: ProviderSettings) -> Settings:
    return Settings((Profile(provider=provider),))


def read_one(record: dict[str, Any]) -> ProviderSettings:
    """Read the provider out of a record of one profile."""
    return load(json.dumps({"version": VERSION, "profiles": [record]})).in_force.provider


def test_what_is_kept_comes_back() -> None:
    settings = Settings(
        profiles=(Profile("a", "Work", PROVIDER, "p"), Profile("b", provider=ProviderSettings())),
        profile="b",
        prompts=(PromptPreset("p", "Brief", "Be brief."), PromptPreset("q")),
        silence_s=12.5,
        silence_limit_s=60,
        titles=False,
        theme="dark",
        font_size=125,
        send_key="Mod+Enter",
    )
    assert load(dump(settings)) == settings
    assert json.loads(dump(settings))["version"] == VERSION
    assert load(dump(replace(settings, prompts=()))).prompts == ()


def test_a_profile_is_called_by_its_name_else_by_its_provider() -> None:
    assert Profile("a", "Work", PROVIDER).name == "Work"
    assert Profile("a", "", ProviderSettings(preset="openai")).name == "OpenAI"


def test_a_profile_asks_with_its_prompt_of_the_library_and_with_its_own_where_that_is_gone() -> None:
    settings = replace(of(PROVIDER), prompts=(PromptPreset("p", "Brief", "Be brief."),))
    assert settings.provider_settings()[FIRST].system_prompt == "Ü\n"
    chosen = replace(settings, profiles=(replace(settings.in_force, prompt="p"),))
    assert chosen.provider_settings()[FIRST].system_prompt == "Be brief."
    assert replace(chosen, prompts=()).provider_settings()[FIRST].system_prompt == "Ü\n"


def test_prices_are_kept() -> None:
    """S22"""
    provider = ProviderSettings(preset="openai", model="m", input_price=0.25, output_price=0.0)
    assert load(dump(of(provider))).in_force.provider == provider


def test_no_key_is_ever_kept_or_read() -> None:
    with_key = of(ProviderSettings(preset="openai", api_key=KEY, model="m"))
    assert KEY not in dump(with_key)
    provider = {"preset": "openai", "api_key": KEY, "model": "m"}
    record = {
        "version": VERSION,
        "api_key": KEY,
        "profiles": [{"id": "a", "api_key": KEY, "provider": provider}],
        "prompts": [{"id": "p", "text": "", "api_key": KEY}],
    }
    for text in (json.dumps(record), json.dumps({"api_key": KEY, "provider": provider})):
        assert load(text).in_force.provider.api_key == ""
        assert KEY not in dump(load(text))
    assert KEY not in repr(with_key)


def test_fields_of_a_newer_version_survive_this_one() -> None:
    newer = {
        "version": 99,
        "sounds": {"on": True},
        "profiles": [{"id": "a", "icon": "x", "provider": {"preset": "custom", "model": "m", "effort": "high"}}],
        "prompts": [{"id": "p", "text": "t", "tags": ["x"]}],
        "silence_s": 5,
    }
    kept = json.loads(dump(load(json.dumps(newer))))
    assert kept["sounds"] == {"on": True}
    assert kept["profiles"][0]["icon"] == "x"
    assert kept["profiles"][0]["provider"]["effort"] == "high"
    assert kept["prompts"][0]["tags"] == ["x"]
    assert kept["version"] == VERSION


def test_the_one_provider_of_version_1_is_the_first_profile() -> None:
    provider = {"preset": "custom", "base_url": "https://a.example/v1", "model": "m", "effort": "high"}
    store = Memory({"version": 1, "provider": provider, "silence_s": 5, "titles": False, "later": [1]})
    for _ in range(2):
        settings = load_from(store)
        assert settings.in_force.provider == ProviderSettings(
            preset="custom", base_url="https://a.example/v1", model="m"
        )
        assert (settings.in_force.id, settings.silence_s, settings.titles) == (FIRST, 5, False)
        assert settings.prompts == EXAMPLES
        kept = json.loads(dump(settings))
        assert kept["profiles"][0]["provider"]["effort"] == "high"
        assert kept["later"] == [1]
    assert list(store.texts) == [NAME]


@pytest.mark.parametrize(
    "record",
    [{}, {"version": 1}, {"provider": 7}, {"provider": {"preset": 7, "model": None}}, {"silence_s": float("nan")}],
)
def test_whatever_version_1_has_written_can_be_brought_over(record: dict[str, Any]) -> None:
    assert bring(Memory(record), FORM) is not None


def test_version_1_that_writes_over_a_newer_record_loses_no_profile() -> None:
    profiles = (Profile("a", "Work", PROVIDER), Profile("b", "Home", replace(PROVIDER, model="n")))
    here = Settings(profiles, profile="b", theme="dark")
    # What that version doesn't know it carries along, and it writes the only provider that it knows.
    over = json.loads(dump(here)) | {"version": 1, "provider": {"preset": "mock", "model": "halt-mock"}}
    assert load(json.dumps(over)) == here
    chosen = load(json.dumps(over | {"provider": {"preset": "openai", "model": "o"}}))
    assert chosen.profiles[:2] == here.profiles
    assert chosen.in_force.provider == ProviderSettings(preset="openai", model="o")


def test_profiles_and_prompts_that_are_damaged_cost_no_other() -> None:
    good = {"id": "a", "provider": {"preset": "openai", "model": "m"}}
    record = {
        "version": 2,
        "profiles": [7, good, {"id": "a", "provider": 7}, {}],
        "profile": "gone",
        "prompts": [7, {"id": "p"}, {"id": "p", "text": "one"}, {"id": "p", "name": 7, "text": "two"}],
    }
    settings = load(json.dumps(record))
    assert [one.provider.model for one in settings.profiles] == ["m", "halt-mock", "halt-mock"]
    assert len({one.id for one in settings.profiles}) == 3
    assert settings.in_force.id == "a"
    assert [one.text for one in settings.prompts] == ["one", "two"]
    assert len({one.id for one in settings.prompts}) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("theme", {"dark": True}),
        ("font_size", 79),
        ("font_size", 201),
        ("font_size", 100.5),
        ("font_size", True),
        ("font_size", "120"),
        ("send_key", "Space"),
        ("send_key", None),
        ("titles", 1),
    ],
)
def test_looks_that_cannot_be_take_their_default(name: str, value: object) -> None:
    assert load(json.dumps({"version": 2, name: value})) == Settings()


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
    assert read_one(record) == ProviderSettings(preset="custom", model="m")
    assert load(json.dumps(record)).in_force.provider == ProviderSettings(preset="custom", model="m")


@pytest.mark.parametrize("seconds", [0, -1, "5", None, True, float("inf"), float("nan"), 1e9])
def test_a_silence_that_cannot_be_waited_for_takes_its_default(seconds: object) -> None:
    assert load(json.dumps({"silence_s": seconds})).silence_s == Settings().silence_s


def test_a_server_is_never_asked_for_the_mocks_model() -> None:
    assert read_one({"provider": {"preset": "custom"}}).model == ""
    assert read_one({"provider": {"preset": "mock"}}).model == ProviderSettings().model
    assert load('{"provider": {"preset": "custom"}}').in_force.provider.model == ""
    assert load("{}").in_force.provider.model == ProviderSettings().model
