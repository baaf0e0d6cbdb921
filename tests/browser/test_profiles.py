"""Profiles, what one chat has of its own, prompts with variables, and looks: as a person holds them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.servers import ProviderServer

from .halt_page import HaltPage
from .settings_dialog import Settings


def who(halt: HaltPage) -> Locator:
    return halt.page.locator("#who")


def kept(halt: HaltPage) -> dict[str, object]:
    found: dict[str, object] = json.loads(halt.page.evaluate("localStorage.getItem('halt.settings')"))
    return found


def add_profile(halt: HaltPage, provider: ProviderServer, name: str, model: str) -> None:
    """Make a profile, which is then the one for new chats."""
    settings = Settings(halt).open()
    settings.press("New")
    settings.fill(name=name, url=provider.url, model=model)
    settings.turn_to("Chat").dialog.get_by_label("Ask the model for titles").uncheck()
    settings.save()


def asked(halt: HaltPage, provider: ProviderServer, text: str) -> tuple[str, str]:
    """Ask, and tell which model the request named and what its system prompt said."""
    before = len(provider.exchanges)
    halt.ask(text)
    halt.expect_status("complete")
    sent = provider.exchanges[before].json
    first = sent["messages"][0]
    return sent["model"], first["content"] if first["role"] == "system" else ""


@pytest.fixture
def two(fresh: HaltPage, provider: ProviderServer) -> HaltPage:
    """A page with the profiles "Work" and "Home", beside the mock it began with; Work is for new chats."""
    add_profile(fresh, provider, "Home", "home-model")
    add_profile(fresh, provider, "Work", "work-model")
    fresh.page.get_by_role("button", name="New chat").first.click()
    return fresh


def test_one_chat_asks_another_model_and_the_others_keep_theirs(two: HaltPage, provider: ProviderServer) -> None:
    first = "Asked of Work, then of Home"  # the visitor's other chats are listed, too
    expect(who(two)).to_have_text("Work · work-model")
    assert asked(two, provider, first) == ("work-model", "")
    # Two keys: the menu, and a digit.
    two.message.press("Alt+Shift+M")
    expect(two.page.get_by_role("menuitemradio", name="Work")).to_be_focused()
    two.page.keyboard.press("2")
    expect(who(two)).to_have_text("Home · home-model")
    expect(two.message).to_be_focused()
    assert asked(two, provider, "Second") == ("home-model", "")
    two.page.get_by_role("button", name="New chat").first.click()
    expect(who(two)).to_have_text("Work · work-model")
    who(two).click()
    two.page.get_by_role("menuitem", name="This chat…").click()
    dialog = two.page.get_by_role("dialog", name="This chat")
    dialog.get_by_label("Model", exact=True).fill("other-model")
    dialog.get_by_label("Temperature").fill("9")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Temperature")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Temperature").fill("1.5")
    dialog.get_by_label("Prompt", exact=True).select_option(label="Own text")
    dialog.get_by_label("System prompt").fill("Only here.")
    dialog.get_by_role("button", name="Save").click()
    expect(who(two)).to_have_text("Work · other-model")
    assert asked(two, provider, "Third") == ("other-model", "Only here.")
    assert provider.exchanges[-1].json["temperature"] == 1.5
    # It outlives a reload, and the chat before it has its own.
    two.reload()
    expect(two.prompts).to_contain_text(["Third"])
    expect(who(two)).to_have_text("Work · other-model")
    two.list.get_by_role("button", name=first, exact=True).click()
    expect(who(two)).to_have_text("Home · home-model")
    assert asked(two, provider, "Fourth")[0] == "home-model"


def test_profiles_are_copied_named_deleted_and_brought_back(two: HaltPage, provider: ProviderServer) -> None:
    two.message.press("Alt+Shift+M")
    two.page.keyboard.press("2")
    asked(two, provider, "Hello")
    settings = Settings(two).open()
    profiles, name = settings.field("Profile"), settings.field("Profile name")
    expect(name).to_have_value("Home")  # the one of this chat
    settings.press("Duplicate")
    expect(name).to_have_value("Copy of Home")
    settings.fill(name="Third", model="third-model", temperature="hot")
    settings.select("Profile", label="Work")
    expect(settings.field("Model")).to_have_value("work-model")
    # What can't be used is shown wherever it is, and nothing of it is lost.
    settings.turn_to("Looks").press("Save")
    settings.expect_wrong("Temperature", "Temperature must be a number")
    expect(name).to_have_value("Third")
    settings.fill(temperature="1")
    settings.select("Profile", label="Home").press("Delete")
    expect(settings.dialog.get_by_text("“Home” is deleted when you save.")).to_be_visible()
    expect(profiles.locator("option")).to_have_text(["Mock (offline)", "Third", "Work"])
    settings.press("Undo")
    expect(name).to_have_value("Home")
    expect(profiles.locator("option")).to_have_text(["Mock (offline)", "Home", "Third", "Work"])
    settings.press("Delete")
    settings.save()
    # The chat's profile is gone: that is said, and the one for new chats answers.
    expect(two.notices).to_contain_text("“Work” answers now")
    expect(who(two)).to_have_text("Work · work-model")
    assert asked(two, provider, "And now?")[0] == "work-model"
    assert [one["name"] for one in kept(two)["profiles"]] == ["", "Third", "Work"]  # type: ignore[attr-defined]


def test_a_prompts_variables_are_filled_in_when_it_is_sent(two: HaltPage, provider: ProviderServer) -> None:
    settings = Settings(two).open().turn_to("Prompts")
    settings.press("New")
    settings.fill(prompt_name="Mine", prompt_text="{{ dat }}")
    settings.turn_to("Looks").press("Save")
    settings.expect_wrong("Text of the prompt", "There is no variable “dat”. There are: date, time,")
    expect(settings.field("Text of the prompt")).to_be_focused()
    text = "{{ date }} {{ language }} {{ model }} {% if selection %}[{{ selection }}]{% endif %}"
    settings.fill(prompt_text=text)
    today = datetime.now(UTC).astimezone().date().isoformat()
    expect(settings.dialog.get_by_text("Sent now, it would say:")).to_contain_text(f"{today} en-US")
    settings.select("Prompt", label="From the library: Mine")
    expect(settings.field("System prompt")).to_have_value(text)
    expect(settings.field("System prompt")).not_to_be_editable()
    settings.save()
    two.reload()
    two.page.get_by_role("button", name="New chat").first.click()
    # Right after the start: where jinja2 is not there yet, the run waits for it.
    assert asked(two, provider, "First") == ("work-model", f"{today} en-US work-model")
    two.message.fill("About that?")
    words = str(two.body.inner_text()).split()[:1][0]
    two.page.evaluate(
        "getSelection().setBaseAndExtent(...((text) => [text, 0, text, arguments_length])"
        "(document.createTreeWalker(document.querySelector('article[data-role=assistant] [data-testid=body]'), 4)"
        ".nextNode()))".replace("arguments_length", str(len(words)))
    )
    two.message.click()
    two.message.press("Enter")
    two.expect_status("complete")
    assert provider.exchanges[-1].json["messages"][0]["content"].endswith(f"work-model [{words}]")
    assert asked(two, provider, "And without?")[1] == f"{today} en-US work-model"


def looks(page: Page) -> list[str]:
    """Tell what the page looks like: its paper, its letters, and the bar's colour around it."""
    found: list[str] = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).fontSize,"
        " document.querySelector('meta[name=theme-color]').content]"
    )
    return found


FIRST_PAINT = "new Promise(done => new PerformanceObserver(done).observe({type: 'paint', buffered: true}))"
LIGHT, DARK = "rgb(250, 249, 247)", "rgb(23, 24, 26)"


def test_looks_and_the_send_key_hold_before_python_is_there(fresh: HaltPage, provider: ProviderServer) -> None:
    """S10: the composer's keys are the same before and after the start."""
    page = fresh.page
    assert looks(page) == [LIGHT, "16px", "#faf9f7"]
    settings = Settings(fresh).open().select("Theme", label="Dark").fill(font_size="125")
    settings.field("Letter size (%)").press("Tab")
    assert looks(page) == [DARK, "20px", "#17181a"]
    settings.press("Cancel")
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile(""))
    assert looks(page) == [LIGHT, "16px", "#faf9f7"]
    settings.open().select("Theme", label="Dark").fill(font_size="500").press("Save")
    settings.expect_wrong("Letter size (%)", "The letter size must be a whole number from 80 to 200")
    settings.fill(font_size="125").select("Send with", value="Mod+Enter")
    expect(settings.field("Send with")).to_have_accessible_description(re.compile("Ctrl.Enter sends, Enter starts"))
    settings.save()
    page.route("**/*.wasm", lambda route: route.continue_())
    page.goto(fresh.url, wait_until="commit")
    page.evaluate(FIRST_PAINT)
    assert looks(page) == [DARK, "20px", "#17181a"]
    fresh.message.fill("one")
    fresh.message.press("Enter")
    fresh.message.press_sequentially("two")
    expect(fresh.message).to_have_value("one\ntwo")
    fresh.wait_ready()
    expect(page.locator("#hint")).to_have_text("Ctrl+Enter sends, Enter starts a new line.")
    fresh.message.press("Enter")
    expect(fresh.message).to_have_value("one\ntwo\n")
    fresh.message.press("Control+Enter")
    expect(fresh.prompts).to_have_count(1)
    expect(fresh.message).to_have_value("")
    page.keyboard.press("Escape")
    fresh.expect_status("stopped")


def test_settings_of_the_first_version_are_brought_over_and_kept_until_they_were_read(fresh: HaltPage) -> None:
    page = fresh.page
    old = {"version": 1, "provider": {"preset": "custom", "base_url": "https://a.example/v1", "model": "m"}}
    text = json.dumps(old | {"silence_s": 7, "later": [1]})
    page.evaluate("text => localStorage.setItem('halt.settings', text)", text)
    for names in (["halt.settings", "halt.settings.version-1"], ["halt.settings"]):
        page.reload()
        fresh.wait_ready()
        expect(who(fresh)).to_have_text("Other (OpenAI-compatible) · m")
        found = page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('halt.settings')).sort()")
        assert found == names
        assert (kept(fresh)["silence_s"], kept(fresh)["later"]) == (7, [1])


def test_what_another_window_saves_holds_here_too(fresh: HaltPage) -> None:
    other = HaltPage(fresh.page.context.new_page(), fresh.url)
    other.open()
    settings = Settings(other).open().fill(name="Elsewhere").select("Theme", label="Dark")
    settings.save()
    expect(who(fresh)).to_have_text("Elsewhere · halt-mock")
    expect(fresh.page.locator("html")).to_have_attribute("data-theme", "dark")
    other.page.close()
