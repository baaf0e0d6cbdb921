"""Out and in: conversations are saved as files, and files become conversations; nothing here is overwritten."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.servers import Answer, ProviderServer

from .halt_page import HaltPage

FIXTURES = Path(__file__).parents[1] / "unit" / "store" / "fixtures"
TEXT = "Some **bold** words.\n\n```python\nx = 1\n```\n"

DROP = """([target, name, text]) => {
    const data = new DataTransfer()
    data.items.add(new File([text], name, {type: 'application/json'}))
    const event = new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})
    document.querySelector(target).dispatchEvent(event)
    return event.defaultPrevented
}"""


def dialog(halt: HaltPage) -> Locator:
    if not halt.page.get_by_role("dialog").is_visible():
        halt.page.get_by_role("button", name="Export and import").click()
    return halt.page.get_by_role("dialog", name="Export and import")


def save(halt: HaltPage, button: str) -> tuple[str, str]:
    """Press a button and give the name and the text of the file that is saved."""
    with halt.page.expect_download() as download:
        dialog(halt).get_by_role("button", name=button, exact=True).click()
    expect(dialog(halt).get_by_role("status")).to_have_text(f"Saved as {download.value.suggested_filename}.")
    return download.value.suggested_filename, download.value.path().read_text("utf-8")


def bring(halt: HaltPage, name: str, text: str) -> None:
    dialog(halt).locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": text.encode()}
    )


def test_conversations_go_out_as_files_and_come_in_again(visitor: HaltPage, provider: ProviderServer) -> None:
    """S7: to the character; damage costs only what is damaged, and what is here already does not come twice."""
    visitor.open()
    visitor.connect(provider)
    provider.answer(Answer(text=TEXT), Answer(text="Two."))
    visitor.ask("First")
    visitor.expect_status("complete")
    name, text = save(visitor, "Markdown")
    assert name.startswith("halt-")
    assert name.endswith("-first.md")
    assert TEXT in text
    name, text = save(visitor, "HTML page")
    assert name.endswith("-first.html")
    assert "<strong>bold</strong>" in text
    assert "<script" not in text
    name, one = save(visitor, "JSON")
    assert json.loads(one)["conversations"][0]["messages"][1]["text"] == TEXT
    visitor.page.keyboard.press("Escape")
    visitor.page.get_by_role("button", name="New chat").first.click()
    visitor.ask("Second")
    visitor.wait_text("Two.")
    visitor.expect_status("complete")
    visitor.reload()  # so that the other is known by its title alone
    visitor.expect_status("complete")
    name, everything = save(visitor, "All conversations (JSON)")
    assert name.endswith("-conversations.json")
    assert {entry["conversation"]["first_words"] for entry in json.loads(everything)["conversations"]} == {
        "First",
        "Second",
    }

    bring(visitor, "no-export.json", "{}")
    expect(dialog(visitor).get_by_role("status")).to_contain_text("Halt reads its own exports")
    bring(visitor, name, everything)
    expect(visitor.notices).to_contain_text("0 conversations imported. 2 conversations left out, being here already.")
    visitor.notices.get_by_role("button", name="Dismiss").click()
    visitor.press_in_row("First", "Delete")
    expect(visitor.notices).to_contain_text("was deleted")
    visitor.notices.get_by_role("button", name="Dismiss").click()
    bring(visitor, "first.json", one)
    expect(visitor.notices).to_contain_text("1 conversation imported.")
    visitor.notices.get_by_role("button", name="Dismiss").click()
    assert visitor.page.evaluate(DROP, ["#conversations", name, everything[:-40]])
    expect(visitor.notices).to_contain_text("1 thing could not be read.")
    expect(visitor.notices.get_by_role("button", name="Copy details")).to_be_visible()
    bring(visitor, "chatgpt.json", (FIXTURES / "chatgpt-conversations.json").read_text("utf-8"))
    expect(visitor.notices).to_have_count(2)  # the one before says "imported", too
    expect(visitor.notices.last).to_contain_text("imported")
    imported = visitor.titles()
    assert {"First", "Second"} <= set(imported)
    assert len(imported) > 2
    visitor.page.evaluate("new Promise(done => setTimeout(done, 250))")
    visitor.reload()
    expect(visitor.prompts).to_have_count(1)
    assert sorted(visitor.titles()) == sorted(imported)
    visitor.page.get_by_role("list", name="Conversations").get_by_role("button", name="First", exact=True).click()
    visitor.wait_text("bold")
    assert visitor.stored_text() == TEXT
    assert visitor.faults == []
