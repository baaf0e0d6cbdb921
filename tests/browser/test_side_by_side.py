"""One prompt, several models at once: each with its own stop, one Stop for all, and one that is kept (S23)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.servers import Answer, ProviderServer, endless

from .halt_page import HaltPage

MODELS = ["first", "second", "third", "fourth"]


@pytest.fixture
def four(halt: HaltPage, provider: ProviderServer) -> Iterator[HaltPage]:
    """A page that asks four models at once."""
    fields = {"Base URL": provider.url, "Model": "first", "Also ask": "second, third, fourth"}
    halt.choose("custom", fields)
    provider.answer(Answer(text=endless(), tokens_per_second=50))
    yield halt
    halt.stop_everything()
    provider.wait_no_connections()


def column(halt: HaltPage, model: str) -> Locator:
    return halt.log.get_by_role("article", name=f"Reply by {model}")


def test_four_models_are_asked_the_same_at_once(four: HaltPage, provider: ProviderServer) -> None:
    """S23"""
    four.ask("Why?")
    expect(four.replies).to_have_count(4)
    provider.wait_request(4)
    assert sorted(exchange.json["model"] for exchange in provider.exchanges) == sorted(MODELS)
    assert {exchange.json["messages"][-1]["content"] for exchange in provider.exchanges} == {"Why?"}
    for model in MODELS:
        expect(column(four, model).get_by_test_id("body")).not_to_have_text("")
    expect(four.log.get_by_role("group", name="4 replies side by side")).to_be_visible()


def test_stop_stops_all_of_them_and_each_keeps_what_it_showed(four: HaltPage, provider: ProviderServer) -> None:
    """S23, S6, S11"""
    four.ask("Why?")
    for model in MODELS:
        expect(column(four, model).get_by_test_id("body")).not_to_have_text("")
    four.outlast_guard()
    four.button.click()
    for model in MODELS:
        expect(column(four, model)).to_have_attribute("data-status", "stopped")
    for exchange in provider.exchanges:
        exchange.wait_left()
    assert four.growth_after(four.presses()[-1].reached) == []
    expect(four.status).to_contain_text("Stopped 4 replies")
    four.expect_button("send")


def test_each_reply_has_a_stop_of_its_own(four: HaltPage, provider: ProviderServer) -> None:
    """S23: the others go on, and so does the button."""
    four.ask("Why?")
    expect(column(four, "second").get_by_test_id("body")).not_to_have_text("")
    column(four, "second").get_by_role("button", name="Stop this reply").click()
    expect(column(four, "second")).to_have_attribute("data-status", "stopped")
    expect(column(four, "third")).to_have_attribute("data-status", "streaming")
    four.expect_button("stop")
    left = [exchange.json["model"] for exchange in provider.exchanges if exchange.left_at]
    assert left in ([], ["second"])
    next(one for one in provider.exchanges if one.json["model"] == "second").wait_left()


def test_the_one_that_is_kept_goes_on_and_the_others_stay_as_branches(four: HaltPage, provider: ProviderServer) -> None:
    """S23, S21: what nobody waits for is stopped."""
    four.ask("Why?")
    for model in MODELS:
        expect(column(four, model).get_by_test_id("body")).not_to_have_text("")
    column(four, "third").get_by_role("button", name="Keep this one").click()
    expect(four.replies).to_have_count(1)
    expect(four.reply).to_have_accessible_name("Reply by third")
    four.expect_status("streaming")
    for exchange in provider.exchanges:
        if exchange.json["model"] != "third":
            exchange.wait_left()
    four.page.keyboard.press("Escape")
    four.expect_status("stopped")
    kept = four.stored_text()
    expect(four.reply).to_contain_text("3/4")
    four.reply.get_by_role("button", name="Previous branch").click()
    expect(four.reply).to_have_accessible_name("Reply by second")
    four.expect_status("stopped")
    four.reply.get_by_role("button", name="Next branch").click()

    provider.answer(Answer(text="Fine."))
    four.choose("custom", {"Base URL": provider.url, "Model": "first"})
    four.ask("And?")
    four.expect_status("complete")
    told = provider.exchanges[-1].json["messages"]
    assert told[1] == {"role": "assistant", "content": kept.rstrip()}


def test_a_column_that_is_regenerated_stays_a_column(four: HaltPage, provider: ProviderServer) -> None:
    """S23: the same model is asked again, in the same place."""
    four.ask("Why?")
    expect(column(four, "second").get_by_test_id("body")).not_to_have_text("")
    four.page.keyboard.press("Escape")
    provider.answer(Answer(text="Second thoughts."))
    column(four, "second").get_by_role("button", name="Regenerate").click()
    expect(column(four, "second")).to_have_attribute("data-status", "complete")
    expect(four.replies).to_have_count(4)
    names = [article.get_attribute("aria-label") for article in four.replies.all()]
    assert names == [f"Reply by {model}" for model in MODELS]


@pytest.mark.parametrize(("width", "columns"), [(1280, 4), (390, 1)])
def test_columns_on_a_wide_screen_and_stacked_on_a_phone(four: HaltPage, width: int, columns: int) -> None:
    """S23"""
    four.page.set_viewport_size({"width": width, "height": 800})
    four.ask("Why?")
    expect(four.replies).to_have_count(4)
    boxes = [article.bounding_box() for article in four.replies.all()]
    assert len({round(box["x"]) for box in boxes if box}) == columns
    assert four.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert four.page.locator("#scroller").evaluate("one => one.scrollWidth <= one.clientWidth")
