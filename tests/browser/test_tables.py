"""Tables of a reply: they are copied as CSV and as Markdown, by buttons that are there when they are wanted."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer

from .halt_page import WATCH_MARK, HaltPage

NO_COLOUR = "rgba(0, 0, 0, 0)"  # what the browser makes of "transparent"
TABLE = (
    "| Name | Sum | Note |\n|:--|--:|:-:|\n"
    '| **Ann** | -5 | says "a, b" |\n| [Bob](https://b.example) | 2 | `a\\|b` |\n| =1+1 | 3 | |\n'
)


def wait_clipboard(halt: HaltPage, button: str) -> str:
    halt.page.evaluate("navigator.clipboard.writeText('nothing was copied')")
    one = halt.body.get_by_role("button", name=button)
    one.evaluate(WATCH_MARK)
    one.click()
    halt.page.evaluate("marked")
    expect(halt.status).to_have_text("Copied")
    return str(halt.page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("rate", [None, 200], ids=["at once", "growing"])
def test_a_table_is_copied_as_csv_and_as_markdown(
    connected: HaltPage, provider: ProviderServer, rate: float | None
) -> None:
    provider.answer(Answer(text=f"Before\n\n{TABLE}\nAfter", tokens_per_second=rate))
    connected.ask("Show me")
    connected.expect_status("complete")
    assert wait_clipboard(connected, "Copy as CSV") == (
        'Name,Sum,Note\r\nAnn,-5,"says ""a, b"""\r\nBob,2,a|b\r\n\'=1+1,3,\r\n'
    )
    assert wait_clipboard(connected, "Copy as Markdown") == (
        '| Name | Sum | Note |\n| :-- | --: | :-: |\n| Ann | -5 | says "a, b" |\n| Bob | 2 | a\\|b |\n| =1+1 | 3 |  |\n'
    )


def test_a_table_that_still_grows_is_copied_as_far_as_it_is_shown(
    connected: HaltPage, provider: ProviderServer
) -> None:
    provider.answer(Answer(text="| a |\n|---|\n" + "".join(f"| row {n} |\n" for n in range(250)), stall_after=900))
    connected.ask("Show me")
    connected.wait_text("row 180")
    rows = wait_clipboard(connected, "Copy as CSV").splitlines()
    assert rows[:181] == ["a", *(f"row {n}" for n in range(180))]


def test_the_buttons_of_a_table_show_on_hover_on_focus_and_on_touch_and_move_nothing(
    connected: HaltPage, provider: ProviderServer
) -> None:
    page = connected.page
    provider.answer(Answer(text=f"{TABLE}\nAfter"))
    connected.ask("Show me")
    connected.expect_status("complete")
    tools, table = connected.body.locator(".table-tools"), connected.body.get_by_role("table")
    button = tools.get_by_role("button").last
    page.mouse.move(0, 0)
    expect(button).to_have_css("color", NO_COLOUR)
    before = table.bounding_box()
    table.hover()
    expect(button).not_to_have_css("color", NO_COLOUR)
    page.mouse.move(0, 0)
    expect(button).to_have_css("color", NO_COLOUR)
    tools.get_by_role("button").first.focus()
    expect(button).not_to_have_css("color", NO_COLOUR)
    assert table.bounding_box() == before
    for button in tools.get_by_role("button").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 24
