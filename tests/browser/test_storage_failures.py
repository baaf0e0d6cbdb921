"""Storage that fails, made to fail for real: each time the page says so once, chats on, and loses nothing."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.servers import Answer, ProviderServer

from .halt_page import HaltPage

# The next transactions that write are aborted at their end: where they are committed, or with a put that waited.
ABORTS = """
const begin = IDBDatabase.prototype.transaction, put = IDBObjectStore.prototype.put;
window.aborts = 0;
IDBDatabase.prototype.transaction = function (...args) {
  const transaction = begin.apply(this, args);
  if (args[1] === "readwrite" && window.aborts > 0) {
    window.aborts -= 1;
    transaction.commit = () => transaction.abort();
    queueMicrotask(() => { transaction.ends = true; });
  }
  return transaction;
};
IDBObjectStore.prototype.put = function (...args) {
  const request = put.apply(this, args);
  if (this.transaction.ends) this.transaction.abort();
  return request;
};
"""
# Opens the database in whatever shape, and holds on to it however a newer one asks for it.
OPEN = """version => new Promise((done, failed) => {
  const request = indexedDB.open("halt", version ?? undefined);
  request.onerror = () => failed(request.error);
  request.onsuccess = () => { window.held = request.result; done(request.result.version); };
})"""
# The database as version 1 had it, with one conversation, held by a tab that never lets go.
OLD = """() => new Promise((done, failed) => {
  const request = indexedDB.open("halt", 1);
  request.onerror = () => failed(request.error);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("conversations", {keyPath: ["id"]})
      .put({id: "c", version: 1, first_words: "Old", chosen: "p", created_ms: 1, changed_ms: 1});
    request.result.createObjectStore("messages", {keyPath: ["conversation", "id"]})
      .put({id: "p", version: 1, conversation: "c", role: "user", text: "Old", created_ms: 1});
    request.result.createObjectStore("growth", {keyPath: ["conversation", "message", "from"]});
  };
  request.onsuccess = () => { window.held = request.result; done(); };
})"""
CHANGE = """([group, changes]) => new Promise((done, failed) => {
  const transaction = held.transaction(group, "readwrite");
  transaction.objectStore(group).openCursor().onsuccess = event => {
    const cursor = event.target.result;
    if (!cursor) return;
    cursor.update({...cursor.value, ...changes[cursor.value.text ?? cursor.value.first_words]});
    cursor.continue();
  };
  transaction.oncomplete = () => { held.close(); done(); };
  transaction.onabort = () => failed(transaction.error);
})"""

# Keep all others from reading what was kept, until it is let go.
HOLD = """() => new Promise((done, failed) => {
  const request = indexedDB.open("halt");
  request.onerror = () => failed(request.error);
  request.onsuccess = () => {
    const held = request.result.transaction(["conversations", "messages"], "readwrite").objectStore("messages");
    window.letGo = false;
    const hold = () => {
      done();
      if (letGo) request.result.close();
      else held.count().onsuccess = hold;
    };
    hold();
  };
})"""


def other_tab(visitor: HaltPage) -> Page:
    """Open a tab of the same origin that is no Halt."""
    tab = visitor.page.context.new_page()
    tab.goto(f"{visitor.url}early.js")
    return tab


def ask(visitor: HaltPage, provider: ProviderServer, prompt: str) -> None:
    provider.answer(Answer(text=f"{prompt}, answered."))
    visitor.ask(prompt)
    visitor.wait_text(f"{prompt}, answered.")
    visitor.expect_status("complete")


def clear(visitor: HaltPage) -> None:
    """Clear what the site keeps, as a person may in the browser's settings."""
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    devtools.send("Storage.clearDataForOrigin", {"origin": visitor.url.rstrip("/"), "storageTypes": "indexeddb"})


def wait_written(visitor: HaltPage) -> None:
    """Let the quarter of a second pass after which everything is kept (S18)."""
    visitor.page.evaluate("new Promise(done => setTimeout(done, 300))")


def test_an_aborted_transaction_is_said_and_what_it_held_is_written_with_the_next_change(
    visitor: HaltPage, provider: ProviderServer
) -> None:
    """S7: no message is missing, neither of the aborted ones nor of those behind them."""
    visitor.page.add_init_script(ABORTS)
    visitor.open()
    visitor.connect(provider)
    ask(visitor, provider, "First")
    wait_written(visitor)
    visitor.page.evaluate("window.aborts = 2")
    ask(visitor, provider, "Second")
    expect(visitor.notices).to_have_count(1)
    expect(visitor.notices).to_contain_text("It is tried again with the next change.")
    ask(visitor, provider, "Third")
    wait_written(visitor)
    shown = visitor.log.inner_text()
    visitor.reload()
    expect(visitor.prompts).to_contain_text(["First", "Second", "Third"])
    expect(visitor.log).to_have_text(shown, use_inner_text=True)
    assert visitor.page.evaluate("window.aborts") == 0
    expect(visitor.notices).to_have_count(0)
    assert visitor.faults == []


def test_a_newer_halt_in_another_tab_takes_over_and_this_one_chats_on(
    visitor: HaltPage, provider: ProviderServer
) -> None:
    """S7: it lets go at once, so the newer one does not wait; what it wrote before is untouched."""
    visitor.open()
    visitor.connect(provider)
    ask(visitor, provider, "First")
    wait_written(visitor)
    newer = other_tab(visitor)
    assert newer.evaluate(OPEN, 1_000) == 1_000
    expect(visitor.notices).to_contain_text("A newer Halt is open in another tab")
    ask(visitor, provider, "Second")
    wait_written(visitor)
    expect(visitor.notices).to_have_count(1)
    visitor.reload()
    expect(visitor.notices).to_contain_text("A newer Halt is open in another tab")
    provider.answer(Answer(text="Here as well."))
    visitor.ask("Third")
    visitor.wait_text("Here as well.")
    texts: list[str] = newer.evaluate(
        """() => new Promise(done => {
            const request = held.transaction("messages").objectStore("messages").getAll();
            request.onsuccess = () => done(request.result.map(one => one.text));
        })"""
    )
    assert sorted(texts) == ["First", "First, answered."]
    assert visitor.faults == []


def test_an_older_halt_in_another_tab_blocks_the_upgrade_and_nothing_is_lost(
    visitor: HaltPage, provider: ProviderServer
) -> None:
    """S7: meanwhile the page chats, and once the other tab is gone, both are kept."""
    older = other_tab(visitor)
    older.evaluate(OLD)
    visitor.open()
    visitor.connect(provider)
    expect(visitor.notices).to_contain_text("Another tab still uses an older Halt.")
    ask(visitor, provider, "New")
    assert visitor.titles() == ["New"]
    older.close()
    expect(visitor.list.locator("[data-part=title]")).to_have_text(["New", "Old"])
    wait_written(visitor)
    visitor.reload()
    expect(visitor.list.locator("[data-part=title]")).to_have_text(["New", "Old"])
    expect(visitor.replies).to_contain_text(["New, answered."])
    visitor.list.get_by_role("button", name="Old", exact=True).click()
    expect(visitor.prompts).to_contain_text(["Old"])
    expect(visitor.notices).to_have_count(0)
    assert visitor.faults == []


def test_site_data_that_is_cleared_while_the_page_is_open_leaves_no_half_conversation(
    visitor: HaltPage, provider: ProviderServer
) -> None:
    """S7: what is on the page is kept again with its next change, and as a whole."""
    visitor.open()
    visitor.connect(provider)
    ask(visitor, provider, "First")
    wait_written(visitor)
    clear(visitor)
    ask(visitor, provider, "Second")
    wait_written(visitor)
    visitor.reload()
    expect(visitor.prompts).to_contain_text(["First", "Second"])
    expect(visitor.replies).to_contain_text(["First, answered.", "Second, answered."])
    expect(visitor.notices).to_have_count(0)
    assert visitor.faults == []


def test_site_data_that_is_cleared_while_it_is_read_is_said_once(visitor: HaltPage, provider: ProviderServer) -> None:
    """S26: the page chats on, and keeps what comes now; nothing of it is a fault of its own."""
    visitor.open()
    visitor.connect(provider)
    ask(visitor, provider, "First")
    wait_written(visitor)
    tab = other_tab(visitor)
    tab.evaluate(HOLD)
    visitor.page.bring_to_front()
    visitor.reload()
    clear(visitor)
    expect(visitor.notices).to_have_count(1)
    expect(visitor.notices).to_contain_text("Something could not be kept just now")
    visitor.notices.get_by_role("button", name="Dismiss").click()
    ask(visitor, provider, "Second")
    wait_written(visitor)
    assert visitor.faults == []
    visitor.reload()
    expect(visitor.prompts).to_contain_text(["Second"])
    expect(visitor.notices).to_have_count(0)
    assert visitor.faults == []


def test_a_damaged_record_is_named_and_harms_no_other(visitor: HaltPage, provider: ProviderServer) -> None:
    """S7: the conversation opens with what is whole, and the others are as they were."""
    visitor.open()
    visitor.connect(provider)
    ask(visitor, provider, "First")
    ask(visitor, provider, "Second")
    visitor.page.get_by_role("button", name="New chat").first.click()
    ask(visitor, provider, "Other")
    wait_written(visitor)
    tab = other_tab(visitor)
    tab.evaluate(OPEN)
    damage: dict[str, Any] = {"Second": {"parent": "gone"}, "First, answered.": {"status": 7, "thinking": []}}
    tab.evaluate(CHANGE, ["messages", damage])
    tab.evaluate(OPEN)
    tab.evaluate(CHANGE, ["conversations", {"Other": {"changed_ms": "yesterday", "queue": 3, "pinned": "perhaps"}}])
    visitor.reload()
    expect(visitor.prompts).to_contain_text(["Other"])
    expect(visitor.replies).to_contain_text(["Other, answered."])
    visitor.list.get_by_role("button", name="First", exact=True).click()
    expect(visitor.prompts).to_contain_text(["First"])
    expect(visitor.replies).to_contain_text(["First, answered."])
    said = "".join(visitor.notices.all_inner_texts())
    assert all(f"“{title}”" in said for title in ("First", "Other")), said
    visitor.prompts.first.hover()
    visitor.prompts.first.get_by_role("button", name="Next branch").click()
    expect(visitor.prompts).to_contain_text(["Second"])
    expect(visitor.replies).to_contain_text(["Second, answered."])
    ask(visitor, provider, "Third")
    assert visitor.faults == []
