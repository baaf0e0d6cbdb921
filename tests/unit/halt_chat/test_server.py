"""The local server: addresses, headers, and who may ask."""

from __future__ import annotations

import gzip
import http.client
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from halt_chat.errors import NoPageError, PortBusyError
from halt_chat.server import FIRST_PORT, SiteServer, find_server, make_server

POLICY = "default-src 'none'; script-src 'self'"
PAGE = f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{POLICY}">home'
WORDS = "export const words = 'words';\n" * 100


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "pyodide").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "boot.mjs").write_text("export {}")
    (folder / "pyodide" / "pyodide.asm.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def compressed(tmp_path: Path) -> Path:
    folder = tmp_path / "gzip"
    folder.mkdir()
    for name in ("words.mjs", "core-C9KDLldu.js"):
        (folder / f"{name}.gz").write_bytes(gzip.compress(WORDS.encode()))
    (tmp_path / "secret.gz").write_bytes(gzip.compress(b"secret"))
    return folder


@pytest.fixture(params=["/", "/some/repo/"])
def server(site: Path, compressed: Path, request: pytest.FixtureRequest) -> Iterator[SiteServer]:
    with make_server(site, prefix=request.param, compressed=compressed) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
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
        ("", "text/html; charset=utf-8", PAGE.encode()),
        ("boot.mjs?again", "text/javascript; charset=utf-8", b"export {}"),
        ("pyodide/pyodide.asm.wasm", "application/wasm", b"\0asm"),
    ]:
        status, headers, got = ask(server, path)
        assert (status, headers["Content-Type"], got) == (200, kind, body)


@pytest.mark.parametrize("path", ["", "missing"])
def test_sends_the_page_s_own_policy_and_what_a_meta_element_cannot_say(server: SiteServer, path: str) -> None:
    _, headers, _ = ask(server, path)
    assert headers["Content-Security-Policy"] == f"{POLICY}; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_head_has_no_body(server: SiteServer) -> None:
    status, headers, body = ask(server, "boot.mjs", method="HEAD")
    assert (status, headers["Content-Length"], body) == (200, "9", b"")


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "*", "GZIP", "identity;q=0.5, gzip"])
def test_who_takes_gzip_gets_what_was_compressed(server: SiteServer, accepted: str) -> None:
    headers = {"Accept-Encoding": accepted}
    status, said, body = ask(server, "words.mjs", headers=headers)
    assert (status, said["Content-Encoding"], said["Vary"]) == (200, "gzip", "Accept-Encoding")
    assert gzip.decompress(body).decode() == WORDS
    assert int(said["Content-Length"]) == len(body) < len(WORDS) / 10
    assert ask(server, "words.mjs", method="HEAD", headers=headers)[1]["Content-Length"] == said["Content-Length"]


@pytest.mark.parametrize(
    "accepted", ["", "br", "gzip;q=0", "gzip; q=0.000, *", "identity, gzip;q=0.5", "*;q=0", "gzip;q=a"]
)
def test_who_does_not_gets_the_same_bytes_plain(server: SiteServer, accepted: str) -> None:
    headers = {"Accept-Encoding": accepted}
    status, said, body = ask(server, "words.mjs", headers=headers)
    assert (status, body.decode(), said["Vary"]) == (200, WORDS, "Accept-Encoding")
    assert "Content-Encoding" not in said
    assert ask(server, "words.mjs", method="HEAD", headers=headers)[1]["Content-Length"] == str(len(WORDS))


def test_each_form_has_a_tag_of_its_own(server: SiteServer) -> None:
    tags = {coding: ask(server, "words.mjs", headers={"Accept-Encoding": coding})[1]["ETag"] for coding in ("gzip", "")}
    assert tags["gzip"] != tags[""]
    for coding in tags:
        for other, tag in tags.items():
            known = {"Accept-Encoding": coding, "If-None-Match": f'"old", W/{tag}'}
            status, said, _ = ask(server, "words.mjs", headers=known)
            assert status == (304 if coding == other else 200)
            assert (said["ETag"], said["Vary"]) == (tags[coding], "Accept-Encoding")


def test_what_was_not_compressed_goes_plain(server: SiteServer) -> None:
    _, said, body = ask(server, "boot.mjs", headers={"Accept-Encoding": "gzip"})
    assert body == b"export {}"
    assert {"Content-Encoding", "Vary"}.isdisjoint(said)


def test_unchanged_file_is_not_sent_twice_and_a_changed_one_is(server: SiteServer, site: Path) -> None:
    _, headers, _ = ask(server, "boot.mjs")
    assert headers["Cache-Control"] == "no-cache"
    known = {"If-None-Match": headers["ETag"]}
    assert ask(server, "boot.mjs", headers=known)[::2] == (304, b"")
    (site / "boot.mjs").write_text("export default 1")
    assert ask(server, "boot.mjs", headers=known)[::2] == (200, b"export default 1")


@pytest.mark.parametrize(
    ("name", "caching"),
    [
        ("core-C9KDLldu.js", "public, max-age=31536000, immutable"),
        ("style-0a1b2c3d4e.css", "public, max-age=31536000, immutable"),
        ("snapshot-0a1b2c3d.bin", "public, max-age=31536000, immutable"),
        ("page-settings.css", "no-cache"),
        ("core.js", "no-cache"),
        ("pyodide/halt-0.1.0-py3-none-any.whl", "no-cache"),
        ("missing-C9KDLldu.js", "no-cache"),
    ],
)
def test_only_a_name_that_changes_with_the_content_is_kept_for_good(
    server: SiteServer, site: Path, name: str, caching: str
) -> None:
    if not name.startswith(("missing", "core-")):
        (site / name).write_text("x")
    assert ask(server, name)[1]["Cache-Control"] == caching


def test_part_of_a_file_is_not_to_be_had(server: SiteServer) -> None:
    status, said, body = ask(server, "boot.mjs", headers={"Range": "bytes=0-1"})
    assert (status, said["Accept-Ranges"], body) == (200, "none", b"export {}")


@pytest.mark.parametrize(
    "path",
    [
        "missing.html",
        "pyodide/",
        "pyodide",
        "../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret",
        "../gzip/words.mjs.gz",
        "words.mjs.gz",
        "%2fetc/hosts",
        "a%00b",
        "a" * 5000,
    ],
)
def test_what_is_not_in_the_site_is_not_found(server: SiteServer, path: str) -> None:
    status, _, body = ask(server, path)
    assert (status, body) == (404, b"Not found.\n")


def test_a_link_out_of_the_site_is_not_followed(server: SiteServer, site: Path) -> None:
    (site / "link.txt").symlink_to(site.parent / "secret.txt")
    assert ask(server, "link.txt")[0] == 404


def test_nothing_is_served_outside_of_the_prefix(server: SiteServer) -> None:
    status, _, _ = ask(server, "/boot.mjs", absolute=True)
    assert status == (200 if server.prefix == "/" else 404)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "localhost:1", "127.0.0.1", "[::1", ""],
)
def test_a_name_that_was_pointed_here_reads_nothing(server: SiteServer, host: str) -> None:
    status, _, body = ask(server, "", headers={"Host": host.format(port=server.server_port)})
    assert status == 403
    assert b"home" not in body


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1"])
def test_this_machine_may_ask_by_its_names(server: SiteServer, host: str) -> None:
    assert ask(server, "", headers={"Host": f"{host}:{server.server_port}"})[0] == 200


def test_no_other_address_of_this_machine_is_listened_on(server: SiteServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", server.server_port))


def test_a_body_is_not_taken_for_the_next_request(server: SiteServer) -> None:
    request = f"GET {server.prefix} HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n"
    hidden = request + "\r\n"
    with socket.create_connection(("127.0.0.1", server.server_port)) as connection:
        connection.sendall(f"{request}Content-Length: {len(hidden)}\r\n\r\n{hidden}".encode())
        with connection.makefile("rb") as answers:
            assert answers.read().count(b"HTTP/1.1 200") == 1


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
        # Not in order: another program may let go of a port in between.
        assert first.server_port != second.server_port
        assert min(first.server_port, second.server_port) >= FIRST_PORT


def test_a_folder_without_a_page_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoPageError, match="There is no page in"):
        make_server(tmp_path)


def test_a_page_without_a_policy_is_not_served(site: Path) -> None:
    (site / "index.html").write_text("<!doctype html>home")
    with pytest.raises(NoPageError, match="says no content security policy"):
        make_server(site)
