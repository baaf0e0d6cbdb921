"""What goes wrong at a provider ends in the reply: a clear sentence, all that had arrived, and a Retry that works."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer

from .halt_page import HaltPage

KEY = "hunter2-0123456789abcdef"
ECHO = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}. See http://example.org."}})
WORDS = ("One ", "*two* ", "three ", "four")
KEPT = "One *two* "
# What Chromium writes to the console of a connection that broke.
BROKEN_OFF = ("net::ERR_INCOMPLETE_CHUNKED_ENCODING", "net::ERR_CONNECTION_RESET")


@dataclass(frozen=True, slots=True)
class Failure:
    """What the provider does; the reply's status, what its sentence says, and what is kept."""

    answer: Answer
    status: str
    says: tuple[str, ...]
    kept: str = ""


# When a connection breaks, browsers drop what the page has not read yet: so the cuts come once the words are there.
FAILURES = {
    "401": Failure(
        Answer(status=401, body=ECHO),
        "failed",
        ("refused the API key (401)", "Incorrect API key provided: [key]", "Check the key in Settings"),
    ),
    "403": Failure(Answer(status=403), "failed", ("does not allow this (403)", "what the key is allowed")),
    "404": Failure(Answer(status=404), "failed", ("(404)", "Check Base URL and Model in Settings")),
    "429-for-long": Failure(Answer(status=429, headers={"Retry-After": "600"}), "failed", ("(429)", "10 minutes")),
    "500": Failure(Answer(status=500, body=ECHO), "failed", ("has a problem (500)", "on its side")),
    "503": Failure(
        Answer(status=503, headers={"Retry-After": "30"}), "failed", ("has a problem (503)", "Retry in 30 seconds")
    ),
    "malformed-event": Failure(Answer(text=WORDS, malformed_at=2), "failed", ("can't be read", "retry"), KEPT),
    "error-event": Failure(
        Answer(text=WORDS, error_at=2),
        "failed",
        ("reported an error in the middle of its reply: “The test provider broke down.” What", "Continue, or Retry"),
        KEPT,
    ),
    "error-event-at-once": Failure(Answer(text=WORDS, error_at=0), "failed", ("an error instead of a reply",)),
    "cut": Failure(
        Answer(text=WORDS, cut_after=2, step=True, role_event=False),
        "interrupted",
        ("broke off", "Retry asks again"),
        KEPT,
    ),
    "reset": Failure(
        Answer(text=WORDS, cut_after=2, reset=True, step=True, role_event=False),
        "interrupted",
        ("broke off", "Retry asks again"),
        KEPT,
    ),
    "cut-in-a-character": Failure(
        Answer(text=WORDS, cut_after=2, cut_in_character=True, step=True, role_event=False),
        "interrupted",
        ("broke off", "Retry asks again"),
        KEPT,
    ),
    "ended-without-an-end": Failure(
        Answer(text=WORDS[:2], finish_reason=None, usage=False, done=False),
        "interrupted",
        ("closed the connection before the reply's end", "Retry asks again"),
        KEPT,
    ),
    "empty": Failure(Answer(text=""), "complete", ("without a word", "Retry")),
    "web-page": Failure(
        Answer(body="<!doctype html><title>Welcome</title>", headers={"Content-Type": "text/html"}),
        "failed",
        ("answered with a web page", "Check the Base URL", "/v1"),
    ),
}


@pytest.fixture
def connected(halt: HaltPage, provider: ProviderServer) -> HaltPage:
    halt.connect(provider, key=KEY)
    return halt


def let_it_happen(halt: HaltPage, provider: ProviderServer, failure: Failure) -> None:
    if failure.answer.step:
        exchange = provider.wait_request()
        exchange.release(2)
        halt.wait_text("One two")
        exchange.release()


def expect_failure(halt: HaltPage, failure: Failure) -> None:
    halt.expect_status(failure.status)
    notice = halt.reply.locator("[data-part=notice]")
    for sentence in failure.says:
        expect(notice).to_contain_text(sentence)
    if failure.kept:
        assert halt.stored_text() == failure.kept
        expect(halt.body).to_have_text("One two")
    else:
        expect(halt.body).to_have_text("")
    expect(notice.get_by_role("button", name="Retry")).to_be_enabled()


def expect_no_key(halt: HaltPage) -> None:
    page = halt.page
    everything = "[document.documentElement.outerHTML, location.href, JSON.stringify(localStorage), document.cookie]"
    for text in [*page.evaluate(everything), *halt.complaints, *halt.requests]:
        assert KEY not in text
        assert KEY[-12:] not in text


def retry(halt: HaltPage, provider: ProviderServer, failure: Failure) -> None:
    """Ask again; the new reply is a branch of its own, and the failed one can be returned to."""
    provider.answer(Answer(text="All is well."))
    halt.reply.get_by_role("button", name="Retry").click()
    halt.expect_status("complete")
    expect(halt.body).to_have_text("All is well.")
    expect(halt.replies).to_have_count(1)
    expect(halt.reply.locator("[data-part=branch-count]")).to_have_text("2/2")
    halt.press_in_reply("Previous branch")
    expect(halt.reply.locator("[data-part=branch-count]")).to_have_text("1/2")
    expect_failure(halt, failure)
    halt.press_in_reply("Next branch")
    expect(halt.body).to_have_text("All is well.")


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_says_what_to_do_keeps_what_came_and_can_be_retried(
    connected: HaltPage, provider: ProviderServer, name: str
) -> None:
    """S7 for what was kept"""
    failure = FAILURES[name]
    connected.expect_faults(f"status of {failure.answer.status}", *BROKEN_OFF)
    provider.answer(failure.answer)
    connected.ask("Hello?")
    let_it_happen(connected, provider, failure)
    expect_failure(connected, failure)
    connected.expect_button("send")
    expect_no_key(connected)
    assert provider.exchanges[0].headers["authorization"] == f"Bearer {KEY}"
    retry(connected, provider, failure)
    assert [message["content"] for message in provider.exchanges[1].json["messages"]] == ["Hello?"]


def test_too_many_requests_are_asked_again_when_the_provider_says(
    connected: HaltPage, provider: ProviderServer
) -> None:
    connected.expect_faults("status of 429")
    provider.answer(Answer(status=429, headers={"Retry-After": "5"}), Answer(text="Now."))
    connected.ask("Hello?")
    said = connected.reply.locator("[data-part=notice-text]")
    expect(said).to_have_text(re.compile(r"^Too many requests \(429\)\. Asking again in [1-5] s\.$"))
    first_said = said.inner_text()
    connected.expect_button("stop")
    expect(said).not_to_have_text(first_said)  # it counts down
    connected.expect_status("complete")
    assert connected.stored_text() == "Now."
    expect(connected.reply.locator("[data-part=notice]")).to_be_hidden()
    first, second = (exchange.received_at for exchange in provider.exchanges)
    assert second - first >= 5


def test_a_page_that_is_not_let_in_tells_the_exact_line(
    connected: HaltPage, provider: ProviderServer, site: str
) -> None:
    origin = site.rstrip("/")
    says = ("No connection to the server at", f"(Access-Control-Allow-Origin: {origin})")
    failure = Failure(Answer(), "failed", says)
    connected.expect_faults("blocked by CORS policy", "net::ERR_FAILED")
    provider.cors = False
    connected.ask("Hello?")
    expect_failure(connected, failure)
    expect_no_key(connected)
    provider.cors = True
    retry(connected, provider, failure)


def test_where_nothing_listens_the_sentence_says_so_and_another_address_helps(
    halt: HaltPage, provider: ProviderServer
) -> None:
    with ProviderServer() as gone:
        halt.connect(gone, key=KEY)
    failure = Failure(Answer(), "failed", (f"No connection to the server at http://127.0.0.1:{gone.port}",))
    halt.expect_faults("net::ERR_CONNECTION_REFUSED")
    halt.ask("Hello?")
    expect_failure(halt, failure)
    expect_no_key(halt)
    halt.connect(provider, key=KEY)
    retry(halt, provider, failure)


@pytest.mark.parametrize("local", ["Ollama", "vLLM"])
def test_a_server_on_this_machine_is_told_with_the_line_that_starts_it(halt: HaltPage, site: str, local: str) -> None:
    with ProviderServer() as gone:
        page = halt.page
        page.get_by_role("button", name="Settings").click()
        page.get_by_label("Provider").select_option(label=local)
        page.get_by_label("Base URL").fill(gone.url)
        page.get_by_label("Model", exact=True).fill("llama")
        page.get_by_role("button", name="Save").click()
    halt.expect_faults("net::ERR_CONNECTION_REFUSED")
    halt.ask("Hello?")
    halt.expect_status("failed")
    line = {"Ollama": "OLLAMA_ORIGINS={} ollama serve", "vLLM": """vllm serve MODEL --allowed-origins '["{}"]'"""}[
        local
    ]
    expect(halt.reply).to_contain_text(f"lets this page in: {line.format(site.rstrip('/'))}")


def test_a_reply_that_is_not_a_stream_is_shown_all_the_same(connected: HaltPage, provider: ProviderServer) -> None:
    provider.answer(Answer(text="All *at* once.", not_a_stream=True))
    connected.ask("Hello?")
    connected.expect_status("complete")
    assert connected.stored_text() == "All *at* once."
    expect(connected.reply.locator("[data-part=notice]")).to_be_hidden()


@pytest.mark.parametrize("name", ["cut", "error-event"])
def test_what_broke_off_goes_on_with_continue(connected: HaltPage, provider: ProviderServer, name: str) -> None:
    """S20"""
    failure = FAILURES[name]
    connected.expect_faults(f"status of {failure.answer.status}", *BROKEN_OFF)
    provider.answer(failure.answer, Answer(text="three four"))
    connected.ask("Count")
    let_it_happen(connected, provider, failure)
    connected.expect_status(failure.status)
    connected.press_in_reply("Continue")
    connected.expect_status("complete")
    assert connected.stored_text() == "One *two* three four"
    expect(connected.reply.locator("[data-part=notice]")).to_be_hidden()
