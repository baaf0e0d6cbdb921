"""Serves the site that was built, with the server that people install."""

from __future__ import annotations

from pathlib import Path

from halt_chat import command
from halt_chat.errors import ServerError
from tools.errors import ServeError


def serve(directory: Path, *, port: int | None, open_browser: bool) -> None:
    """Serve until Ctrl+C. Raises ServeError where that can't begin."""
    try:
        command.serve(directory, port=port, open_browser=open_browser)
    except ServerError as error:
        raise ServeError(str(error)) from error
