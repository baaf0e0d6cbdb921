"""With the network off: the page, its runtime and what was said are there; providers never meet the worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Request, Response, expect

from tests.servers import Answer, ProviderServer, endless

from .deployment import CONTROLLED, Deployment, build_of, first_visit
from .halt_page import HaltPage
from .python_code import START_MS, use

FORMULA_AND_CODE = "Euler: $e^{i\\pi} + 1 = 0$\n\n```python\ndef halt(): return 1\n```\n\nThe end."
ECHO = "async def reply(messages, settings):\n    yield 'Offline, you said: ' + messages[-1]['content']\n"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor whose browser has service workers."""
    made = browser.new_context(viewport={"width": 1280, "height": 800})
    yield made
    made.close()


def test_after_one_visit_everything_is_there_with_the_network_off(
    context: BrowserContext, deployment: Deployment, provider: ProviderServer
) -> None:
    halt = first_visit(context, deployment)
    halt.connect(provider)
    provider.answer(Answer(text=FORMULA_AND_CODE))
    halt.ask("Show me something that needs more")
    halt.wait_text("The end.")
    halt.expect_status("complete")
    halt.choose("mock", {})
    use_none_of_the_browser_s_own_cache(halt)
    deployment.switch_off()
    context.set_offline(True)

    for address in ("", "?from=home", "index.html"):
        halt.page.goto(deployment.url + address, wait_until="commit")
        halt.wait_ready()
        expect(halt.prompts.get_by_test_id("body")).to_have_text(["Show me something that needs more"])
    expect(halt.body.locator(".math .katex")).to_have_count(1)
    expect(halt.body.locator("pre code span[class]").first).to_be_visible()
    assert halt.page.evaluate("document.fonts.ready.then(fonts => [...fonts].some(one => one.status === 'loaded'))")

    halt.ask("Write something very long, at 200 tokens a second")
    halt.wait_text("a")
    halt.page.keyboard.press("Escape")
    halt.expect_status("stopped")

    use(halt, ECHO)
    halt.ask("hello")
    expect(halt.body).to_have_text("Offline, you said: hello", timeout=START_MS)


def use_none_of_the_browser_s_own_cache(halt: HaltPage) -> None:
    """What is there offline is there because of the worker."""
    halt.page.context.new_cdp_session(halt.page).send("Network.clearBrowserCache")


def test_requests_to_providers_pass_the_worker_by(
    context: BrowserContext, deployment: Deployment, provider: ProviderServer
) -> None:
    """S11: streaming and Stop are under the worker what they are without."""
    halt = first_visit(context, deployment)
    by_worker: list[str] = []

    def note_request(request: Request) -> None:
        if request.service_worker:
            by_worker.append(request.url)

    def note_response(response: Response) -> None:
        if response.from_service_worker:
            by_worker.append(response.url)

    context.on("request", note_request)
    halt.page.on("response", note_response)
    halt.reload()
    assert deployment.url in by_worker, "the page itself comes from the worker"

    halt.connect(provider)
    provider.answer(Answer(text=endless("word ")))
    halt.ask("Go on for ever")
    halt.wait_text("word word word")
    halt.page.keyboard.press("Escape")
    halt.expect_status("stopped")
    provider.wait_no_connections()
    halt.page.evaluate("url => fetch(url).then(() => 0, () => 0)", f"{provider.url}/models")
    halt.page.evaluate("fetch('nothing-of-ours', { method: 'POST' }).then(() => 0, () => 0)")
    halt.page.evaluate("fetch('nothing-of-ours?math.mjs').then(() => 0, () => 0)")
    assert [url for url in by_worker if url.startswith(provider.url) or "nothing" in url] == []
    assert build_of(halt)


def test_what_the_first_visit_loaded_is_not_downloaded_again(
    browser: Browser, browser_type_launch_args: dict[str, Any], deployment: Deployment, tmp_path: Path
) -> None:
    """A browser that keeps what it loads, as a person's does; a private window has less room than Python needs."""
    context = browser.browser_type.launch_persistent_context(tmp_path / "profile", **browser_type_launch_args)
    try:
        first_visit(context, deployment)
        twice = {file for file, times in deployment.times_sent().items() if times > 1}
        assert twice <= {"service_worker.js"}
    finally:
        context.close()


def test_another_project_on_this_machine_s_port_is_not_hidden(
    context: BrowserContext, deployment: Deployment, tmp_path: Path
) -> None:
    halt = first_visit(context, deployment)
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
    page = f"<!doctype html>{policy}<h1>Another project</h1>"
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    deployment.put(tmp_path)
    halt.page.goto(deployment.url)
    expect(halt.page.locator("h1")).to_have_text("Another project")
    assert halt.page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0


def test_who_clears_what_the_worker_keeps_gets_the_page_as_on_a_first_visit(
    context: BrowserContext, deployment: Deployment
) -> None:
    halt = first_visit(context, deployment)
    halt.page.evaluate("caches.keys().then(names => Promise.all(names.map(name => caches.delete(name))))")
    halt.reload()
    assert halt.page.evaluate(CONTROLLED)
    deployment.switch_off()
    halt.reload()


@pytest.mark.parametrize("how", ["there is none", "it is refused"])
def test_a_browser_without_workers_does_without_a_word(browser: Browser, deployment: Deployment, how: str) -> None:
    context = browser.new_context()
    refuse = "ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('No', 'SecurityError'))"
    context.add_init_script("delete Navigator.prototype.serviceWorker" if how == "there is none" else refuse)
    halt = HaltPage(context.new_page(), deployment.url)
    halt.open()
    halt.ask("Something short, at 5000 tokens a second")
    halt.expect_status("complete")
    expect(halt.notices).to_have_count(0)
    assert halt.faults == []
    context.close()


def test_the_browser_takes_it_for_an_app(context: BrowserContext, deployment: Deployment) -> None:
    page = context.new_page()
    page.goto(deployment.url)
    session = context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    assert json.loads(found["data"])["display"] == "standalone"
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] in (
        [],
        [{"errorId": "in-incognito", "errorArguments": []}],
    )
