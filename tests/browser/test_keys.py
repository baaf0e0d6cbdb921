"""The keys: a list of them under "?", and each does what the list says."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer

from .halt_page import HaltPage


def test_a_question_mark_shows_the_keys_unless_one_is_typing(halt: HaltPage) -> None:
    dialog = halt.page.get_by_role("dialog", name="Keys")
    halt.message.press("?")
    expect(dialog).to_be_hidden()
    expect(halt.message).to_have_value("?")
    halt.page.get_by_role("button", name="New chat").first.focus()
    halt.page.keyboard.press("?")
    expect(dialog).to_be_visible()
    halt.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    halt.page.get_by_role("button", name="Keys").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_up_in_an_empty_message_edits_the_last_prompt(connected: HaltPage, provider: ProviderServer) -> None:
    """S21"""
    provider.answer(Answer(text="Done."))
    connected.message.press("ArrowUp")
    expect(connected.message).to_have_value("")
    connected.ask("First")
    connected.expect_status("complete")
    connected.ask("Second")
    expect(connected.replies).to_have_count(2)
    connected.expect_status("complete")
    connected.message.press("ArrowUp")
    expect(connected.message).to_have_value("Second")
    connected.page.keyboard.press("Escape")
    expect(connected.message).to_have_value("")
    connected.message.fill("typed")
    connected.message.press("ArrowUp")
    expect(connected.message).to_have_value("typed")


def test_chats_are_opened_and_switched_by_keys(connected: HaltPage, provider: ProviderServer) -> None:
    """S23: switching stops nothing."""
    provider.answer(Answer(text="Done."))
    connected.ask("One")
    connected.expect_status("complete")
    connected.page.keyboard.press("Alt+Shift+KeyN")
    expect(connected.prompts).to_have_count(0)
    connected.ask("Two")
    connected.expect_status("complete")
    connected.page.keyboard.press("Alt+Shift+ArrowDown")
    expect(connected.prompts).to_contain_text("One")
    connected.page.keyboard.press("Alt+Shift+ArrowUp")
    expect(connected.prompts).to_contain_text("Two")
    expect(connected.message).to_be_focused()
