"""The page of the wheel that people install, from the server that comes with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.installed import install, started

from .halt_page import HaltPage


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an installed server."""
    command = install(tmp_path_factory.mktemp("package")).command
    with started(command, "--no-open", "--port", "0") as server:
        yield server.url


def test_the_installed_page_boots_answers_and_asks_nobody_else(visitor: HaltPage, package: str) -> None:
    codings: dict[str, str] = {}
    visitor.page.on("response", lambda answer: codings.update({answer.url: answer.headers.get("content-encoding", "")}))
    visitor.url = package
    visitor.open()
    visitor.ask("Something short, at 5000 tokens a second")
    visitor.expect_status("complete")
    assert visitor.faults == []
    assert all(url.startswith(package) for url in visitor.requests)
    assert codings[f"{package}pyodide/pyodide.asm.wasm"] == "gzip"
    visitor.page.goto("about:blank")
