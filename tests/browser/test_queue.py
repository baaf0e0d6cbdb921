"""Messages that wait for the reply: visible, changeable, and never sent by a stop."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.servers import Answer, ProviderServer, endless

from .halt_page import HaltPage


@pytest.fixture
def queue(connected: HaltPage) -> Locator:
    return connected.page.get_by_role("region", name="Waiting to be sent")


def ask_and_queue(halt: HaltPage, *texts: str) -> None:
    """Ask something that goes on for ever, and let ``texts`` wait behind it."""
    halt.ask("Go")
    halt.wait_text()
    for text in texts:
        halt.ask(text)


def test_enter_while_a_reply_is_written_lets_the_draft_wait(
    connected: HaltPage, provider: ProviderServer, queue: Locator
) -> None:
    """S3: the draft is not lost, and nothing is stopped."""
    provider.answer(Answer(text=endless(), tokens_per_second=50))
    ask_and_queue(connected, "And then?")
    expect(queue.get_by_role("listitem")).to_contain_text(["And then?"])
    expect(connected.message).to_have_value("")
    expect(connected.status).to_contain_text("Waits for the reply")
    connected.expect_status("streaming")
    assert len(provider.exchanges) == 1


def test_waiting_messages_go_one_by_one_as_each_reply_is_complete(
    connected: HaltPage, provider: ProviderServer, queue: Locator
) -> None:
    """S2"""
    provider.answer(Answer(text=["one ", "done"], step=True), Answer(text="two done"), Answer(text="three done"))
    connected.ask("First")
    exchange = provider.wait_request()
    exchange.release(2)
    connected.wait_text("one")
    connected.ask("Second")
    connected.ask("Third")
    exchange.release_all()
    expect(connected.replies).to_have_count(3)
    connected.expect_status("complete")
    expect(queue).to_be_hidden()
    asked = [exchange.json["messages"][-1]["content"] for exchange in provider.exchanges]
    assert asked == ["First", "Second", "Third"]
    told = [message["content"] for message in provider.exchanges[2].json["messages"]]
    assert told == ["First", "one done", "Second", "two done", "Third"]


@pytest.mark.parametrize("how", ["stop", "failure"])
def test_a_stop_sends_nothing_that_waits_and_neither_does_a_failure(
    connected: HaltPage, provider: ProviderServer, queue: Locator, how: str
) -> None:
    """S16, S2: it goes on waiting until a person says so."""
    if how == "stop":
        provider.answer(Answer(text=endless(), tokens_per_second=50), Answer(text="Later."))
    else:
        provider.answer(Answer(text=["a ", "b "], step=True, error_at=1), Answer(text="Later."))
    connected.ask("Go")
    provider.wait_request().release(2)
    connected.wait_text()
    connected.ask("And then?")
    if how == "stop":
        connected.page.keyboard.press("Escape")
        connected.expect_status("stopped")
    else:
        provider.exchanges[0].release_all()
        connected.expect_status("failed")
    expect(queue).to_contain_text("Held back")
    expect(queue.get_by_role("listitem")).to_have_count(1)
    connected.outlast_guard()
    assert len(provider.exchanges) == 1

    queue.get_by_role("button", name="Send the first one").click()
    expect(connected.replies).to_have_count(2)
    connected.expect_status("complete")
    expect(queue).to_be_hidden()


def test_waiting_messages_can_be_moved_changed_and_removed(
    connected: HaltPage, provider: ProviderServer, queue: Locator
) -> None:
    """S2: by their own buttons, with the draft kept."""
    provider.answer(Answer(text=endless(), tokens_per_second=50))
    ask_and_queue(connected, "one", "two", "three")
    texts = queue.locator("[data-part=text]")
    queue.get_by_role("button", name="Send earlier: three").click()
    expect(texts).to_have_text(["one", "three", "two"])
    queue.get_by_role("button", name="Send later: one").click()
    expect(texts).to_have_text(["three", "one", "two"])

    queue.get_by_role("button", name="Remove: one").click()
    expect(texts).to_have_text(["three", "two"])
    connected.notices.get_by_role("button", name="Undo").click()
    expect(texts).to_have_text(["three", "two", "one"])

    connected.message.fill("my draft")
    queue.get_by_role("button", name="Change: two").click()
    expect(connected.message).to_have_value("two")
    connected.ask("two, but better")
    expect(texts).to_have_text(["three", "one", "two, but better"])
    expect(connected.message).to_have_value("my draft")


def test_each_conversation_has_a_queue_of_its_own(
    connected: HaltPage, provider: ProviderServer, queue: Locator
) -> None:
    """S23: what waits in the background is sent there."""
    provider.answer(Answer(text=["one ", "done"], step=True), Answer(text="two"))
    connected.ask("Behind")
    exchange = provider.wait_request()
    exchange.release(2)
    connected.wait_text("one")
    connected.ask("Next")
    connected.page.get_by_role("button", name="New chat").first.click()
    expect(queue).to_be_hidden()
    exchange.release_all()
    provider.wait_request(2)
    expect(connected.replies).to_have_count(0)
    connected.page.keyboard.press("Alt+Shift+ArrowDown")
    expect(connected.replies).to_have_count(2)
    connected.expect_status("complete")


def test_what_waits_and_cannot_be_sent_goes_on_waiting(
    connected: HaltPage, provider: ProviderServer, queue: Locator
) -> None:
    """The settings were emptied meanwhile: it says so and loses nothing."""
    provider.answer(Answer(text=["one ", "done"], step=True))
    connected.ask("Go")
    exchange = provider.wait_request()
    exchange.release(2)
    connected.wait_text("one")
    connected.ask("And then?")
    connected.page.evaluate("recorder.presses.length = 0")
    connected.choose("custom", {"Base URL": "http://127.0.0.1:9/v1", "Model": "gone"})
    connected.expect_faults("net::ERR_")
    exchange.release_all()
    expect(connected.replies).to_have_count(2)
    connected.expect_status("failed")
