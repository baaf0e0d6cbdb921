"""Faults of our own: each ends in a notice with details to copy, and the page goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer, endless

from .halt_page import HaltPage


@pytest.fixture
def connected(fresh: HaltPage, provider: ProviderServer) -> HaltPage:
    """A page of its own, for what is broken here stays broken."""
    fresh.connect(provider)
    return fresh


def expect_told(halt: HaltPage, *details: str) -> None:
    """One notice tells of it; its details can be copied, and it goes when it is dismissed."""
    expect(halt.notices).to_have_count(1)
    expect(halt.notices).to_contain_text("Something in Halt went wrong")
    halt.status.evaluate("status => { status.textContent = '' }")  # "Copied" may stand there from before
    halt.notices.get_by_role("button", name="Copy details").click()
    expect(halt.status).to_have_text("Copied")
    copied = halt.page.evaluate("navigator.clipboard.readText()")
    for detail in details:
        assert detail in copied
    halt.notices.get_by_role("button", name="Dismiss").click()
    expect(halt.notices).to_have_count(0)
    assert len(halt.faults) == 1, "the console is told too, once"
    assert details[0] in halt.faults[0]
    halt.forget_faults()


def expect_alive(halt: HaltPage) -> None:
    """Ask and be answered, as if nothing had been."""
    before = halt.replies.count()
    halt.ask("Are you still there?")
    expect(halt.replies).to_have_count(before + 1)
    halt.expect_status("complete")
    halt.wait_text("Hello from the test provider.")


def test_a_handler_that_raises(connected: HaltPage) -> None:
    connected.page.evaluate(
        "() => { HTMLDialogElement.prototype.showModal = () => { throw new Error('on purpose'); }; }"
    )
    connected.page.get_by_role("button", name="Settings").click()
    expect_told(connected, "on purpose", "in open")
    expect_alive(connected)


def test_a_task_that_raises(connected: HaltPage) -> None:
    """Copying shows "Copied" for a while, in a task of its own."""
    connected.page.evaluate(
        "() => { const { setTimeout } = window; window.setTimeout = (what, ms, ...more) => {"
        " if (ms === 1500) throw new Error('on purpose'); return setTimeout(what, ms, ...more); }; }"
    )
    connected.ask("Hi")
    connected.expect_status("complete")
    connected.press_in_reply("Copy")
    expect_told(connected, "on purpose", "_copy")
    expect_alive(connected)


def test_a_frame_that_raises(connected: HaltPage, provider: ProviderServer) -> None:
    """What can't be shown ends the run, closes its connection, and says so in the reply."""
    provider.answer(Answer(text=endless("A heading\n\n"), tokens_per_second=200), Answer())
    connected.page.evaluate(
        "() => { window.insert = Element.prototype.insertAdjacentHTML;"
        " Element.prototype.insertAdjacentHTML = () => { throw new Error('on purpose'); }; }"
    )
    connected.ask("Hi")
    connected.expect_status("failed")
    connected.expect_button("send")
    provider.wait_request().wait_left()
    expect(connected.reply).to_contain_text("Something in Halt itself went wrong")
    connected.reply.get_by_text("Details", exact=True).click()
    expect(connected.reply.locator("pre")).to_contain_text("on purpose")
    connected.page.evaluate("() => { Element.prototype.insertAdjacentHTML = window.insert; }")
    connected.reply.get_by_role("button", name="Retry").click()
    connected.expect_status("complete")
    connected.wait_text("Hello from the test provider.")


def test_a_view_that_lost_an_element(connected: HaltPage) -> None:
    """The reply's template lacks a part that the view needs."""
    connected.page.evaluate(
        "() => { const mark = document.getElementById('reply-piece').content.querySelector('[data-part=mark]');"
        " const hole = document.createComment(''); mark.replaceWith(hole);"
        " window.back = () => { hole.replaceWith(mark); }; }"
    )
    connected.expect_faults("lacks the part 'mark'")
    connected.ask("Hi")
    expect(connected.notices).to_have_count(2)  # of asking, and of the run that can't show how it failed
    for notice in connected.notices.all():
        expect(notice).to_contain_text("Something in Halt went wrong")
        expect(notice.locator("pre")).to_contain_text("lacks the part 'mark'")
    connected.page.evaluate("back()")
    connected.expect_button("send")
    connected.page.get_by_role("button", name="New chat", exact=True).first.click()
    connected.ask("Are you still there?")
    connected.expect_status("complete")


def test_a_promise_that_nobody_caught(connected: HaltPage) -> None:
    connected.page.evaluate("() => { Promise.reject(new Error('on purpose')); }")
    expect_told(connected, "on purpose")
    expect_alive(connected)


def test_a_script_that_throws(connected: HaltPage) -> None:
    connected.page.evaluate("() => { setTimeout(() => { throw new Error('on purpose'); }); }")
    expect_told(connected, "on purpose")
    expect_alive(connected)


def test_python_that_nobody_awaited(connected: HaltPage) -> None:
    """An exception that only the event loop finds: here in a callback that sets a broken timer."""
    connected.page.evaluate(
        "() => { const { setTimeout } = window; window.setTimeout = () => {"
        " window.setTimeout = setTimeout; throw new Error('on purpose'); }; }"
    )
    connected.expect_faults("on purpose")
    connected.ask("Hi")
    connected.expect_button("send")
    expect(connected.page.locator("body")).to_contain_text("went wrong")
    connected.ask("Are you still there?")
    connected.expect_status("complete")
