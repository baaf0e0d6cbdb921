"""The composer in the hand: one place, in reach, the keys, and no slips."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer, endless

from .halt_page import HaltPage

WORDS = endless("word ")
NEVER = float("inf")
# What the hint says when a stream that had gone on is silent again; in between it says something else, for a moment.
WATCH_HINT = """() => { window.waitingAgain = new Promise(done => {
    const hint = document.getElementById("hint"), told = [];
    const watch = new MutationObserver(() => {
        told.push(hint.textContent);
        const over = told.findIndex(one => !one.includes("waiting"));
        const again = over < 0 ? undefined : told.slice(over).find(one => one.includes("waiting"));
        if (!again) return;
        watch.disconnect();
        done(again);
    });
    watch.observe(hint, { childList: true, subtree: true, characterData: true });
}); }"""


@pytest.fixture
def running(connected: HaltPage, provider: ProviderServer) -> HaltPage:
    """A page on which a reply is being written."""
    provider.answer(Answer(text=WORDS, tokens_per_second=50), Answer(text="Second answer."))
    connected.ask("Go")
    connected.wait_text()
    return connected


def test_stop_is_there_before_the_request_leaves(connected: HaltPage, provider: ProviderServer) -> None:
    """S1: in the same frame in which the run starts."""
    provider.answer(Answer(headers_after_ms=NEVER))
    connected.message.fill("Go")
    seen = connected.page.evaluate(
        """() => {
            const button = document.getElementById("send-stop");
            button.click();
            return [button.dataset.state, button.ariaLabel, document.querySelectorAll("article").length];
        }"""
    )
    assert seen == ["stop", "Stop", 2]
    provider.wait_request()
    connected.page.keyboard.press("Escape")
    connected.expect_status("stopped")


def test_a_draft_never_hides_stop(running: HaltPage) -> None:
    """S2"""
    expect(running.stop_and_send).to_be_hidden()
    running.message.fill("And another thing")
    running.expect_button("stop")
    expect(running.stop_and_send).to_be_visible()
    running.outlast_guard()
    running.button.click()
    running.expect_status("stopped")
    expect(running.message).to_have_value("And another thing")
    expect(running.prompts).to_have_count(1)
    expect(running.stop_and_send).to_be_hidden()


@pytest.mark.parametrize("how", ["button", "Control+Enter", "Meta+Enter"])
def test_stop_and_send_keeps_the_partial_and_asks_the_draft(
    running: HaltPage, provider: ProviderServer, how: str
) -> None:
    """S2, S19"""
    running.message.fill("Shorter, please")
    if how == "button":
        running.stop_and_send.click()
    else:
        running.message.press(how)
    expect(running.replies).to_have_count(2)
    expect(running.replies.first).to_have_attribute("data-status", "stopped")
    running.expect_status("complete")
    expect(running.message).to_have_value("")
    provider.exchanges[0].wait_left()
    told = provider.exchanges[1].json["messages"]
    assert [message["role"] for message in told] == ["user", "assistant", "user"]
    assert told[2]["content"] == "Shorter, please"


def test_escape_stops_from_anywhere(running: HaltPage) -> None:
    """S3: also where the focus is on something else."""
    running.page.get_by_role("button", name="New chat").first.focus()
    running.page.keyboard.press("Escape")
    running.expect_status("stopped")


def test_escape_in_a_dialog_closes_that_and_stops_nothing(running: HaltPage) -> None:
    """S3"""
    running.page.get_by_role("button", name="Settings").click()
    dialog = running.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    running.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    running.expect_status("streaming")
    running.page.keyboard.press("Escape")
    running.expect_status("stopped")


def test_escape_in_the_open_list_of_conversations_closes_that_and_stops_nothing(running: HaltPage) -> None:
    """S3: on a phone the list lies over the page, as a menu does."""
    running.page.set_viewport_size({"width": 390, "height": 844})
    opener = running.page.get_by_role("button", name="List of conversations")
    opener.click()
    expect(opener).to_have_attribute("aria-expanded", "true")
    running.page.keyboard.press("Escape")
    expect(opener).to_have_attribute("aria-expanded", "false")
    running.expect_status("streaming")
    running.page.keyboard.press("Escape")
    running.expect_status("stopped")


@pytest.mark.parametrize("key", ["Enter", "Control+Enter", "Meta+Enter"])
def test_enter_without_a_draft_stops_nothing(running: HaltPage, provider: ProviderServer, key: str) -> None:
    """S3: not by accident either."""
    for draft in ("", " "):
        running.message.fill(draft)
        running.message.press(key)
        running.expect_status("streaming")
    expect(running.page.get_by_role("region", name="Waiting to be sent")).to_be_hidden()
    assert len(provider.exchanges) == 1


@pytest.mark.parametrize("composing", [{"isComposing": True}, {"keyCode": 229}])
def test_keys_of_an_input_method_are_left_to_it(running: HaltPage, composing: dict[str, object]) -> None:
    """S3: neither Esc nor Enter."""
    running.message.fill("にほ")
    for key in ("Escape", "Enter"):
        running.message.dispatch_event("keydown", {"key": key, "bubbles": True, **composing})
    running.expect_status("streaming")
    expect(running.message).to_have_value("にほ")


def test_a_double_click_on_send_stops_nothing(connected: HaltPage, provider: ProviderServer) -> None:
    """S4"""
    provider.answer(Answer(text=WORDS, tokens_per_second=50))
    connected.message.fill("Go")
    connected.button.dblclick()
    connected.wait_text()
    connected.expect_button("stop")
    connected.expect_status("streaming")
    connected.page.keyboard.press("Escape")


def test_a_double_click_on_stop_sends_nothing(running: HaltPage, provider: ProviderServer) -> None:
    """S4, S16"""
    running.message.fill("Not yet")
    running.outlast_guard()
    running.button.dblclick()
    running.expect_status("stopped")
    running.outlast_guard()
    expect(running.message).to_have_value("Not yet")
    expect(running.prompts).to_have_count(1)
    assert len(provider.exchanges) == 1


def test_a_press_counts_from_when_it_was_made(connected: HaltPage, provider: ProviderServer) -> None:
    """S4: the second click on Send waits behind other work for half a second, and stops nothing all the same."""
    provider.answer(Answer(text=WORDS, tokens_per_second=50))
    connected.message.fill("Go")
    connected.page.evaluate(
        """() => {
            const button = document.getElementById("send-stop");
            const second = new MouseEvent("click", { bubbles: true, cancelable: true });
            button.click();
            const until = performance.now() + 500;
            while (performance.now() < until);
            button.dispatchEvent(second);
        }"""
    )
    connected.wait_text()
    connected.expect_status("streaming")
    connected.page.keyboard.press("Escape")
    connected.expect_status("stopped")


def test_enter_held_down_on_the_button_presses_it_once(running: HaltPage, provider: ProviderServer) -> None:
    """S4: a key that repeats for a second is one press."""
    running.message.fill("Not yet")
    running.outlast_guard()
    running.button.focus()
    running.page.keyboard.down("Enter")
    running.expect_status("stopped")
    running.outlast_guard()
    for _ in range(20):
        running.page.keyboard.down("Enter")
    running.page.keyboard.up("Enter")
    expect(running.message).to_have_value("Not yet")
    assert len(provider.exchanges) == 1


def test_the_focus_stays_on_the_button_through_the_swap(running: HaltPage) -> None:
    """S5"""
    running.outlast_guard()
    running.button.focus()
    running.page.keyboard.press("Space")
    running.expect_status("stopped")
    expect(running.button).to_be_focused()
    running.expect_button("send")


def test_what_happens_is_said_aloud_and_not_token_by_token(connected: HaltPage, provider: ProviderServer) -> None:
    """S5"""
    provider.answer(Answer(text=["one ", "two"], stall_after=2), Answer(text="Done."))
    expect(connected.log).to_have_attribute("aria-live", "off")
    connected.ask("Go")
    connected.wait_text("two")
    expect(connected.status).to_have_text("Generating…")
    connected.page.keyboard.press("Escape")
    expect(connected.status).to_have_text("Stopped, 2 words kept")
    connected.ask("Again")
    expect(connected.status).to_have_text("Reply complete")


def test_edit_puts_the_prompt_back_and_keeps_the_old_branch(running: HaltPage, provider: ProviderServer) -> None:
    """S21: one gesture, and the draft that was there comes back afterwards."""
    running.page.keyboard.press("Escape")
    running.message.fill("A draft of mine")
    running.press_in_reply("Edit")
    expect(running.message).to_have_value("Go")
    expect(running.message).to_be_focused()
    running.ask("Go slowly")
    running.expect_status("complete")
    expect(running.message).to_have_value("A draft of mine")
    expect(running.prompts).to_have_count(1)
    expect(running.prompts).to_contain_text("2/2")
    assert provider.exchanges[1].json["messages"] == [{"role": "user", "content": "Go slowly"}]
    running.prompts.hover()
    running.prompts.get_by_role("button", name="Previous branch").click()
    expect(running.prompts).to_contain_text("Go")
    running.expect_status("stopped")


def test_a_silent_stream_says_how_long_beside_stop(connected: HaltPage, provider: ProviderServer) -> None:
    """S26: never done, never stuck."""
    connected.page.get_by_role("button", name="Settings").click()
    connected.page.get_by_role("tab", name="Chat").click()
    connected.page.get_by_label("Silence hint (s)").fill("1")
    connected.page.get_by_role("button", name="Save").click()
    provider.answer(Answer(text=["one ", "two "], step=True, role_event=False))
    connected.ask("Go")
    hint = connected.page.locator("#hint")
    expect(hint).to_contain_text(re.compile(r"waiting, ([2-9]|\d\d) s"))
    connected.expect_button("stop")
    connected.page.evaluate(WATCH_HINT)
    provider.wait_request().release()
    connected.wait_text("one")
    assert re.search(r"waiting, \d+ s", connected.page.evaluate("waitingAgain"))
    connected.page.keyboard.press("Escape")
    connected.expect_status("stopped")
    expect(hint).not_to_contain_text("waiting")


def test_continue_appends_to_the_same_reply(connected: HaltPage, provider: ProviderServer) -> None:
    """S20: a run like any other, with the same Stop."""
    provider.answer(Answer(text=["one ", "two "], stall_after=2), Answer(text=endless("three "), tokens_per_second=100))
    connected.ask("Count")
    connected.wait_text("two")
    connected.page.keyboard.press("Escape")
    connected.press_in_reply("Continue")
    connected.wait_text("one two three")
    connected.expect_button("stop")
    connected.page.keyboard.press("Escape")
    connected.expect_status("stopped")
    expect(connected.replies).to_have_count(1)
    provider.exchanges[1].wait_left()
    assert connected.stored_text().startswith("one two three")


def test_a_conversation_in_the_background_runs_on_and_can_be_stopped_there(
    running: HaltPage, provider: ProviderServer
) -> None:
    """S23, S7: and comes back as it was kept."""
    running.page.get_by_role("button", name="New chat").first.click()
    running.expect_button("send")
    item = running.page.get_by_role("list", name="Conversations").get_by_role("listitem").filter(has_text="Go").first
    expect(item).to_have_attribute("data-running", "true")
    assert provider.exchanges[0].left_at is None
    item.get_by_role("button", name="Stop Go").click()
    provider.exchanges[0].wait_left()
    expect(item).to_have_attribute("data-running", "false")
    item.get_by_role("button").first.click()
    running.expect_status("stopped")
    kept = running.stored_text()
    assert provider.exchanges[0].sent_text.startswith(kept)
    assert running.body.inner_text().strip() == kept.strip()
