"""Serves what is static, all of it alike: as GitHub Pages does, with gzip and ten minutes of cache."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from halt_chat.files import MEDIA_TYPES
from halt_chat.server import HOST
from tools.places import files_below

COMPRESSED = (".css", ".html", ".js", ".json", ".mjs", ".py", ".svg", ".toml", ".txt", ".wasm", ".webmanifest")


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD with one of the files that were read when the server was made."""

    protocol_version = "HTTP/1.1"
    files: dict[str, tuple[bytes, str, bool]]
    # A response goes out in one piece, so that no delayed acknowledgement is waited for.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Send a file, compressed where it pays."""
        self._send()

    def do_HEAD(self) -> None:
        """Tell of a file: a service worker may ask whether its page is still there."""
        self._send()

    def _send(self) -> None:
        path = unquote(urlsplit(self.path).path)
        found = self.files.get(f"{path}index.html" if path.endswith("/") else path)
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        body, media_type, compressed = found
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if compressed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal quiet."""


class Server(ThreadingHTTPServer):
    """Leaves out the traceback for a browser that went away."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A page that is closed in the middle of a download is no error."""


@cache
def _compressed(file: Path, _changed_ns: int) -> bytes:
    """Give a file's content by gzip; each trial serves the same files again."""
    return gzip.compress(file.read_bytes(), 9)


@contextmanager
def serving(folder: Path, query: str = "") -> Iterator[str]:
    """Serve a folder for as long as the block lasts; give its address, with a query behind it."""
    files = {}
    for file in files_below(folder):
        compressed = file.suffix.lower() in COMPRESSED
        content = _compressed(file, file.stat().st_mtime_ns) if compressed else file.read_bytes()
        media_type = MEDIA_TYPES.get(file.suffix.lower(), "application/octet-stream")
        files[f"/{file.relative_to(folder).as_posix()}"] = (content, media_type, compressed)
    handler = type("FolderHandler", (Handler,), {"files": files})
    with Server((HOST, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}/{query}"
        finally:
            server.shutdown()
            thread.join()
