"""The list of conversations: by day, named, pinned and searched, by keys as well as by hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer

from .halt_page import FRAMES, HaltPage
from .test_accessibility import findings
from .test_storage_failures import HOLD

# Conversations as they are kept, ``days`` before now: the page reads them as those of earlier visits.
KEEP = """async conversations => {
  const database = await new Promise((done, failed) => {
    const request = indexedDB.open("halt");
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const writing = database.transaction(["conversations", "messages"], "readwrite");
  const [heads, texts] = ["conversations", "messages"].map(name => writing.objectStore(name));
  conversations.forEach(({ days, said }, number) => {
    const id = `kept-${number}`, at = Date.now() - days * 86400000;
    heads.put({ id, version: 1, created_ms: at, changed_ms: at, title: "", title_by: "", first_words: said[0],
                pinned: false, chosen: `${id}-0`, draft: "", queue: [] });
    said.forEach((text, place) => {
      const own = place % 2 ? { role: "assistant", status: "complete" } : { role: "user" };
      texts.put({ id: `${id}-${place}`, version: 1, conversation: id, created_ms: at + place, place: 0, text, ...own,
                  parent: place ? `${id}-${place - 1}` : "",
                  chosen: place + 1 < said.length ? `${id}-${place + 1}` : "" });
    });
  });
  await new Promise(done => { writing.oncomplete = done; });
  database.close();
}"""
LONG = "A paragraph that is only here so that the page has to scroll.\n\n" * 60


@pytest.fixture
def kept(visitor: HaltPage) -> HaltPage:
    """A visitor who was here before."""
    visitor.open()
    visitor.page.evaluate(
        KEEP,
        [
            {"days": 0, "said": ["Boats", f"{LONG}Here is the **Needle** in it.\n\n{LONG}", "Thanks", "Welcome"]},
            {"days": 3, "said": ["Pins and <b>", "Not what you look for."]},
            {"days": 500, "said": ["Old", "A haystack."]},
            *({"days": 600, "said": [f"Very old {number:03}"]} for number in range(120)),
        ],
    )
    visitor.reload()
    expect(visitor.list.get_by_role("button", name="Boats", exact=True)).to_be_visible()
    return visitor


def test_the_list_by_day_names_pins_and_search(kept: HaltPage, provider: ProviderServer) -> None:
    """S3, S23: what is open in the list takes the first Escape; a run goes on meanwhile."""
    page, keys = kept.page, kept.page.keyboard
    headings = kept.list.get_by_role("heading")
    assert headings.all_inner_texts()[:2] == ["Today", "Previous 7 days"]
    assert kept.titles()[:4] == ["Nothing asked yet", "Boats", "Pins and <b>", "Old"]
    assert len(kept.titles()) == 100
    page.get_by_role("button", name="Show older").click()
    expect(kept.list.locator("[data-part=title]")).to_have_count(124)
    expect(kept.list.locator("li:nth-child(101 of [data-id]) [data-part=open]")).to_be_focused()
    expect(page.get_by_role("button", name="Show older")).to_be_hidden()

    # A title is asked for after the first complete reply. What follows is named and pinned by keys alone meanwhile.
    kept.choose("custom", {"Base URL": provider.url, "API key": "sk-test", "Model": "test-model"}, titles=True)
    provider.answer(Answer(text="Aye."), Answer(text="**Sea** and sky"), Answer(text=["one ", "two "], stall_after=2))
    kept.ask("What is it like?")
    expect(kept.list.get_by_role("button", name="Sea and sky", exact=True)).to_be_visible()
    page.get_by_role("button", name="New chat").first.click()
    kept.ask("Go")
    kept.wait_text("two")
    kept.list.get_by_role("button", name="More for Pins and <b>", exact=True).focus()
    keys.press("Enter")
    tools = kept.list.get_by_role("group", name="What can be done with Pins and <b>")
    expect(tools.get_by_role("button")).to_have_text(["Pin", "Rename", "Delete"])
    assert findings(page) == [], "what can be done with a row"
    keys.press("Escape")
    expect(tools).to_have_count(0)
    expect(kept.list.get_by_role("button", name="More for Pins and <b>")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Enter")
    expect(headings.first).to_have_text("Pinned")
    assert kept.titles()[0] == "Pins and <b>"
    kept.press_in_row("Boats", "Rename")
    field = kept.list.get_by_role("textbox", name="Title of Boats")
    expect(field).to_be_focused()
    assert findings(page) == [], "renaming"
    keys.type("Never mind")
    keys.press("Escape")
    expect(kept.list.get_by_role("button", name="Boats", exact=True)).to_be_focused()
    kept.press_in_row("Boats", "Rename")
    keys.type("  Ships and   <i>boats</i> ")
    keys.press("Enter")
    renamed = kept.list.get_by_role("button", name="Ships and <i>boats</i>", exact=True)
    expect(renamed).to_be_focused()
    kept.expect_button("stop")
    assert provider.exchanges[2].left_at is None

    # Searched by keys alone.
    keys.press("Control+k")
    search = page.get_by_role("searchbox", name="Search conversations")
    expect(search).to_be_focused()
    keys.type("nEEdle")
    found = page.get_by_role("list", name="Found").get_by_role("listitem")
    expect(found).to_have_count(1)
    expect(found.locator("[data-part=title]")).to_have_text("Ships and <i>boats</i>")
    expect(found.locator("[data-part=text]")).to_contain_text("Here is the **Needle** in it.")
    expect(found.locator("mark")).to_have_text("Needle")
    expect(page.locator("#found-note")).to_have_text("1 found")
    expect(kept.list).to_be_hidden()
    assert findings(page) == [], "searching"
    keys.press("ArrowDown")
    expect(found.get_by_role("button")).to_be_focused()
    keys.press("Enter")
    needle = kept.log.get_by_text("Here is the Needle in it.")
    expect(needle).to_be_in_viewport()
    expect(kept.replies.first).to_be_focused()
    assert page.evaluate("[...CSS.highlights.get('found')].map(String)") == ["Needle"]

    keys.press("Control+k")
    keys.press("Escape")
    expect(search).to_have_value("")
    expect(kept.list).to_be_visible()
    search.fill("pins")
    expect(page.locator("#found-note")).to_have_text("1 found")
    search.fill("two")
    expect(found.locator("[data-part=text]")).to_have_text(["one two"])
    search.fill("nowhere at all")
    expect(page.locator("#found-note")).to_have_text("Nothing found")
    search.fill("go")
    keys.press("Enter")
    kept.expect_button("stop")
    assert provider.exchanges[2].left_at is None
    search.fill("")
    kept.message.press("Escape")
    kept.expect_status("stopped")

    # As it was, at the next visit; without a title it is called by its first words again.
    page.evaluate("new Promise(done => setTimeout(done, 300))")
    page.reload()
    kept.wait_ready()
    expect(headings.first).to_have_text("Pinned")
    assert kept.titles()[:5] == ["Pins and <b>", "Go", "Sea and sky", "Ships and <i>boats</i>", "Old"]
    kept.press_in_row("Ships and <i>boats</i>", "Rename")
    keys.press("Backspace")
    kept.message.click()
    expect(kept.list.get_by_role("button", name="Boats", exact=True)).to_be_visible()
    assert kept.faults == []


def test_what_was_found_is_shown_in_the_midst_of_a_long_conversation(visitor: HaltPage) -> None:
    """Its replies are drawn from the last one up, and move nothing away; who types before the list is there waits."""
    said = [part for number in range(12) for part in (f"Question {number}", LONG * 5)]
    said[11] = f"{LONG}Here is the **Needle** in it.\n\n{LONG}"
    visitor.open()
    visitor.page.evaluate(KEEP, [{"days": 0, "said": ["Other", "Words."]}, {"days": 1, "said": said}])
    other = HaltPage(visitor.page.context.new_page(), visitor.url)
    other.open_blank()
    other.page.evaluate(HOLD)
    visitor.page.bring_to_front()
    visitor.reload()
    visitor.page.keyboard.press("Control+k")
    visitor.page.keyboard.type("needle")
    visitor.page.keyboard.press("Enter")
    visitor.page.evaluate(FRAMES)
    expect(visitor.page.locator("#found-note")).to_have_text("Searching…")
    other.page.evaluate("letGo = true")
    expect(visitor.page.locator("#found-note")).to_have_text("1 found")
    expect(visitor.replies.nth(5)).to_be_focused()
    assert visitor.page.evaluate("[...CSS.highlights.get('found')].map(String)") == ["Needle"]
    visitor.page.evaluate(FRAMES)
    expect(visitor.log.get_by_text("Here is the Needle in it.")).to_be_in_viewport()
    assert visitor.faults == []
