"""A newer build: fetched whole or not at all, offered, taken over at a press, and never mixed with the old one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from tools.places import ROOT

from .deployment import FATE, Deployment, build_of, expect_newer, first_visit, newer_build, read
from .halt_page import READY_MS, HaltPage

# Wait until no window holds the lock of a run any more.
ALL_ENDED = """async () => {
    while ((await navigator.locks.query()).held.some(lock => lock.name.startsWith("halt/")))
        await new Promise(done => setTimeout(done, 20));
    return true;
}"""
# What somebody leaves at an address that Halt has left; our server serves no page without a policy.
MOVED = """<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'self'"><h1>Moved</h1>"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 800})
    yield made
    made.close()


def offer(halt: HaltPage) -> Locator:
    return halt.page.locator("#notices").get_by_role("status").filter(has_text="new version")


def reload_button(halt: HaltPage) -> Locator:
    return halt.page.locator("#notices").get_by_role("button", name="Reload")


def test_a_newer_build_is_offered_and_comes_whole_with_the_press(
    context: BrowserContext, deployment: Deployment, tmp_path: Path
) -> None:
    halt = first_visit(context, deployment)
    old = build_of(halt)
    deployment.put(newer_build(tmp_path))
    halt.reload()
    expect(offer(halt)).to_be_visible(timeout=READY_MS)
    expect(halt.notices).to_have_count(0)  # nobody is interrupted by an alarm
    assert build_of(halt) == old
    for file in ("math.mjs", "early.js", "./"):
        assert "newer-build" not in read(halt, file), "an old page gets old files, late ones too"

    halt.message.fill("A draft")
    reload_button(halt).click()
    expect_newer(halt)
    expect(halt.message).to_have_value("A draft")
    expect(halt.page.locator("#notices > *")).to_have_count(0)
    halt.ask("Something short, at 5000 tokens a second")
    halt.expect_status("complete")
    assert halt.faults == []


@pytest.mark.parametrize("damage", ["is missing", "has other bytes", "is the old one"])
def test_a_build_that_is_not_whole_is_not_offered(
    context: BrowserContext, deployment: Deployment, tmp_path: Path, damage: str
) -> None:
    halt = first_visit(context, deployment)
    old = build_of(halt)
    newer = newer_build(tmp_path)
    whole = (newer / "math.mjs").read_bytes()
    if damage == "is missing":
        (newer / "math.mjs").unlink()
    elif damage == "has other bytes":
        (newer / "math.mjs").write_bytes(whole + b"// damaged\n")
    else:
        shutil.copyfile(deployment.folder / "math.mjs", newer / "math.mjs")
    deployment.put(newer)
    assert halt.page.evaluate(FATE) == "redundant"
    expect(offer(halt)).to_have_count(0)
    halt.reload()
    assert build_of(halt) == old
    assert "newer-build" not in read(halt, "early.js")

    (newer / "math.mjs").write_bytes(whole)
    assert halt.page.evaluate(FATE) == "installed"
    expect(offer(halt)).to_be_visible(timeout=READY_MS)
    reload_button(halt).click()
    expect_newer(halt)


def test_a_reply_in_any_window_is_written_to_its_end_first(
    context: BrowserContext, deployment: Deployment, tmp_path: Path
) -> None:
    halt = first_visit(context, deployment)
    other = HaltPage(context.new_page(), deployment.url)
    other.open()
    other.ask("Write something very long, at 50 tokens a second")
    other.wait_text("a")
    deployment.put(newer_build(tmp_path))
    assert halt.page.evaluate(FATE) == "installed"
    expect(offer(halt)).to_be_visible(timeout=READY_MS)
    expect(offer(other)).to_have_count(0)  # not while it writes

    halt.page.bring_to_front()
    reload_button(halt).click()
    expect(halt.page.locator("#notices")).to_contain_text("A reply is still being written")
    assert "newer-build" not in read(other, "math.mjs")
    other.page.bring_to_front()
    other.expect_button("stop")
    other.message.fill("Another draft")
    other.page.keyboard.press("Escape")
    other.expect_status("stopped")

    kept = other.body.inner_text()
    assert halt.page.evaluate(ALL_ENDED)
    reload_button(halt).click()
    expect_newer(halt)
    expect_newer(other)
    expect(other.body).to_have_text(kept, use_inner_text=True)
    expect(other.message).to_have_value("Another draft")


def test_an_open_dialog_is_not_taken_away(context: BrowserContext, deployment: Deployment, tmp_path: Path) -> None:
    halt = first_visit(context, deployment)
    other = HaltPage(context.new_page(), deployment.url)
    other.open()
    other.page.get_by_role("button", name="Settings").click()
    other.page.get_by_label("Model", exact=True).fill("half-typed")
    deployment.put(newer_build(tmp_path))
    assert halt.page.evaluate(FATE) == "installed"
    halt.page.bring_to_front()
    reload_button(halt).click()
    expect_newer(halt)
    expect(other.page.get_by_label("Model", exact=True)).to_have_value("half-typed")
    other.page.bring_to_front()
    other.page.get_by_role("button", name="Save").click()
    expect_newer(other)


def test_what_the_readme_says_to_leave_behind_ends_it(
    context: BrowserContext, deployment: Deployment, tmp_path: Path
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    farewell = re.search(r"(?:^    addEventListener\(.*\n)+", readme, re.MULTILINE)
    assert farewell
    (tmp_path / "service_worker.js").write_text(farewell[0], encoding="utf-8")
    (tmp_path / "index.html").write_text(MOVED, encoding="utf-8")
    halt = first_visit(context, deployment)
    deployment.put(tmp_path)
    # Not waited for: the page goes.
    halt.page.evaluate("() => { navigator.serviceWorker.getRegistration().then(one => one.update()) }")
    expect(halt.page.locator("h1")).to_have_text("Moved", timeout=READY_MS)
    assert halt.page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
