"""Following: the view stays with the text only while the reader is at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice

import pytest
from playwright.sync_api import Page, expect

from tests.servers import Answer, ProviderServer

from .halt_page import FRAMES, HaltPage

STEADY = 40.0  # paragraphs a second


def paragraphs(number: int | None = None) -> Callable[[], Iterable[str]]:
    return lambda: islice((f"Paragraph {n} of many.\n\n" for n in count(1)), number)


def top(page: Page) -> float:
    return float(page.evaluate("scroller.scrollTop"))


def farthest_from_end(page: Page) -> float:
    """Watch ten frames and tell the greatest distance between the view and the end of the text, in pixels."""
    return float(
        page.evaluate(
            "new Promise(done => { let left = 10, far = 0; const look = () => {"
            " far = Math.max(far, scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight);"
            " --left ? requestAnimationFrame(look) : done(far); }; requestAnimationFrame(look); })"
        )
    )


def settled_top(page: Page) -> float:
    """Wait until the view has been still for ten frames (browsers scroll smoothly) and tell where it stands."""
    return float(
        page.evaluate(
            "new Promise(done => { let still = 0, last = -1; const look = () => {"
            " still = scroller.scrollTop === last ? still + 1 : 0; last = scroller.scrollTop;"
            " still < 10 ? requestAnimationFrame(look) : done(last); }; look(); })"
        )
    )


def wait_growth(halt: HaltPage, paragraphs: int = 20) -> None:
    """Wait until that many paragraphs more are there."""
    newest = max(int(n) for n in re.findall(r"Paragraph (\d+) of", halt.body.inner_text()))
    halt.wait_text(f"Paragraph {newest + paragraphs} of")


@pytest.fixture
def reading(connected: HaltPage, provider: ProviderServer) -> Iterator[HaltPage]:
    """A reply that grows steadily and is longer than the window by now."""
    provider.answer(Answer(text=paragraphs(), tokens_per_second=STEADY))
    connected.ask("Go")
    connected.wait_text("Paragraph 40 of")
    yield connected
    connected.page.keyboard.press("Escape")
    connected.expect_button("send")


def wheel(halt: HaltPage, by: float) -> None:
    halt.body.hover(position={"x": 50, "y": 50}, force=True)
    halt.page.mouse.wheel(0, by)


def a_little(halt: HaltPage) -> None:
    wheel(halt, -4)


def a_lot(halt: HaltPage) -> None:
    wheel(halt, -400)


def page_up(halt: HaltPage) -> None:
    halt.page.locator("#scroller").focus()
    halt.page.keyboard.press("PageUp")


def drag(halt: HaltPage) -> None:
    """With a finger."""
    finger = halt.page.context.new_cdp_session(halt.page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 600, "y": 200}]})
    for y in range(210, 400, 10):
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": 600, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    finger.detach()


def by_script(halt: HaltPage) -> None:
    """As a screen reader or the browser's own search does it."""
    halt.page.evaluate("scroller.scrollTop -= 200")


@pytest.mark.parametrize("move", [a_little, a_lot, page_up, drag, by_script])
def test_scrolling_up_frees_the_view_and_it_stays_where_it_is(
    reading: HaltPage, move: Callable[[HaltPage], None]
) -> None:
    page = reading.page
    jump = page.get_by_role("button", name="Jump to latest")
    assert farthest_from_end(page) <= 1
    expect(jump).to_be_hidden()
    move(reading)
    expect(jump).to_be_visible()
    here = settled_top(page)
    wait_growth(reading)
    assert top(page) == here
    jump.click()
    expect(jump).to_be_hidden()
    assert farthest_from_end(page) <= 1
    wait_growth(reading)
    assert farthest_from_end(page) <= 1
    expect(jump).to_be_hidden()


def test_scrolling_back_to_the_end_follows_again(reading: HaltPage) -> None:
    wheel(reading, -300)
    expect(reading.page.get_by_role("button", name="Jump to latest")).to_be_visible()
    settled_top(reading.page)
    reading.page.mouse.wheel(0, 100_000)
    expect(reading.page.get_by_role("button", name="Jump to latest")).to_be_hidden()
    wait_growth(reading)
    assert farthest_from_end(reading.page) <= 1


def test_a_reader_who_left_is_not_moved_by_the_end_of_the_reply(reading: HaltPage) -> None:
    a_lot(reading)
    here = settled_top(reading.page)
    reading.page.keyboard.press("Escape")
    reading.expect_status("stopped")
    assert settled_top(reading.page) == here


def test_the_end_stays_in_view_when_the_composer_grows(reading: HaltPage) -> None:
    reading.message.fill("line\n" * 30)
    expect(reading.stop_and_send).to_be_visible()
    reading.page.evaluate(FRAMES)
    assert farthest_from_end(reading.page) <= 1
    reading.page.keyboard.press("Escape")
    reading.expect_status("stopped")
    assert farthest_from_end(reading.page) <= 1
    reading.message.fill("")
    reading.page.evaluate(FRAMES)
    assert farthest_from_end(reading.page) <= 1
    reading.message.fill("line\n" * 30)
    reading.page.evaluate(FRAMES)
    assert farthest_from_end(reading.page) <= 1


def test_details_that_are_opened_at_the_end_come_into_view(reading: HaltPage) -> None:
    reading.page.keyboard.press("Escape")
    reading.reply.get_by_text("Stopped · ").click()
    expect(reading.reply.locator("[data-part=mark-note]")).to_be_visible()
    reading.page.evaluate(FRAMES)
    assert farthest_from_end(reading.page) <= 1


def test_sending_jumps_to_the_end(reading: HaltPage) -> None:
    reading.page.keyboard.press("Escape")
    reading.expect_status("stopped")
    reading.page.evaluate("scroller.scrollTop = 0")
    expect(reading.page.get_by_role("button", name="Jump to latest")).to_be_visible()
    reading.ask("More")
    expect(reading.replies).to_have_count(2)
    expect(reading.prompts.last).to_be_in_viewport()
    wait_from = reading.page.get_by_role("button", name="Jump to latest")
    expect(wait_from).to_be_hidden()
    reading.wait_text("Paragraph 40 of")
    assert farthest_from_end(reading.page) <= 1


def test_a_selection_lasts_to_the_end_of_the_stream(connected: HaltPage, provider: ProviderServer) -> None:
    provider.answer(Answer(text=paragraphs(120), tokens_per_second=2 * STEADY))
    connected.ask("Go")
    connected.wait_text("Paragraph 5 of")
    connected.page.evaluate(
        "() => { const [first, second] = document.querySelectorAll('[data-role=assistant] .body p');"
        " getSelection().setBaseAndExtent(first.firstChild, 3, second.firstChild, 9); }"
    )
    selected = connected.page.evaluate("getSelection().toString()")
    assert "1 of many." in selected
    connected.expect_status("complete")
    connected.wait_text("Paragraph 120 of")
    assert connected.page.evaluate("getSelection().toString()") == selected
