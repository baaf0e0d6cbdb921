"""The one file: opened from disk, with no server and no network, it does what the site does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.servers import Answer, ProviderServer, endless
from tools.standalone.maker import write_standalone

from .conftest import RECORDER
from .halt_page import FRAMES, HaltPage
from .python_code import ECHO, use, wait_begun
from .test_policy import BLOCKED, INTRUDERS, VIOLATIONS
from .test_transfer import save

FORMULA = "Euler says $e^{i\\pi} + 1 = 0$.\n\n```rust\nfn main() {}\n```\n\nThe end.\n"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file alone in a folder whose name an address has to escape."""
    folder = tmp_path_factory.mktemp("a chat") / "ünder #1 100%"
    folder.mkdir()
    return write_standalone(target=folder / "halt.html")


@pytest.fixture(scope="module")
def visit(browser: Browser, file: Path) -> Iterator[HaltPage]:
    """One visit for all tests here; the network is off unless a test turns it on."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    context.add_init_script(path=RECORDER)
    context.add_init_script(VIOLATIONS)
    halt = HaltPage(context.new_page(), file.as_uri())
    halt.open()
    yield halt
    context.close()


@pytest.fixture
def opened(visit: HaltPage) -> Iterator[HaltPage]:
    """The page in a new chat; afterwards it has asked nobody, broken no rule and raised nothing."""
    visit.page.get_by_role("button", name="New chat").first.click()
    yield visit
    visit.stop_everything()
    visit.page.context.set_offline(True)
    assert visit.page.evaluate("violations") == []
    assert visit.faults == []
    assert elsewhere(visit) == []


def elsewhere(halt: HaltPage) -> list[str]:
    """List the requests that left the file; its own blobs did not."""
    own = (halt.url, "blob:", "data:")
    return [url for url in halt.requests if not url.startswith(own)]


def test_the_mock_streams_and_a_stop_holds_with_the_network_off(opened: HaltPage) -> None:
    """S6"""
    opened.ask("Something very long, at 200 tokens a second")
    opened.wait_text()
    opened.outlast_guard()
    opened.button.click()
    opened.expect_status("stopped")
    opened.page.evaluate(FRAMES)
    press = opened.presses()[-1]
    assert opened.growth_after(press.reached) == []
    assert opened.body.evaluate("body => body.textContent.length") <= press.characters
    opened.expect_button("send")


def test_a_provider_answers_and_a_stop_closes_the_connection(opened: HaltPage, provider: ProviderServer) -> None:
    """S6, S11; formulas and coloured code come out of the file, too."""
    opened.page.context.set_offline(False)
    opened.connect(provider)
    provider.answer(Answer(text=FORMULA), Answer(text=endless("word ")))
    opened.ask("Show me")
    opened.expect_status("complete")
    assert provider.wait_request().headers["origin"] == "null"
    expect(opened.body.locator(".math.set .katex")).to_have_count(1)
    assert opened.page.evaluate("document.fonts.load('16px KaTeX_Main').then(fonts => fonts.length)") > 0
    expect(opened.body.locator("code span[class]").filter(has_text=re.compile("^fn$"))).to_have_count(1)
    opened.ask("On and on")
    exchange = provider.wait_request(2)
    opened.wait_text("word word")
    opened.outlast_guard()
    opened.button.click()
    opened.expect_status("stopped")
    exchange.wait_left()
    opened.page.evaluate(FRAMES)
    press = opened.presses()[-1]
    assert opened.growth_after(press.reached) == []
    assert all(url.startswith(provider.url.removesuffix("/v1")) for url in elsewhere(opened))
    opened.requests.clear()


def test_people_s_own_python_has_a_worker_in_the_file_as_well(opened: HaltPage) -> None:
    use(opened, ECHO)
    opened.ask("Hello")
    wait_begun(opened, "You said: Hello")
    opened.expect_status("complete")
    assert len(opened.page.workers) == 1


def test_an_example_and_an_export_come_out_of_the_file(opened: HaltPage) -> None:
    opened.page.get_by_role("button", name="Settings").click()
    opened.page.get_by_label("Provider", exact=True).select_option("python")
    opened.page.get_by_label("Example").select_option("requests_get")
    opened.page.get_by_role("button", name="Use this example").click()
    expect(opened.page.get_by_label("Your Python", exact=True)).to_have_value(re.compile("requests"))
    opened.page.get_by_role("button", name="Cancel").click()
    opened.choose("mock", {"Model": "halt-mock"})
    opened.ask("Something short, at 5000 tokens a second")
    opened.expect_status("complete")
    name, text = save(opened, "HTML page")
    assert name.endswith(".html")
    assert "Something short" in text
    opened.page.keyboard.press("Escape")
    expect(opened.page.get_by_role("dialog")).to_be_hidden()


def test_what_was_said_is_there_after_a_reload(opened: HaltPage) -> None:
    opened.choose("mock", {"Model": "halt-mock"})
    opened.ask("Remember the blue door, at 5000 tokens a second")
    opened.expect_status("complete")
    opened.message.fill("A draft")
    opened.reload()
    expect(opened.prompts.last).to_contain_text("Remember the blue door")
    opened.expect_status("complete")
    expect(opened.message).to_have_value("A draft")


def test_a_renamed_copy_opens_too(browser: Browser, file: Path) -> None:
    copy = shutil.copy(file, file.with_name("my chat (1).htm"))
    context = browser.new_context(offline=True)
    halt = HaltPage(context.new_page(), Path(copy).as_uri())
    halt.open()
    halt.ask("Something short, at 5000 tokens a second")
    halt.expect_status("complete")
    assert halt.faults == []
    context.close()


def test_what_is_forbidden_is_blocked_in_the_file_as_well(visit: HaltPage, file: Path) -> None:
    """The last test here, as it leaves its marks; a page from disk could otherwise read what lies beside it."""
    page = visit.page
    for expected, intrusion in INTRUDERS.items():
        page.evaluate("() => { const at = document.createElement('div'); document.body.append(at); " + intrusion + " }")
        assert page.evaluate(BLOCKED, expected), f"{expected} was not blocked"
    beside = file.with_name("secret.txt")
    beside.write_text("secret")
    read = "url => fetch(url).then(answer => answer.text(), () => 'refused')"
    assert page.evaluate(read, beside.as_uri()) == "refused"
    assert page.evaluate(BLOCKED, "connect-src file")
    assert page.evaluate("window.ran") is None
