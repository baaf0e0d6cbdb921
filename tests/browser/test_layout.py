"""The layout: one place for Send and Stop, nothing wider than the window, a composer that grows and shrinks."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, expect

from tests.servers import Answer, ProviderServer
from tools.places import DIST

from .halt_page import FRAMES, HaltPage

NEVER = float("inf")
SIZES = {"phone": (390, 844), "small phone": (320, 568), "wide": (1280, 800)}
LONG_DRAFT = "\n".join(f"line {number}" for number in range(60))
WIDE = """# Aheadingwithoutanybreak_aheadingwithoutanybreak_aheadingwithoutanybreak

https://example.com/a/very/long/address/that/has/no/break/at/all/and/goes/on/and/on/and/on?and=on&and=on

`inline_code_without_any_break_inline_code_without_any_break_inline_code` and
verylongwordwithoutanybreakverylongwordwithoutanybreakverylongwordwithoutanybreak

```
a line of code that is far too long for any phone and must scroll inside of its own block, not with the page
```

| A column | Another column | A third column | A fourth column | Afifthcolumnwithoutanybreak |
|---|---|---|---|---|
| wordwithoutbreak | wordwithoutbreak | wordwithoutbreak | wordwithoutbreak | wordwithoutbreak |

> > > > > > a quote in a quote in a quote in a quote, withaverylongwordwithoutanybreakwithaverylongwordwithoutanybreak

- a
  - b
    - c
      - d
        - withaverylongwordwithoutanybreakwithaverylongwordwithoutanybreak
"""

# Note in each frame what lies over the middle of the button, but for an open list of conversations.
COVERED = """
window.covered = new Set();
(function look() {
  requestAnimationFrame(look);
  if (document.documentElement.dataset.sidebar === "open") return;
  const { x, y, width, height } = document.querySelector("#send-stop").getBoundingClientRect();
  const top = document.elementFromPoint(x + width / 2, y + height / 2);
  if (!top?.closest("#send-stop")) covered.add(top?.id || top?.outerHTML.slice(0, 80) || "nothing");
})();
"""


def box(halt: HaltPage) -> FloatRect:
    found = halt.button.bounding_box()
    assert found
    return found


def assert_in_view(halt: HaltPage) -> None:
    """The button lies wholly within the window, and nothing lies over it."""
    place, size = box(halt), halt.page.viewport_size
    assert size
    assert place["x"] >= 0
    assert place["y"] >= 0
    assert place["x"] + place["width"] <= size["width"]
    assert place["y"] + place["height"] <= size["height"]
    middle = [place["x"] + place["width"] / 2, place["y"] + place["height"] / 2]
    assert halt.page.evaluate("([x, y]) => !!document.elementFromPoint(x, y).closest('#send-stop')", middle)


def assert_not_wider_than_the_window(halt: HaltPage) -> None:
    too_wide = halt.page.evaluate(
        "['html', 'body', 'main', '#scroller', '#composer', '#top'].filter(name => "
        "{ const e = document.querySelector(name); return e.scrollWidth > e.clientWidth; })"
    )
    assert too_wide == []
    outside = halt.page.evaluate(
        "[...document.querySelectorAll('header *, #composer *, #notices *, article, article .tools *')].filter(e => "
        "e.getClientRects().length && !e.closest('.unseen') && (e.getBoundingClientRect().right > innerWidth + 0.5 "
        "|| e.getBoundingClientRect().left < -0.5)).map(e => e.outerHTML.slice(0, 80))"
    )
    assert outside == []


@pytest.mark.parametrize("size", SIZES)
def test_stop_stands_exactly_where_send_stands(connected: HaltPage, provider: ProviderServer, size: str) -> None:
    """S1, S2"""
    width, height = SIZES[size]
    page = connected.page
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("tab", name="Chat").click()
    page.get_by_label("Silence hint").fill("1")
    page.get_by_role("button", name="Save").click()
    page.set_viewport_size({"width": width, "height": height})
    home = box(connected)
    assert home["width"] >= 44
    assert home["height"] >= 44
    assert_in_view(connected)
    seen = []

    def note() -> None:
        assert_in_view(connected)
        seen.append(box(connected))

    for draft in ("", "One line", LONG_DRAFT):
        connected.message.fill(draft)
        note()
    connected.message.fill("")
    provider.answer(Answer(text="One paragraph.\n\n" * 200, stall_after=600))
    connected.ask("Go")
    connected.expect_button("stop")
    note()
    connected.wait_text("One paragraph.")
    note()
    for draft in ("", "One line", LONG_DRAFT):
        connected.message.fill(draft)
        expect(connected.stop_and_send).to_be_visible(visible=bool(draft))
        note()
    expect(page.locator("#hint")).to_contain_text("waiting, ")
    note()
    for place in ("0", "scroller.scrollHeight / 2", "scroller.scrollHeight"):
        page.evaluate(f"scroller.scrollTop = {place}")
        note()
    connected.message.fill("")
    connected.button.click()
    connected.expect_status("stopped")
    note()
    connected.press_in_reply("Delete")
    expect(connected.notices).to_be_visible()
    note()
    assert [place for place in seen if place != home] == []


def test_nothing_slides_over_the_button(fresh: HaltPage) -> None:
    """S1: a phone that is turned, a window that is made narrow, and a list of conversations that is closed."""
    page = fresh.page
    # At 100 % the list, once it is over the window, would not reach the middle of the button.
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.evaluate(COVERED)

    def covering() -> list[str]:
        page.evaluate(FRAMES)
        found: list[str] = page.evaluate("[...covered]")
        return found

    assert covering() == []
    page.set_viewport_size({"width": 320, "height": 568})
    assert covering() == []
    page.get_by_role("button", name="List of conversations").click()
    expect(page.locator("#sidebar")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    assert covering() == []


@pytest.mark.parametrize("text_size", ["100%", "200%"])
def test_nothing_is_wider_than_a_small_phone(connected: HaltPage, provider: ProviderServer, text_size: str) -> None:
    page = connected.page
    page.set_viewport_size({"width": 320, "height": 568})
    page.evaluate("size => document.documentElement.style.fontSize = size", text_size)
    provider.answer(Answer(text=WIDE), Answer(status=401), Answer(text=WIDE, stall_after=100))
    assert_not_wider_than_the_window(connected)
    assert_in_view(connected)
    connected.ask("Averylongpromptwithoutanybreak" * 4)
    connected.expect_status("complete")
    assert_not_wider_than_the_window(connected)
    for name in ("pre", ".table"):
        inner = connected.body.locator(name)
        assert inner.evaluate("e => e.scrollWidth > e.clientWidth"), f"{name} does not scroll by itself"
    connected.expect_faults("status of 401")
    connected.ask("Fail")
    connected.expect_status("failed")
    connected.reply.get_by_text("Details", exact=True).click()
    assert_not_wider_than_the_window(connected)
    connected.ask("Go on")
    connected.wait_text("Aheading")
    connected.message.fill("A draft that is here for the second button")
    expect(connected.stop_and_send).to_be_visible()
    assert_not_wider_than_the_window(connected)
    assert_in_view(connected)
    page.keyboard.press("Escape")
    connected.expect_status("stopped")
    # Not by its middle: what is in view of a reply this tall may lie under the composer.
    connected.reply.get_by_role("button", name="Delete", exact=True).click()
    expect(connected.notices).to_be_visible()
    assert_not_wider_than_the_window(connected)
    page.evaluate("document.documentElement.style.fontSize = ''")


@pytest.mark.parametrize("engine", ["grows by itself", "is grown"])
def test_the_composer_grows_with_the_draft_and_shrinks_after_it(visitor: HaltPage, engine: str) -> None:
    """Engines without ``field-sizing`` get the same composer."""
    halt, page = visitor, visitor.page
    if engine == "is grown":
        css = next(DIST.glob("style-*.css")).read_text(encoding="utf-8")
        assert "field-sizing: content;" in css
        page.route(
            "**/style-*.css",
            lambda route: route.fulfill(body=css.replace("field-sizing: content;", ""), content_type="text/css"),
        )
        page.add_init_script(
            "const { supports } = CSS; "
            "CSS.supports = (...what) => !what.join().includes('field-sizing') && supports(...what);"
        )
    halt.open()

    def height() -> float:
        found = halt.message.bounding_box()
        assert found
        return found["height"]

    one_line = height()
    halt.message.fill("1\n2\n3\n4")
    assert height() > 3.5 * one_line * 0.8
    assert halt.message.evaluate("m => m.scrollHeight <= m.clientHeight"), "the draft scrolls although there is room"
    halt.message.fill(LONG_DRAFT)
    assert height() <= 0.45 * 800
    assert halt.message.evaluate("m => m.scrollHeight > m.clientHeight")
    halt.message.fill("Something short, at 5000 tokens a second\nand\nmore\nlines")
    halt.message.press("Enter")
    halt.expect_status("complete")
    assert height() == one_line


def test_jump_to_latest_covers_neither_composer_nor_notice(connected: HaltPage, provider: ProviderServer) -> None:
    provider.answer(Answer(text="One paragraph.\n\n" * 200))
    connected.ask("Go")
    connected.expect_status("complete")
    connected.ask("Go")
    connected.expect_status("complete")
    connected.press_in_reply("Delete")
    expect(connected.notices).to_be_visible()
    connected.message.fill(LONG_DRAFT)
    connected.page.evaluate("scroller.scrollTop = 0")
    jump = connected.page.get_by_role("button", name="Jump to latest").bounding_box()
    notice, composer = connected.notices.bounding_box(), connected.page.locator("#composer").bounding_box()
    assert jump
    assert notice
    assert composer
    assert jump["y"] + jump["height"] <= min(notice["y"], composer["y"])
