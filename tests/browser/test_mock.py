"""The mock: offline and deterministic, at any pace and with any mishap that the prompt asks for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from halt.markdown.half_open import half_mark
from halt.providers import mock_text

from .halt_page import HaltPage


@pytest.fixture(autouse=True)
def nothing_leaves_the_page(halt: HaltPage) -> Iterator[None]:
    """The mock makes not a single request; the page may load what colours its code, from where it came itself."""
    halt.requests.clear()
    yield
    assert [url for url in halt.requests if not url.startswith(f"{halt.url}code/")] == []


def test_one_token_a_second(halt: HaltPage) -> None:
    asked_ms = halt.page.evaluate("performance.now()")
    halt.ask("Say 3 words at 1 token a second")
    halt.expect_status("complete")
    growth = halt.growth_after(0)
    tokens = list(mock_text.tokens((halt.stored_text(),)))
    words = [token for token in tokens if not half_mark(token)]
    assert 1 <= len(growth) <= len(words) == 2, "each is shown by itself, but for a mark, which waits for its word"
    shown = 0
    for one in growth:
        shown += int(one["by"])
        assert shown <= len("".join(tokens[: int((one["at"] - asked_ms) / 1000)])), (
            "one comes each second, none earlier"
        )


def test_five_thousand_tokens_a_second(halt: HaltPage) -> None:
    asked_ms = halt.page.evaluate("performance.now()")
    halt.ask("Write 20,000 characters at 5000 tokens a second")
    halt.expect_status("complete")
    text = halt.stored_text()
    assert len(text) == 20_000
    least = len(list(mock_text.tokens((text,)))) / 5000
    took = (halt.growth_after(0)[-1]["at"] - asked_ms) / 1000
    assert least < took < least * 9, "a tenth of the speed would take ten times as long"


def test_the_same_prompt_gets_the_same_answer_as_a_page_knows_it_by_heart(halt: HaltPage) -> None:
    prompt = "Tell me about stopping, fast"
    halt.ask(prompt)
    halt.expect_status("complete")
    first = halt.stored_text()
    assert first == mock_text.answer_to(prompt)
    halt.press_in_reply("Regenerate")
    expect(halt.reply.locator("[data-part=branch-count]")).to_have_text("2/2")
    halt.expect_status("complete")
    assert halt.stored_text() == first


def test_it_thinks_first_when_asked(halt: HaltPage) -> None:
    halt.ask("Think first, then say 5 words, at 5 tokens a second")
    expect(halt.reply.locator("[data-part=thinking-label]")).to_have_text("Thinking…")
    expect(halt.body).to_have_text("")
    halt.page.keyboard.press("Escape")
    halt.expect_status("stopped")
    halt.page.get_by_role("button", name="New chat").first.click()
    halt.ask("Think first, then say 5 words, at 500 tokens a second")
    halt.expect_status("complete")
    expect(halt.reply.locator("[data-part=thinking-label]")).to_contain_text("Thought for")
    expect(halt.reply.locator("[data-part=thinking-text]")).to_have_text(mock_text.THINKING)
    assert len(halt.stored_text().split()) == 5


def test_a_stall_waits_for_stop(halt: HaltPage) -> None:
    """S26: it never pretends to be done."""
    prompt = "Stall in the middle, at 5000 tokens a second"
    halt.ask(prompt)
    halt.wait_text("".join(list(mock_text.tokens((mock_text.answer_to(prompt),)))[:100])[-18:].strip())
    halt.outlast_guard()
    halt.expect_status("streaming")
    shown = halt.body.inner_text()
    halt.button.click()
    halt.expect_status("stopped")
    expect(halt.body).to_have_text(shown, use_inner_text=True)
    assert mock_text.answer_to(prompt).startswith(halt.stored_text())


@pytest.mark.parametrize(
    ("prompt", "status", "sentence"),
    [
        ("Make an error in the middle, fast", "failed", "This error was asked for"),
        ("Be cut off, fast", "interrupted", "broke off"),
    ],
)
def test_what_broke_off_goes_on_without_a_seam(halt: HaltPage, prompt: str, status: str, sentence: str) -> None:
    """S20"""
    halt.ask(prompt)
    halt.expect_status(status)
    expect(halt.reply.locator("[data-part=notice]")).to_contain_text(sentence)
    partial = halt.stored_text()
    whole = mock_text.answer_to(prompt)
    assert whole.startswith(partial)
    assert 0 < len(partial) < len(whole)
    halt.press_in_reply("Continue")
    halt.expect_status("complete")
    assert halt.stored_text() == whole
    expect(halt.replies).to_have_count(1)


def test_a_stopped_reply_goes_on_without_a_seam(halt: HaltPage) -> None:
    """S20, S7"""
    prompt = "Go on about Stop, at 100 tokens a second"
    halt.ask(prompt)
    halt.wait_text()
    halt.outlast_guard()
    halt.button.click()
    halt.expect_status("stopped")
    halt.press_in_reply("Continue")
    halt.expect_status("complete")
    assert halt.stored_text() == mock_text.answer_to(prompt)


def test_no_answer_is_said_and_can_be_retried(halt: HaltPage) -> None:
    halt.ask("Give no answer")
    halt.expect_status("complete")
    expect(halt.body).to_have_text("")
    expect(halt.reply).to_contain_text("ended the reply without a word")
    expect(halt.reply.get_by_role("button", name="Retry")).to_be_enabled()
