"""The page by keyboard alone and by screen reader, in each of its states."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.servers import Answer, ProviderServer, endless
from tools.npm import axe_script

from .halt_page import HaltPage

NEVER = float("inf")
MARKDOWN = """# Heading

Text with `code` and [a link](https://example.com/).

## Second

- one
- two

> quote

```python
print("code")
```

| a | b |
|---|--:|
| 1 | 2 |

| c | d |
|---|---|
| 3 | 4 |

![a picture](https://example.com/x.png)
"""


def findings(page: Page) -> list[str]:
    """Let axe-core judge the page as it stands, in light and dark; tell what it found."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_script().read_text(encoding="utf-8") + ";0")
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        rows = page.evaluate(
            "axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations.map(one => "
            "`${one.impact} ${one.id}: ${one.nodes.map(node => node.html).join(' | ')}`))"
        )
        found += [f"{scheme}: {row}" for row in rows]
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return found


def test_axe_finds_nothing_while_starting_and_when_that_failed(visitor: HaltPage) -> None:
    page = visitor.page
    held: list[Route] = []
    page.route("**/*.wasm", lambda route: held.append(route))
    page.goto(visitor.url, wait_until="commit")
    visitor.message.fill("Hi")
    assert findings(page) == []
    visitor.button.click()
    expect(visitor.button).to_have_attribute("aria-pressed", "true")
    assert findings(page) == []
    page.route("**/*.wasm", lambda route: route.abort())  # it is asked for a second time
    for route in held:
        route.abort()
    expect(visitor.notices).to_be_visible()
    visitor.notices.get_by_text("Details", exact=True).click()
    assert findings(page) == []


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["wide", "phone"])
def test_axe_finds_nothing_in_any_state(connected: HaltPage, provider: ProviderServer, size: tuple[int, int]) -> None:
    page = connected.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert findings(page) == [], "welcome"

    provider.answer(
        Answer(text=MARKDOWN, thinking="Hm."),
        Answer(thinking="Hm. ", text=[], stall_after=0),
        Answer(text=MARKDOWN, stall_after=10),
        Answer(status=401),
        Answer(text="word " * 20, tokens_per_second=100, cut_after=15),
        Answer(text="Another."),
    )
    connected.expect_faults("status of 401", "net::ERR_")
    connected.ask("Show me everything")
    connected.expect_status("complete")
    connected.reply.get_by_text("Thought for").click()
    assert findings(page) == [], "complete"

    connected.ask("Think")
    expect(connected.reply.get_by_text("Thinking…")).to_be_visible()
    connected.reply.get_by_text("Thinking…").click()
    assert findings(page) == [], "thinking"
    page.keyboard.press("Escape")
    connected.expect_status("stopped")

    connected.ask("Stall")
    connected.wait_text("Heading")
    connected.message.fill("A draft")
    expect(connected.stop_and_send).to_be_visible()
    assert findings(page) == [], "streaming"
    connected.message.fill("")
    page.keyboard.press("Escape")
    connected.expect_status("stopped")
    assert findings(page) == [], "stopped"

    connected.ask("Fail")
    connected.expect_status("failed")
    connected.reply.get_by_text("Details", exact=True).click()
    assert findings(page) == [], "failed"
    connected.ask("Cut")
    connected.expect_status("interrupted")
    assert findings(page) == [], "interrupted"

    connected.press_in_reply("Regenerate")
    connected.expect_status("complete")
    expect(connected.reply.get_by_role("button", name="Previous branch")).to_be_visible()
    assert findings(page) == [], "branches"
    connected.press_in_reply("Edit")
    assert findings(page) == [], "editing"
    page.keyboard.press("Escape")
    connected.press_in_reply("Delete")
    expect(connected.notices).to_be_visible()
    assert findings(page) == [], "notice"

    page.get_by_role("button", name="Settings").click()
    for tab in ("Profiles", "Prompts", "Chat", "Looks"):
        page.get_by_role("tab", name=tab).click()
        assert findings(page) == [], tab
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+Shift+M")
    assert findings(page) == [], "who answers"
    page.get_by_role("menuitem", name="This chat…").click()
    page.get_by_label("Prompt", exact=True).last.select_option(label="Own text")
    assert findings(page) == [], "this chat"
    page.keyboard.press("Escape")
    if size[0] < 500:
        page.get_by_role("button", name="List of conversations").click()
        expect(page.get_by_role("list", name="Conversations")).to_be_visible()
        assert findings(page) == [], "sidebar"
        page.keyboard.press("Escape")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["wide", "phone"])
def test_axe_finds_nothing_side_by_side_with_messages_that_wait(
    connected: HaltPage, provider: ProviderServer, size: tuple[int, int]
) -> None:
    """S2, S23"""
    page = connected.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    connected.choose("custom", {"Base URL": provider.url, "Model": "first", "Also ask": "second, third, fourth"})
    provider.answer(Answer(text=MARKDOWN, stall_after=10))
    connected.ask("Show me everything")
    for reply in connected.replies.all():
        expect(reply.get_by_test_id("body")).to_contain_text("Heading")
    connected.ask("And then?")
    connected.ask("And after that?")
    assert findings(page) == [], "side by side, streaming"
    page.keyboard.press("Escape")
    connected.expect_status("stopped")
    assert findings(page) == [], "side by side, stopped, messages held back"
    connected.button.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert findings(page) == [], "keys"
    page.keyboard.press("Escape")
    if page.locator("#sidebar-button").is_visible():
        page.locator("#sidebar-button").click()
    page.get_by_role("button", name="Export and import").click()
    expect(page.get_by_role("dialog", name="Export and import")).to_be_visible()
    assert findings(page) == [], "export and import"


def test_the_queue_is_worked_by_keyboard_alone(connected: HaltPage, provider: ProviderServer) -> None:
    """S2: the focus goes along with the message that is moved."""
    provider.answer(Answer(text=endless(), tokens_per_second=20))
    connected.ask("Go")
    connected.wait_text()
    for text in ("one", "two", "three"):
        connected.ask(text)
    page = connected.page
    later = page.get_by_role("button", name="Send later: one")
    later.focus()
    page.keyboard.press("Enter")
    expect(later).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Send earlier: one")).to_be_focused()
    expect(page.locator("#queue-list [data-part=text]")).to_have_text(["two", "three", "one"])
    expect(connected.status).to_have_text("Moved to place 3 of 3")
    page.get_by_role("button", name="Remove: three").focus()
    page.keyboard.press("Enter")
    expect(connected.message).to_be_focused()


def focused(page: Page) -> str:
    """Tell the name of what has the focus; fails where that is nothing, or where it can't be seen."""
    told = page.evaluate(
        "() => { const e = document.activeElement; const box = e.getBoundingClientRect();"
        " const look = getComputedStyle(e.id === 'message' ? document.getElementById('composer') : e);"
        " return { name: e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent.trim(),"
        "  lost: e === document.body || !e.isConnected || !box.width,"
        "  ring: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2 || look.boxShadow !== 'none' }; }"
    )
    assert not told["lost"], "the focus is lost"
    assert told["ring"], f"the focus on {told['name']!r} can't be seen"
    return str(told["name"])


def tab_to(page: Page, name: str, key: str = "Tab", most: int = 40) -> None:
    """Press Tab until a control of this name has the focus."""
    passed = []
    for _ in range(most):
        page.keyboard.press(key)
        passed.append(focused(page))
        if passed[-1] == name:
            return
    raise AssertionError(f"no {name!r} among {passed}")


def test_everything_is_reached_by_keyboard(visitor: HaltPage) -> None:
    halt, page = visitor, visitor.page
    halt.open()
    expect(halt.message).to_be_focused()
    page.keyboard.type("Something short, at 5000 tokens a second")
    page.keyboard.press("Enter")
    halt.expect_status("complete")
    for name in ("Delete", "Edit", "Regenerate", "Copy"):
        tab_to(page, name, "Shift+Tab")
    for name in ("Regenerate", "Edit", "Delete", "Message", "Send"):
        tab_to(page, name)
    tab_to(page, "Settings", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to(page, "Model")
    tab_to(page, "Save")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert focused(page) == "Settings"
    tab_to(page, "New chat", "Shift+Tab")
    tab_to(page, "Skip to the message", "Shift+Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "Message"


def test_the_sidebar_by_keyboard_on_a_phone(halt: HaltPage) -> None:
    page = halt.page
    page.set_viewport_size({"width": 390, "height": 844})
    tab_to(page, "List of conversations", "Shift+Tab")
    page.keyboard.press("Enter")
    opener = page.get_by_role("button", name="List of conversations")
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("button", name="Nothing asked yet")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_have_attribute("aria-expanded", "false")
    expect(opener).to_be_focused()


def test_the_focus_stays_on_the_button_through_the_swap_and_the_swap_is_said(
    connected: HaltPage, provider: ProviderServer
) -> None:
    """S5"""
    provider.answer(Answer(text=["one ", "two ", "three "], stall_after=3), Answer(text="All of it."))
    connected.message.fill("Count")
    connected.page.keyboard.press("Tab")
    expect(connected.button).to_be_focused()
    connected.page.keyboard.press("Enter")
    connected.expect_button("stop")
    expect(connected.button).to_be_focused()
    expect(connected.status).to_have_text("Generating…")
    connected.wait_text("three")
    connected.outlast_guard()
    connected.page.keyboard.press("Enter")
    connected.expect_status("stopped")
    connected.expect_button("send")
    expect(connected.button).to_be_focused()
    expect(connected.status).to_have_text("Stopped, 3 words kept")
    connected.ask("Again")
    connected.expect_status("complete")
    expect(connected.status).to_have_text("Reply complete")
    expect(connected.status).to_have_attribute("role", "status")
    expect(connected.status).not_to_have_attribute("aria-live", "assertive")
    expect(connected.log).to_have_attribute("aria-live", "off")
    assert connected.page.locator("#log [aria-live], #log [role=status], #log [role=alert]").count() == 0


@pytest.mark.parametrize("name", ["Regenerate", "Continue", "Delete", "Stop this reply", "Edit"])
def test_the_focus_is_never_lost(connected: HaltPage, provider: ProviderServer, name: str) -> None:
    """A control that goes away hands the focus on."""
    provider.answer(Answer(text=["one ", "two "], stall_after=2))
    connected.ask("Count")
    connected.wait_text("two")
    if name != "Stop this reply":
        connected.page.keyboard.press("Escape")
        connected.expect_status("stopped")
    connected.reply.get_by_role("button", name=name, exact=True).focus()
    connected.page.keyboard.press("Enter")
    assert focused(connected.page) == "Message"
    connected.page.keyboard.press("Escape")
    assert focused(connected.page) == "Message"


def test_the_focus_goes_with_the_branch_the_idea_and_the_notice(connected: HaltPage, provider: ProviderServer) -> None:
    page = connected.page
    page.get_by_role("button", name="What happens when I press Stop?").focus()
    page.keyboard.press("Enter")
    connected.expect_status("complete")
    assert focused(page) == "Message"
    connected.press_in_reply("Regenerate")
    expect(connected.reply).to_contain_text("2/2")
    connected.expect_status("complete")
    connected.reply.get_by_role("button", name="Previous branch").focus()
    page.keyboard.press("Enter")
    expect(connected.reply).to_contain_text("1/2")
    assert focused(page) == "Next branch"
    page.keyboard.press("Enter")
    expect(connected.reply).to_contain_text("2/2")
    assert focused(page) == "Previous branch"
    connected.press_in_reply("Delete")
    connected.notices.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    assert focused(page) == "Message"
    connected.press_in_reply("Delete")
    connected.notices.get_by_role("button", name="Dismiss").focus()
    page.keyboard.press("Enter")
    assert focused(page) == "Message"


def test_the_focus_is_kept_when_its_button_ends_with_the_reply(connected: HaltPage, provider: ProviderServer) -> None:
    provider.answer(Answer(text=["one ", "two "], step=True, role_event=False))
    connected.ask("Count")
    exchange = provider.wait_request()
    exchange.release(1)
    connected.wait_text("one")
    connected.reply.get_by_role("button", name="Stop this reply").focus()
    exchange.release_all()
    connected.expect_status("complete")
    assert focused(connected.page) == "Message"


def test_stop_and_send_hands_the_focus_on(connected: HaltPage, provider: ProviderServer) -> None:
    provider.answer(Answer(text=endless("word "), tokens_per_second=50))
    connected.ask("Go")
    connected.wait_text()
    connected.message.fill("Rather this")
    connected.page.keyboard.press("Tab")
    expect(connected.stop_and_send).to_be_focused()
    connected.page.keyboard.press("Enter")
    expect(connected.replies).to_have_count(2)
    assert focused(connected.page) == "Message"
    connected.page.keyboard.press("Escape")
    connected.expect_status("stopped")
