"""What a stopped reply shows and what becomes of it: its mark, the provider's end, what it has cost, the next turn."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer, endless

from .halt_page import HaltPage

WORDS = endless("word ")
# Press Escape, and list what is aborted and asked for before the press returns.
PRESS_AND_LIST = """() => {
    const { abort } = AbortController.prototype, { fetch } = window, calls = [];
    AbortController.prototype.abort = function (...rest) { calls.push("abort"); return abort.apply(this, rest); };
    window.fetch = (...rest) => { calls.push("fetch"); return fetch(...rest); };
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
    AbortController.prototype.abort = abort;
    window.fetch = fetch;
    return calls;
}"""


def test_a_stopped_reply_is_marked_and_everything_in_it_has_settled(
    connected: HaltPage, provider: ProviderServer
) -> None:
    """S8, S14: and its details say what is known of the provider's end."""
    provider.answer(Answer(thinking="Hm. ", text=["```python\n", "print('half"], stall_after=2))
    connected.ask("Code")
    connected.wait_text("half")
    connected.page.keyboard.press("Escape")
    connected.expect_status("stopped")
    expect(connected.reply).to_contain_text("Stopped · ")
    connected.reply.get_by_text("Stopped · ").click()
    expect(connected.reply).to_contain_text("Connection closed; whether the server stops is not known")
    expect(connected.reply).to_contain_text("written: an estimate")
    assert connected.stored_text() == "```python\nprint('half"
    expect(connected.reply.get_by_text("Thought for")).to_be_visible()
    expect(connected.reply.locator("[data-part=dots]")).to_be_hidden()
    for name in ("Continue", "Regenerate", "Edit", "Copy", "Delete"):
        expect(connected.reply.get_by_role("button", name=name, exact=True)).to_be_enabled()
    expect(connected.reply.get_by_role("button", name="Stop this reply")).to_be_hidden()


def test_words_that_were_bold_stay_bold_and_no_mark_appears(connected: HaltPage, provider: ProviderServer) -> None:
    """S6, S7, S8: half-open syntax settles as it looked, now and when its conversation is opened again."""
    provider.answer(Answer(text=["Take **these", " words", " and [a", " link"], stall_after=4))
    connected.ask("Go")
    connected.wait_text("a link")
    shown = connected.body.inner_text()
    assert shown == "Take these words and a link"
    connected.page.keyboard.press("Escape")
    connected.expect_status("stopped")
    assert connected.body.inner_text() == shown
    expect(connected.body.locator("strong")).to_have_text("these words and a link")
    assert connected.stored_text() == "Take **these words and [a link"


def test_a_provider_that_takes_a_cancel_is_told_and_its_answer_is_shown(
    connected: HaltPage, provider: ProviderServer
) -> None:
    """S13, S14: after the connection is closed."""
    connected.choose("koboldcpp", {"Base URL": provider.url, "API key": "sk-test", "Model": "m"})
    provider.answer(Answer(text=WORDS, tokens_per_second=50))
    connected.expect_faults("status of 500")
    provider.cancel_answers = [Answer(status=500, body="{}"), Answer(body='{"success": "true", "done": "true"}')]
    connected.ask("Go")
    exchange = provider.wait_request()
    connected.wait_text()
    assert connected.page.evaluate(PRESS_AND_LIST) == ["abort"]  # to ask for a cancel is for a later task
    connected.expect_status("stopped")
    exchange.wait_left()
    connected.reply.get_by_text("Stopped · ").click()
    expect(connected.reply).to_contain_text("KoboldCpp is asked to stop as well. Cancel confirmed.")
    assert [cancel.json for cancel in provider.cancels] == [{"genkey": exchange.json["genkey"]}] * 2


def test_a_stopped_reply_tells_its_tokens_and_its_cost(halt: HaltPage, provider: ProviderServer) -> None:
    """S22: as an estimate, where the provider sent no final count."""
    prices = {"Input price ($/M)": "2", "Output price ($/M)": "10"}
    halt.choose("custom", {"Base URL": provider.url, "API key": "", "Model": "m", **prices})
    provider.answer(Answer(thinking="Hm. ", text=["half of ", "it"], stall_after=2))
    halt.ask("Go on then, tell me.")
    halt.wait_text("half of it")
    halt.page.keyboard.press("Escape")
    halt.expect_status("stopped")
    halt.reply.get_by_text("Stopped · ").click()
    said = "About 5 tokens read and 4 written, about $0.000050: an estimate, as the provider sent no final count."
    expect(halt.reply.get_by_text(said)).to_be_visible()


def test_a_stopped_reply_is_told_to_the_model_in_the_next_turn(connected: HaltPage, provider: ProviderServer) -> None:
    """S7, S19"""
    provider.answer(Answer(text=WORDS, tokens_per_second=50), Answer(text="Fine."))
    connected.ask("First")
    connected.wait_text()
    connected.page.keyboard.press("Escape")
    kept = connected.stored_text()
    connected.ask("Second")
    connected.expect_status("complete")
    assert provider.exchanges[1].json["messages"] == [
        {"role": "user", "content": "First"},
        {"role": "assistant", "content": kept.rstrip()},
        {"role": "user", "content": "Second"},
    ]
