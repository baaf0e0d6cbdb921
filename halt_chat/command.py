"""The command `halt-chat`: serves the page that lies beside this file, and opens it."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import webbrowser
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from halt_chat.errors import NoPageError, ServerError
from halt_chat.server import FIRST_PORT, find_server, make_server

DISTRIBUTION = "halt-chat"
# Where the package carries the site: as it is, and compressed by gzip.
SITE = Path(__file__).parent / "site"
COMPRESSED = Path(__file__).parent / "gzip"

NO_SITE = (
    "This copy of halt-chat carries no page. Install the wheel that `python build.py package` makes, "
    "or start the page from the sources with `python build.py serve`."
)
OTHER_ADDRESS = (
    f"Port {FIRST_PORT} was taken. The browser keeps conversations and settings by address, so you see other ones here."
)


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    command = argparse.ArgumentParser(
        prog=DISTRIBUTION,
        description="Serve Halt, the chat that stops, on this machine and open it in the browser. Ctrl+C ends it.",
        epilog="Conversations and settings are kept by the browser for the address, so for the port as well.",
    )
    command.add_argument("--port", type=int, help="the port to serve on (default: 8000, or the next free one)")
    command.add_argument("--no-open", action="store_true", help="do not open the browser")
    command.add_argument("--version", action="store_true", help="say the version, and end")
    return command


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out the command; give the exit code: 0 also after Ctrl+C, 1 for what failed, 130 when interrupted early."""
    options = parser().parse_args(arguments)
    try:
        if options.version:
            print(f"{DISTRIBUTION} {version()}")
            return 0
        if not COMPRESSED.is_dir():
            raise NoPageError(NO_SITE)
        serve(SITE, port=options.port, open_browser=not options.no_open, compressed=COMPRESSED)
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def version() -> str:
    """Give the installed version."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def serve(directory: Path, *, port: int | None, open_browser: bool, compressed: Path | None = None) -> None:
    """Serve until Ctrl+C; print the address, and open the browser where there is a screen.

    Raises PortBusyError and NoPageError as `make_server` does.
    """
    made = (
        find_server(directory, compressed=compressed)
        if port is None
        else make_server(directory, port, compressed=compressed)
    )
    with made as server:
        try:
            print(f"Halt is at {server.url}  (Ctrl+C ends it)", flush=True)
            if port is None and server.server_port != FIRST_PORT:
                print(OTHER_ADDRESS, flush=True)
            if open_browser and has_screen():
                # In a thread, since some openers return only when the page has answered.
                threading.Thread(target=open_page, args=(server.url,), daemon=True).start()
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def open_page(url: str) -> None:
    """Open an address in the person's browser; say so where none could be started."""
    try:
        opened = webbrowser.open(url)
    except (OSError, webbrowser.Error):
        opened = False
    if not opened:
        print("No browser could be started. Open that address in yours.", flush=True)


def has_screen() -> bool:
    """Tell whether a browser window could appear for the person who runs this."""
    if os.environ.get("CI") or os.environ.get("SSH_CONNECTION"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
