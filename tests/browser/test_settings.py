"""Settings: they are kept, wrong ones are explained and lost nowhere, and a key goes to no origin but its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from halt.providers.presets import PRESETS
from tests.servers import ProviderServer

from .halt_page import HaltPage
from .settings_dialog import LABELS, Settings

KEY = "hunter2-0123456789abcdef"
NEVER = float("inf")


@pytest.fixture
def settings(halt: HaltPage) -> Settings:
    return Settings(halt).open()


def test_what_is_set_reaches_the_provider_and_comes_back(
    halt: HaltPage, settings: Settings, provider: ProviderServer
) -> None:
    settings.fill(url=f" {provider.url}/chat/completions/ ", key=KEY, model=" m ")
    settings.fill(temperature="0,5", max_tokens="1,000", silence="12.5", system="Be brief.\n")
    settings.field("Model").press("Enter")
    expect(settings.dialog).to_be_hidden()
    expect(halt.page.locator("#who")).to_have_text("Other (OpenAI-compatible) · m")
    halt.ask("Hello?")
    halt.expect_status("complete")
    exchange = provider.exchanges[0]
    assert exchange.headers["authorization"] == f"Bearer {KEY}"
    assert exchange.json == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}],
        "stream": True,
        "temperature": 0.5,
        "max_tokens": 1000,
    }
    settings.open()
    expect(settings.field("Provider")).to_have_value("custom")
    shown = {"url": provider.url, "key": KEY, "model": "m", "temperature": "0.5", "max_tokens": "1000"}
    for name, value in (shown | {"silence": "12.5", "system": "Be brief.\n"}).items():
        expect(settings.field(LABELS[name])).to_have_value(value)


def test_what_cannot_be_used_is_marked_explained_and_not_lost(settings: Settings) -> None:
    wrong = {"url": "ftp://x", "key": KEY, "model": "", "temperature": "hot", "max_tokens": "12.5", "silence": "0"}
    settings.choose("custom")
    settings.fill(**wrong, system="Stay.").press("Save")
    settings.expect_wrong("Base URL", "only https:// and http:// can be called")
    settings.expect_wrong("Model", "No model is chosen.")
    settings.expect_wrong("Temperature", "Temperature must be a number from 0 to 2, or empty.")
    settings.expect_wrong("Max tokens", "Max tokens must be a whole number from 1 to 10,000,000, or empty.")
    settings.expect_wrong("Silence hint (s)", "The silence hint must be a number from 1 to 3,600, or empty.")
    expect(settings.field("Base URL")).to_be_focused()
    for name, value in (wrong | {"system": "Stay."}).items():
        expect(settings.field(LABELS[name])).to_have_value(value)
    settings.fill(temperature="1")
    expect(settings.field("Temperature")).not_to_have_attribute("aria-invalid", "true")
    expect(settings.dialog.get_by_text("Temperature must be")).to_have_count(0)
    settings.fill(url="https://a.example", key="two words").press("Save")
    settings.expect_wrong("API key", "The API key holds blanks")


def test_prices_stay_with_the_model_that_they_were_typed_for(settings: Settings) -> None:
    """S22: another model or provider does not take them over, and what costs nothing has none."""
    price = settings.field("Input price ($/M)")
    expect(price).to_be_hidden()
    settings.choose("openai")
    settings.fill(model="small", input_price="0,25", output_price="2")
    settings.field("Model").fill("large")
    settings.field("Model").press("Tab")
    expect(price).to_have_value("")
    settings.choose("groq")
    expect(price).to_have_value("")
    settings.choose("ollama")
    expect(price).to_be_hidden()
    settings.choose("openai")
    expect(settings.field("Model")).to_have_value("large")
    settings.fill(model="small", system="Any.")
    expect(price).to_have_value("0,25")
    settings.fill(output_price="").press("Save")
    settings.expect_wrong("Output price ($/M)", "A cost takes both prices")
    settings.fill(output_price="2").save()
    settings.open()
    expect(price).to_have_value("0.25")
    expect(settings.field("Output price ($/M)")).to_have_value("2")
    settings.choose("custom")
    settings.fill(input_price="1", url="https://a.example/v1", model="first", system="Prices typed first are its own.")
    expect(price).to_have_value("1")
    settings.fill(url="https://b.example/v1", system="Another server has its own.")
    expect(price).to_have_value("")


@pytest.mark.parametrize("way", ["Escape", "Cancel"])
def test_leaving_without_save_changes_nothing(halt: HaltPage, settings: Settings, way: str) -> None:
    kept = halt.page.evaluate("localStorage.getItem('halt.settings')")
    settings.fill(url="https://a.example", key=KEY, model="m", temperature="1", system="No.")
    if way == "Escape":
        halt.page.keyboard.press("Escape")
    else:
        settings.press("Cancel")
    expect(settings.dialog).to_be_hidden()
    expect(halt.page.get_by_role("button", name="Settings")).to_be_focused()
    assert halt.page.evaluate("localStorage.getItem('halt.settings')") == kept
    settings.open()
    expect(settings.field("Provider")).to_have_value("mock")
    for name, value in {
        "Base URL": "",
        "API key": "",
        "Model": "halt-mock",
        "Temperature": "",
        "System prompt": "",
    }.items():
        expect(settings.field(name)).to_have_value(value)
    settings.choose("custom")
    settings.fill(url="https://a.example")
    settings.field("Base URL").blur()
    expect(settings.field("API key")).to_have_value("")


def test_each_provider_fills_its_address_and_keeps_what_was_typed_for_it(settings: Settings) -> None:
    for row in PRESETS:
        settings.choose(row.id)
        expect(settings.field("Base URL")).to_have_value("" if row.id == "mock" else row.base_url)
        expect(settings.field("Model")).to_have_value(row.default_model)
        if row.key_url:
            link = settings.dialog.get_by_role("link", name=row.key_url.removeprefix("https://"))
            expect(link).to_have_attribute("href", row.key_url)
    settings.fill(url="https://a.example/v1", key=KEY, model="mine")
    settings.choose("groq")
    expect(settings.field("API key")).to_have_value("")
    settings.choose("custom")
    for name, value in {"Base URL": "https://a.example/v1", "API key": KEY, "Model": "mine"}.items():
        expect(settings.field(name)).to_have_value(value)


def test_a_typed_address_means_a_server_and_no_longer_the_mock(settings: Settings) -> None:
    settings.field("Base URL").press_sequentially("localhost")
    expect(settings.field("Provider")).to_have_value("custom")
    expect(settings.field("Base URL")).to_have_value("localhost")
    expect(settings.field("Model")).to_have_value("")


def test_a_key_stays_with_its_origin_and_is_kept_in_memory_only(
    halt: HaltPage, settings: Settings, provider: ProviderServer
) -> None:
    with ProviderServer() as other:
        # A server of an earlier test may have had this port, and a key.
        settings.fill(url=other.url, key="", model="m").save()
        settings.open().fill(url=provider.url, key=KEY, model="m").save()
        settings.open().fill(url=other.url)
        settings.field("Base URL").blur()
        expect(settings.field("API key")).to_have_value("")
        expect(settings.dialog.get_by_text("does not go to")).to_contain_text(f"http://127.0.0.1:{other.port}")
        settings.save()
        halt.ask("Hello?")
        halt.expect_status("complete")
        assert "authorization" not in other.exchanges[0].headers
    # Enter right behind the address leaves no moment in which the key could go along.
    settings.open().fill(url=f"http://localhost:{provider.port}/v1", model="m")
    settings.field("Base URL").press("Enter")
    expect(settings.dialog).to_be_hidden()
    halt.ask("And now?")
    halt.expect_status("complete")
    assert "authorization" not in provider.exchanges[0].headers
    settings.open().fill(url=provider.url)
    settings.field("Base URL").blur()
    expect(settings.field("API key")).to_have_value(KEY)
    settings.save()
    halt.ask("Back?")
    halt.expect_status("complete")
    assert provider.exchanges[1].headers["authorization"] == f"Bearer {KEY}"
    for text in halt.page.evaluate("[JSON.stringify(localStorage), location.href, document.documentElement.outerHTML]"):
        assert KEY not in text
    assert not any(KEY in url for url in halt.requests)


def test_a_key_that_was_typed_before_the_address_goes_with_it(settings: Settings) -> None:
    settings.choose("custom")
    settings.fill(key=KEY)
    settings.field("Base URL").press_sequentially("http://a.example/v1")
    settings.field("Base URL").blur()
    expect(settings.field("API key")).to_have_value(KEY)


def test_settings_outlive_a_reload_and_the_key_does_not(
    halt: HaltPage, settings: Settings, provider: ProviderServer
) -> None:
    settings.fill(url=provider.url, key=KEY, model="m", temperature="1", system="Be brief.").save()
    halt.reload()
    expect(halt.page.locator("#who")).to_have_text("Other (OpenAI-compatible) · m")
    settings.open()
    expected = {"Base URL": provider.url, "API key": "", "Model": "m", "Temperature": "1", "System prompt": "Be brief."}
    for name, value in expected.items():
        expect(settings.field(name)).to_have_value(value)
    settings.press("Cancel")
    halt.ask("Hello?")
    halt.expect_status("complete")
    assert "authorization" not in provider.exchanges[0].headers
    halt.page.evaluate(
        "localStorage.setItem('halt.settings', JSON.stringify({provider: {preset: 'custom', base_url: 'x'}}))"
    )
    halt.reload()
    expect(halt.prompts).to_have_count(1)  # the one that was answered
    halt.ask("A question that must not be lost")
    settings.expect_wrong("Model", "No model is chosen.")
    expect(settings.field("Model")).to_be_focused()
    settings.press("Cancel")
    expect(halt.message).to_have_value("A question that must not be lost")
    expect(halt.prompts).to_have_count(1)  # the one that was answered
    halt.expect_button("send")


def test_a_browser_that_keeps_nothing_still_chats_and_says_so_once(
    warm_context: BrowserContext, site: str, provider: ProviderServer
) -> None:
    page = warm_context.new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('denied', 'SecurityError') }})"
    )
    halt = HaltPage(page, site)
    halt.open()
    for model in ("one", "two"):
        halt.connect(provider, model=model)
    expect(halt.notices).to_have_count(1)
    expect(halt.notices).to_contain_text("This browser keeps nothing for this page: the settings last until")
    halt.ask("Hello?")
    halt.expect_status("complete")
    assert provider.exchanges[0].json["model"] == "two"
    page.close()
    assert halt.faults == []
