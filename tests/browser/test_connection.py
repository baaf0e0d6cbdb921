"""Trying a connection from the settings: every finding is told, and a test ends with what it tests."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer

from .halt_page import HaltPage
from .settings_dialog import Settings

KEY = "hunter2-0123456789abcdef"
NEVER = float("inf")


@pytest.fixture
def settings(halt: HaltPage) -> Settings:
    return Settings(halt).open()


def test_the_models_are_listed(settings: Settings, provider: ProviderServer) -> None:
    settings.fill(url=provider.url, key=KEY, model="gone")
    settings.press("List models")
    settings.expect_finding("fine", "2 models.")
    settings.expect_finding("wrong", "“gone” is not among them.")
    options = settings.dialog.locator("#models option").evaluate_all("options => options.map(one => one.value)")
    assert options == ["test-large", "test-small"]
    expect(settings.field("Model")).to_have_value("gone")
    expect(settings.field("Model")).to_be_focused()
    assert provider.other_requests[-1].headers["authorization"] == f"Bearer {KEY}"
    provider.models = ["only"]
    settings.fill(model="")
    settings.press("List models")
    expect(settings.field("Model")).to_have_value("only")
    provider.models = []
    settings.press("List models")
    settings.expect_finding("wrong", "has no model yet")


def test_a_connection_is_tried_and_each_finding_told(
    halt: HaltPage, settings: Settings, provider: ProviderServer, site: str
) -> None:
    halt.expect_faults("status of 401", "status of 404", "blocked by CORS policy", "net::ERR_FAILED")
    settings.fill(url=provider.url, key=KEY, model="test-small")
    settings.press("Test connection")
    settings.expect_finding("fine", "answers and lets this page in: 2 models.")
    settings.expect_finding("fine", "The model streams: its first word came after")
    expect(settings.findings.locator("p")).to_have_count(2)

    provider.answer(Answer(status=404))
    settings.fill(model="gone")
    expect(settings.findings.locator("p")).to_have_count(0)  # it told of the other model
    settings.press("Test connection")
    settings.expect_finding("wrong", "The model “gone” is not in its list.")
    settings.expect_finding("wrong", "no such model or path (404)")

    provider.answer(Answer(not_a_stream=True))
    settings.fill(model="test-small")
    settings.press("Test connection")
    settings.expect_finding("wrong", "in one piece and not as a stream")

    provider.models_answer = Answer(status=401)
    provider.answer(Answer(status=401))
    settings.press("Test connection")
    settings.expect_finding("wrong", "refused the API key (401)")
    expect(settings.findings.locator(".busy")).to_have_count(0)
    expect(settings.findings.locator("p")).to_have_count(1)

    provider.cors = False
    settings.press("Test connection")
    settings.expect_finding("wrong", "answers at http://127.0.0.1")
    settings.expect_finding("wrong", f"Access-Control-Allow-Origin: {site.rstrip('/')}")
    expect(settings.findings.locator("p")).to_have_count(1)
    settings.press("List models")
    settings.expect_finding("wrong", f"Access-Control-Allow-Origin: {site.rstrip('/')}")
    expect(settings.dialog).not_to_contain_text(KEY)


def test_where_nothing_listens_the_test_says_so(halt: HaltPage, settings: Settings) -> None:
    halt.expect_faults("net::ERR_CONNECTION_REFUSED")
    with ProviderServer() as gone:
        settings.fill(url=gone.url, model="m")
    settings.press("Test connection")
    settings.expect_finding("wrong", f"Nothing answers at http://127.0.0.1:{gone.port}.")


@pytest.mark.parametrize("how", ["Escape", "Cancel", "typing", "again"])
def test_a_test_ends_with_what_it_tests(halt: HaltPage, settings: Settings, provider: ProviderServer, how: str) -> None:
    """S12: the connection closes, and a late answer shows nothing."""
    provider.answer(Answer(text=["one ", "two "], step=True))
    settings.fill(url=provider.url, model="test-small").press("Test connection")
    exchange = provider.wait_request()
    if how == "Escape":
        halt.page.keyboard.press("Escape")
    elif how == "typing":
        settings.fill(model="test-large")
    else:
        settings.press("Cancel" if how == "Cancel" else "Test connection")
    exchange.wait_left()
    if how == "again":
        provider.wait_request(2).release_all()
        settings.expect_finding("fine", "The model streams")
        expect(settings.findings.locator("p")).to_have_count(2)
        return
    if how != "typing":
        settings.open()
    provider.wait_no_connections()
    expect(settings.findings).to_have_text("")


def test_the_list_of_models_ends_with_the_dialog(settings: Settings, provider: ProviderServer) -> None:
    """S12"""
    provider.models_answer = Answer(body='{"data": []}', headers_after_ms=NEVER)
    settings.fill(url=provider.url, model="m").press("List models")
    settings.expect_finding("busy", "Asking for the models…")
    settings.press("Cancel")
    provider.wait_no_connections()
    settings.open()
    expect(settings.findings).to_have_text("")
