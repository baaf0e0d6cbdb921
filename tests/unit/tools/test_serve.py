"""The local server: addresses, headers, and who may ask."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.errors import PortBusyError
from tools.policy import HEADER_POLICY, POLICY
from tools.serve import FIRST_PORT, SiteServer, find_server, make_server


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "pyodide").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>home")
    (folder / "boot.mjs").write_text("export {}")
    (folder / "pyodide" / "pyodide.asm.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture(params=["/", "/some/repo/"])
def server(site: Path, request: pytest.FixtureRequest) -> Iterator[SiteServer]:
    with make_server(site, prefix=request.param) as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(
    server: SiteServer, path: str, *, method: str = "GET", headers: dict[str, str] | None = None, absolute: bool = False
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    try:
        connection.request(method, path if absolute else server.prefix + path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_serves_files_with_their_types(server: SiteServer) -> None:
    for path, kind, body in [
        ("", "text/html; charset=utf-8", b"<!doctype html>home"),
        ("boot.mjs", "text/javascript; charset=utf-8", b"export {}"),
        ("pyodide/pyodide.asm.wasm", "application/wasm", b"\0asm"),
    ]:
        status, headers, got = ask(server, path)
        assert (status, headers["Content-Type"], got) == (200, kind, body)


def test_sends_the_page_policy_and_what_a_meta_element_cannot_say(server: SiteServer) -> None:
    _, headers, _ = ask(server, "")
    assert headers["Content-Security-Policy"] == HEADER_POLICY == f"{POLICY}; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_head_has_no_body(server: SiteServer) -> None:
    status, headers, body = ask(server, "boot.mjs", method="HEAD")
    assert (status, headers["Content-Length"], body) == (200, "9", b"")


def test_unchanged_file_is_not_sent_twice_and_a_changed_one_is(server: SiteServer, site: Path) -> None:
    _, headers, _ = ask(server, "boot.mjs")
    assert headers["Cache-Control"] == "no-cache"
    known = {"If-None-Match": headers["ETag"]}
    assert ask(server, "boot.mjs", headers=known)[::2] == (304, b"")
    (site / "boot.mjs").write_text("export default 1")
    assert ask(server, "boot.mjs", headers=known)[::2] == (200, b"export default 1")


@pytest.mark.parametrize("path", ["missing.html", "pyodide/", "pyodide", "../secret.txt", "%2e%2e/secret.txt", "a%00b"])
def test_what_is_not_in_the_site_is_not_found(server: SiteServer, path: str) -> None:
    status, _, body = ask(server, path)
    assert (status, body) == (404, b"Not found.\n")


def test_nothing_is_served_outside_of_the_prefix(server: SiteServer) -> None:
    status, _, _ = ask(server, "/boot.mjs", absolute=True)
    assert status == (200 if server.prefix == "/" else 404)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "[::1", ""])
def test_a_name_that_was_pointed_here_reads_nothing(server: SiteServer, host: str) -> None:
    status, _, body = ask(server, "", headers={"Host": host})
    assert status == 403
    assert b"home" not in body


@pytest.mark.parametrize("host", ["localhost:8000", "LOCALHOST", "127.0.0.1"])
def test_localhost_may_ask_by_its_names(server: SiteServer, host: str) -> None:
    assert ask(server, "", headers={"Host": host})[0] == 200


def test_a_busy_port_is_said_in_one_sentence(site: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortBusyError, match=f"Port {port} is in use"):
            make_server(site, port)


def test_a_port_that_is_none_is_said_too(site: Path) -> None:
    with pytest.raises(PortBusyError, match="Port 70000 is not a port"):
        make_server(site, 70000)


def test_without_a_port_the_next_free_one_is_taken(site: Path) -> None:
    with find_server(site) as first, find_server(site) as second:
        assert FIRST_PORT <= first.server_port < second.server_port
