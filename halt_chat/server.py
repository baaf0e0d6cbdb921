"""Serves the built site on this machine, with the headers that a static host can't send."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from halt_chat.errors import PortBusyError
from halt_chat.files import ASK_AGAIN, MEDIA_TYPES, Site, takes_gzip

HOST = "127.0.0.1"
FIRST_PORT = 8000
TRIED_PORTS = 100


class SiteServer(ThreadingHTTPServer):
    """Serves one site under one prefix, on this machine's own address alone."""

    daemon_threads = True
    # On Windows this option would let two servers share a port.
    allow_reuse_address = os.name != "nt"

    def __init__(self, port: int, site: Site, prefix: str) -> None:
        """Bind the port; the site appears under `prefix`, which begins and ends with a slash."""
        self.site = site
        self.prefix = prefix
        super().__init__((HOST, port), SiteHandler)
        names = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}
        self.own_names = names | {HOST, "localhost"} if self.server_port == 80 else names

    @property
    def url(self) -> str:
        """The site's address."""
        return f"http://{HOST}:{self.server_port}{self.prefix}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Leave out the traceback for a browser that went away, or stood still, in the middle of an answer."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class SiteHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for one site's files, always whole; lists no folders."""

    protocol_version = "HTTP/1.1"
    server: SiteServer
    # An idle connection of a browser is closed after this many seconds.
    timeout = 60
    # Else the body of each answer waits for the browser to acknowledge its headers: 40 ms a file.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Send a file."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Send a file's headers."""
        self._answer(with_body=False)

    def version_string(self) -> str:
        """Name the server, without Python's version."""
        return "halt"

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal quiet."""

    def _answer(self, *, with_body: bool) -> None:
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            # Nobody reads a body here, and it must not be taken for the next request.
            self.close_connection = True
        if self.headers.get("Host", "").lower() not in self.server.own_names:
            # A page elsewhere whose name was pointed at 127.0.0.1 (DNS rebinding) shall read nothing here.
            self._plain(HTTPStatus.FORBIDDEN, f"This server answers only at {self.server.url}", with_body)
            return
        path = unquote(self.path.partition("?")[0])
        within = path.startswith(self.server.prefix)
        file = self.server.site.find(path.removeprefix(self.server.prefix)) if within else None
        if file is None:
            self._plain(HTTPStatus.NOT_FOUND, "Not found.", with_body)
            return
        by_gzip = file.compressed is not None and takes_gzip(self.headers.get("Accept-Encoding", ""))
        with file.opened(by_gzip=by_gzip) as content:
            headers = {"ETag": content.tag, "Cache-Control": file.caching}
            if file.compressed:
                headers["Vary"] = "Accept-Encoding"
            if self._known(content.tag):
                self._head(HTTPStatus.NOT_MODIFIED, headers)
                return
            headers |= {"Content-Type": file.media_type, "Content-Length": str(content.size), "Accept-Ranges": "none"}
            if by_gzip:
                headers["Content-Encoding"] = "gzip"
            self._head(HTTPStatus.OK, headers)
            if with_body:
                shutil.copyfileobj(content.source, self.wfile, 1 << 16)

    def _known(self, tag: str) -> bool:
        """Tell whether the browser has this content already (RFC 9110, section 13.1.2)."""
        known = [part.strip().removeprefix("W/") for part in self.headers.get("If-None-Match", "").split(",")]
        return tag in known or "*" in known

    def _plain(self, status: HTTPStatus, text: str, with_body: bool) -> None:
        body = f"{text}\n".encode()
        headers = {
            "Content-Type": MEDIA_TYPES[".txt"],
            "Content-Length": str(len(body)),
            "Cache-Control": ASK_AGAIN,
        }
        self._head(status, headers)
        if with_body:
            self.wfile.write(body)

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        always = {
            "Content-Security-Policy": self.server.site.policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        for name, value in {**headers, **always}.items():
            self.send_header(name, value)
        self.end_headers()


def make_server(directory: Path, port: int = 0, prefix: str = "/", *, compressed: Path | None = None) -> SiteServer:
    """Make a server for a site's folder, bound but not yet serving; port 0 lets the system choose.

    `compressed` is a folder with the same names, compressed by gzip (see `Site`).
    Raises PortBusyError where the port is taken or not allowed, NoPageError where the folder holds no page.
    """
    site = Site(directory, compressed)
    try:
        return SiteServer(port, site, prefix)
    except (OSError, OverflowError) as error:
        if isinstance(error, OverflowError) or error.errno in (errno.EADDRINUSE, errno.EACCES):
            why = "is not a port" if isinstance(error, OverflowError) else "is in use or not allowed"
            raise PortBusyError(
                f"Port {port} {why}. Choose another with --port, or leave that out and the next free one is taken."
            ) from error
        raise


def find_server(directory: Path, *, compressed: Path | None = None) -> SiteServer:
    """Make a server on port 8000 or the next free one. Raises NoPageError as `make_server` does."""
    for port in range(FIRST_PORT, FIRST_PORT + TRIED_PORTS):
        try:
            return make_server(directory, port, compressed=compressed)
        except PortBusyError:
            continue
    return make_server(directory, compressed=compressed)


@contextmanager
def serving(directory: Path, *, compressed: Path | None = None) -> Iterator[str]:
    """Serve a site's folder on a free port for as long as the block lasts; give its address."""
    with make_server(directory, compressed=compressed) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()
