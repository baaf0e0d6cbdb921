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


def seconds_of_growth(halt: HaltPage) -> list[float]:
    return [one["at"] / 1000 for one in halt.growth_after(0)]


def test_one_token_a_second(halt: HaltPage) -> None:
    halt.ask("Say 3 words at 1 token a second")
    halt.expect_status("complete")
    times = seconds_of_growth(halt)
    words = [token for token in mock_text.tokens((halt.stored_text(),)) if not half_mark(token)]
    assert len(times) == len(words) == 2, "each token is shown by itself, but for a mark, which waits for its word"
    assert len(times) - 1.5 < times[-1] - times[0] < len(times) - 0.5, "and one comes each second"


def test_five_thousand_tokens_a_second(halt: HaltPage) -> None:
    halt.ask("Write 20,000 characters at 5000 tokens a second")
    halt.expect_status("complete")
    text = halt.stored_text()
    assert len(text) == 20_000
    least = len(list(mock_text.tokens((text,)))) / 5000
    times = seconds_of_growth(halt)
    assert least * 0.9 < times[-1] - times[0] < least * 5, "a tenth of the speed would take twice as long as that"


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
    halt.ask("Think first, then say 5 words, at 500 tokens a second")
    expect(halt.reply.locator("[data-part=thinking-label]")).to_have_text("Thinking…")
    expect(halt.body).to_have_text("")
    halt.expect_status("complete")
    expect(halt.reply.locator("[data-part=thinking-label]")).to_contain_text("Thought for")
    expect(halt.reply.locator("[data-part=thinking-text]")).to_have_text(mock_text.THINKING)
    assert len(halt.stored_text().split()) == 5


def test_a_stall_waits_for_stop(halt: HaltPage) -> None:
    """S26: it never pretends to be done."""
    halt.ask("Stall in the middle, at 5000 tokens a second")
    expect(halt.body).to_have_text(halt.body.inner_text())
    halt.wait_text()
    halt.outlast_guard()
    halt.expect_status("streaming")
    shown = halt.body.inner_text()
    halt.button.click()
    halt.expect_status("stopped")
    expect(halt.body).to_have_text(shown, use_inner_text=True)
    assert mock_text.answer_to("Stall in the middle, at 5000 tokens a second").startswith(halt.stored_text())


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
