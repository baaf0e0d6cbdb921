"""Serves the built site on this machine, with the headers that a static host can't send."""

from __future__ import annotations

import errno
import os
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tools.errors import PortBusyError
from tools.policy import HEADER_POLICY

HOST = "127.0.0.1"
FIRST_PORT = 8000
TRIED_PORTS = 100

# Python's own table depends on the machine (Windows' registry says text/plain for .js), so it's written down.
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}

HEADERS = {
    "Content-Security-Policy": HEADER_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # The browser asks each time whether it has the newest; mostly the answer is 304.
    "Cache-Control": "no-cache",
}


class SiteServer(ThreadingHTTPServer):
    """Serves one folder under one prefix."""

    daemon_threads = True
    # On Windows this option would let two servers share a port.
    allow_reuse_address = os.name != "nt"

    def __init__(self, address: tuple[str, int], directory: Path, prefix: str) -> None:
        """Bind the address; `directory` appears under `prefix`, which begins and ends with a slash."""
        self.directory = directory.resolve()
        self.prefix = prefix
        super().__init__(address, SiteHandler)

    @property
    def url(self) -> str:
        """The site's address."""
        return f"http://{HOST}:{self.server_port}{self.prefix}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Leave out the traceback for a browser that went away in the middle of an answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class SiteHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for one site's files; lists no folders."""

    protocol_version = "HTTP/1.1"
    server: SiteServer
    # An idle connection of a browser is closed after this many seconds.
    timeout = 60

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
        if not self._for_this_machine():
            # A page elsewhere whose name was pointed at 127.0.0.1 (DNS rebinding) shall read nothing here.
            self._plain(HTTPStatus.FORBIDDEN, "This server answers only to localhost.", with_body)
            return
        file = self._file()
        if file is None:
            self._plain(HTTPStatus.NOT_FOUND, "Not found.", with_body)
            return
        with file.open("rb") as source:
            facts = os.fstat(source.fileno())
            tag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
            known = [part.strip() for part in self.headers.get("If-None-Match", "").split(",")]
            if tag in known:
                self._head(HTTPStatus.NOT_MODIFIED, {"ETag": tag})
                return
            headers = {
                "Content-Type": MEDIA_TYPES.get(file.suffix.lower(), "application/octet-stream"),
                "Content-Length": str(facts.st_size),
                "ETag": tag,
                "Last-Modified": self.date_time_string(facts.st_mtime),
            }
            self._head(HTTPStatus.OK, headers)
            if with_body:
                while piece := source.read(1 << 16):
                    self.wfile.write(piece)

    def _for_this_machine(self) -> bool:
        try:
            name = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        except ValueError:
            return False
        return name in ("localhost", "127.0.0.1")

    def _file(self) -> Path | None:
        """Find the file that the address means, or None where there is none inside of the folder."""
        path = unquote(urlsplit(self.path).path)
        if not path.startswith(self.server.prefix) or "\0" in path:
            return None
        file = (self.server.directory / path.removeprefix(self.server.prefix).lstrip("/")).resolve()
        if file.is_dir() and path.endswith("/"):
            file /= "index.html"
        return file if file.is_file() and file.is_relative_to(self.server.directory) else None

    def _plain(self, status: HTTPStatus, text: str, with_body: bool) -> None:
        body = f"{text}\n".encode()
        self._head(status, {"Content-Type": MEDIA_TYPES[".txt"], "Content-Length": str(len(body))})
        if with_body:
            self.wfile.write(body)

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, **HEADERS}.items():
            self.send_header(name, value)
        self.end_headers()


def make_server(directory: Path, port: int = 0, prefix: str = "/") -> SiteServer:
    """Make a server for a folder, bound but not yet serving; port 0 lets the system choose.

    Raises PortBusyError where the port is taken or not allowed.
    """
    try:
        return SiteServer((HOST, port), directory, prefix)
    except (OSError, OverflowError) as error:
        if isinstance(error, OverflowError) or error.errno in (errno.EADDRINUSE, errno.EACCES):
            why = "is not a port" if isinstance(error, OverflowError) else "is in use or not allowed"
            raise PortBusyError(
                f"Port {port} {why}. Choose another with --port, or leave that out and the next free one is taken."
            ) from error
        raise


def find_server(directory: Path) -> SiteServer:
    """Make a server on port 8000 or the next free one."""
    for port in range(FIRST_PORT, FIRST_PORT + TRIED_PORTS):
        try:
            return make_server(directory, port)
        except PortBusyError:
            continue
    return make_server(directory)


@contextmanager
def serving(directory: Path) -> Iterator[str]:
    """Serve a folder on a free port for as long as the block lasts; give its address."""
    with make_server(directory) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()


def serve(directory: Path, *, port: int | None, open_browser: bool) -> None:
    """Serve until Ctrl+C; print the address, and open the browser where there is a screen."""
    with find_server(directory) if port is None else make_server(directory, port) as server:
        print(f"Halt is at {server.url}  (Ctrl+C ends it)", flush=True)
        if open_browser and has_screen():
            webbrowser.open(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def has_screen() -> bool:
    """Tell whether a browser window could appear for the person who runs this."""
    if os.environ.get("CI") or os.environ.get("SSH_CONNECTION"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
