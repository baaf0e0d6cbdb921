"""The bench's driver sees through pages that lie, and finds nothing to say against one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Playwright

from bench.products.browser import launched
from bench.products.product import Face
from bench.products.provider import ProviderProcess, providing
from bench.products.static import serving
from bench.products.trials import Found, Place, ready, stop_flood, stop_silent, stop_steady

LAB = Path(__file__).parent / "lab" / "chat"
LATE_MS = 500  # when the page that writes on is done
LIMIT_S = 300.0  # longer than any test may take


class LabChat:
    """A page of the laboratory as a product."""

    name = title = what = "lab"
    face = Face(message="#message", stop="#stop", reply=".assistant")
    packages: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, lie: str) -> None:
        self.lie = lie

    def prepare(self) -> None:
        """It is there."""

    def serving(self, provider: str) -> AbstractContextManager[str]:
        return serving(LAB, f"?{urlencode({'provider': provider, 'lie': self.lie})}")

    def first_visit(self, provider: str) -> str:
        return ""


@pytest.fixture(scope="module")
def bench_provider() -> Iterator[ProviderProcess]:
    with providing() as provider:
        yield provider


@pytest.fixture
def place(
    request: pytest.FixtureRequest,
    playwright: Playwright,
    browser_type_launch_args: dict[str, Any],
    bench_provider: ProviderProcess,
) -> Iterator[Place]:
    product = LabChat(request.param)
    path = Path(browser_type_launch_args.get("executable_path") or playwright.chromium.executable_path)
    with product.serving(bench_provider.url) as url, launched(playwright, path, LIMIT_S) as browser:
        yield Place(browser, product, url, bench_provider, quick=True)


def number(found: Found, key: str) -> float:
    value = found[key]
    assert isinstance(value, int | float)
    return value


@pytest.mark.parametrize("place", [""], indirect=True)
def test_an_honest_page_is_found_to_stop_and_to_keep(place: Place) -> None:
    found = stop_steady(place)
    assert number(found, "steady_screen_ms") <= number(found, "steady_reached_ms")
    assert number(found, "steady_frozen_ms") == 0
    assert number(found, "steady_provider_ms") >= 0
    kept = ("steady_on_screen", "in_next", "after_reload")
    assert {key: found[key] for key in kept} == dict.fromkeys(kept, "yes")


@pytest.mark.parametrize("place", ["writes"], indirect=True)
def test_a_page_that_writes_on_is_caught_with_its_last_word(place: Place) -> None:
    for found, kind in ((stop_steady(place), "steady"), (stop_flood(place), "flood")):
        assert number(found, f"{kind}_screen_ms") >= LATE_MS
        assert number(found, f"{kind}_frozen_ms") > 0
        assert number(found, f"{kind}_screen_characters") >= 10 * len("late ")


@pytest.mark.parametrize("place", ["open"], indirect=True)
def test_a_connection_that_is_left_open_is_caught_though_the_screen_stands_still(place: Place) -> None:
    found = stop_steady(place)
    assert number(found, "steady_frozen_ms") == 0
    assert found["steady_provider_ms"] is None
    assert number(found, "steady_provider_chunks") > 100
    silent = stop_silent(place)
    assert (silent["silent_stop"], silent["silent_provider_ms"]) == ("yes", None)


@pytest.mark.parametrize("place", ["loses"], indirect=True)
def test_a_partial_reply_that_is_lost_is_missed(place: Place) -> None:
    found = stop_steady(place)
    assert (found["steady_on_screen"], found["in_next"], found["after_reload"]) == ("no", "no", "no")


@pytest.mark.parametrize("place", [""], indirect=True)
def test_an_honest_page_stops_before_the_first_byte_and_a_later_visit_loads_nothing_anew(place: Place) -> None:
    silent = stop_silent(place)
    assert (silent["silent_stop"], silent["silent_next"]) == ("yes", "yes")
    assert number(silent, "silent_provider_ms") >= 0
    found = ready(place)
    assert number(found, "cold_requests") >= 2  # the page and its script
    assert number(found, "cold_mb") > number(found, "warm_mb") == 0
    assert 0 < number(found, "ready_cold_s") < 30


@pytest.mark.parametrize("place", ["hides"], indirect=True)
def test_what_a_page_loads_in_a_worker_is_counted(place: Place) -> None:
    found = ready(place)
    assert number(found, "cold_requests") >= 2 + 1 + 20  # the page and its script, the worker's, and what that loads
    assert number(found, "cold_mb") > 0.01
