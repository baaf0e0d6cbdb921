"""What is kept: a page that is loaded again shows what it showed, and a disk that is full loses nothing on the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer, endless

from .halt_page import HaltPage

CODE = "Look:\n\n```python\nx = 1\n```\n\nThat is **all**."


@pytest.mark.parametrize("moment", range(4))
def test_what_was_stopped_right_before_a_reload_is_kept(
    visitor: HaltPage, provider: ProviderServer, moment: int
) -> None:
    """S7, S18: also while the question, and what came with it, is still being written."""
    visitor.open()
    visitor.connect(provider)
    provider.answer(Answer(text=[CODE, "words", " that", " go"], stall_after=4))
    files = [{"name": f"{number}.txt", "mimeType": "text/plain", "buffer": b"A file"} for number in range(moment)]
    visitor.page.locator("#attach-file").set_input_files(files)
    visitor.ask("Go on")
    visitor.wait_text("words that go")
    visitor.page.keyboard.press("Escape")
    visitor.expect_status("stopped")
    visitor.reload()
    visitor.expect_status("stopped")
    assert visitor.stored_text() == f"{CODE}words that go"


def conversation(halt: HaltPage, title: str) -> None:
    """Open a conversation from the list."""
    halt.list.get_by_role("button", name=title, exact=True).click()
    expect(halt.prompts.first).to_contain_text(title)


def test_a_page_that_is_loaded_again_shows_what_it_showed(visitor: HaltPage, provider: ProviderServer) -> None:
    """S7, S8, S21: texts, branches, marks and drafts, in all conversations."""
    visitor.open()
    visitor.connect(provider)
    provider.answer(Answer(text=CODE, thinking="Hm."), Answer(text="Another one."))
    visitor.ask("First")
    visitor.expect_status("complete")
    visitor.press_in_reply("Regenerate")
    visitor.wait_text("Another one.")
    visitor.expect_status("complete")
    visitor.reply.get_by_role("button", name="Previous branch").click()
    visitor.wait_text("That is all")
    visitor.message.fill("A draft of the first")
    visitor.page.get_by_role("button", name="New chat").first.click()
    expect(visitor.message).to_have_value("")
    provider.answer(Answer(text=["Some **bold", " words"], stall_after=2))
    visitor.ask("Second")
    visitor.wait_text("words")
    visitor.page.keyboard.press("Escape")
    visitor.expect_status("stopped")
    visitor.message.fill("A draft of the second")
    shown = visitor.log.inner_text()

    visitor.reload()
    visitor.expect_status("stopped")
    expect(visitor.log).to_have_text(shown, use_inner_text=True)
    expect(visitor.body.locator("strong")).to_have_text("bold words")
    assert visitor.stored_text() == "Some **bold words"
    expect(visitor.message).to_have_value("A draft of the second")
    assert visitor.titles() == ["Second", "First"]
    conversation(visitor, "First")
    assert visitor.stored_text() == CODE
    expect(visitor.reply.locator("[data-part=branch-count]")).to_have_text("1/2")
    expect(visitor.message).to_have_value("A draft of the first")
    provider.answer(Answer(text="A third."))
    visitor.press_in_reply("Regenerate")
    visitor.expect_status("complete")
    assert [message["content"] for message in provider.exchanges[-1].json["messages"]] == ["First"]

    conversation(visitor, "Second")
    visitor.press_in_row("First", "Delete")
    expect(visitor.notices).to_contain_text("was deleted")
    assert visitor.titles() == ["Second"]
    visitor.page.get_by_role("button", name="Undo").click()
    expect(visitor.prompts.first).to_contain_text("First")
    visitor.press_in_row("Second", "Delete")
    expect(visitor.notices).to_contain_text("“Second” was deleted.")
    visitor.reload()
    expect(visitor.prompts.first).to_contain_text("First")
    assert visitor.titles() == ["First"]
    assert visitor.faults == []


def test_a_reply_that_a_reload_cuts_off_is_interrupted_and_goes_on(visitor: HaltPage, provider: ProviderServer) -> None:
    """S18, S20: what had been shown a quarter of a second earlier is there."""
    visitor.open()
    visitor.connect(provider)
    provider.answer(Answer(text=endless("word "), tokens_per_second=100), Answer(text="and the end."))
    visitor.ask("Go")
    exchange = provider.wait_request()
    exchange.wait_chunks(200)
    shown = visitor.body.inner_text()
    visitor.page.evaluate("new Promise(done => setTimeout(done, 250))")
    visitor.reload()
    exchange.wait_left()
    visitor.expect_status("interrupted")
    expect(visitor.reply).to_contain_text("The page was closed while this reply was written.")
    kept = visitor.stored_text()
    assert kept.startswith(shown)
    assert exchange.sent_text.startswith(kept)
    visitor.press_in_reply("Continue")
    visitor.expect_status("complete")
    whole = visitor.stored_text()
    assert whole.startswith(kept)
    assert whole.endswith("and the end.")
    visitor.reload()
    visitor.expect_status("complete")
    assert visitor.stored_text() == whole
    assert visitor.faults == []


def test_a_full_disk_is_said_once_and_what_is_on_the_page_is_kept_when_there_is_room(
    visitor: HaltPage, provider: ProviderServer
) -> None:
    """S7: the chat goes on meanwhile."""
    visitor.open()
    visitor.connect(provider)
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": visitor.url.rstrip("/"), "quotaSize": 1})
    provider.answer(Answer(text="One."), Answer(text="Two."), Answer(text="Three."))
    for number, text in enumerate(("One.", "Two."), 1):
        visitor.ask(f"Question {number}")
        visitor.expect_status("complete")
        visitor.wait_text(text)
    expect(visitor.notices).to_have_count(1)
    expect(visitor.notices).to_contain_text("There is no room left to keep conversations.")
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": visitor.url.rstrip("/")})
    visitor.ask("Question 3")
    visitor.expect_status("complete")
    visitor.page.evaluate("new Promise(done => setTimeout(done, 250))")
    visitor.reload()
    expect(visitor.prompts).to_contain_text(["Question 1", "Question 2", "Question 3"])
    expect(visitor.notices).to_have_count(0)
    assert visitor.faults == []
