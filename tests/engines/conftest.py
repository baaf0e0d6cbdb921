"""The engine, the built site and the provider that these tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from halt_chat.server import serving
from tests.servers import ProviderServer
from tools.places import DIST

from .drivers import start
from .engine_page import CSS, EnginePage


@pytest.fixture(scope="session")
def driver(
    record_testsuite_property: Callable[[str, object], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebDriver]:
    """One engine for all tests, as a person's browser."""
    driver = start(tmp_path_factory.mktemp("kept"))
    try:
        record_testsuite_property("version", driver.capabilities["browserVersion"])
        yield driver
    finally:
        driver.quit()


@pytest.fixture(scope="session")
def host() -> Iterator[ExitStack]:
    """The site's server: closed, it is gone for all tests that follow."""
    with ExitStack() as running:
        yield running


@pytest.fixture(scope="session")
def site(host: ExitStack) -> str:
    """The address of the built site."""
    return host.enter_context(serving(DIST))


@pytest.fixture
def provider() -> Iterator[ProviderServer]:
    with ProviderServer() as server:
        yield server


@pytest.fixture
def page(driver: WebDriver, site: str) -> EnginePage:
    """The page, up, with an empty conversation; it is loaded where the test before has left another one."""
    page = EnginePage(driver, site)
    if driver.current_url != site or page.state("ready") != "true" or driver.find_elements(CSS, "dialog[open]"):
        page.open()
    page.new_chat()
    return page
