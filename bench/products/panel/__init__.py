"""Panel's ChatInterface, streaming from the provider as its documentation shows."""

from __future__ import annotations

from pathlib import Path

from bench.products.product import Face
from bench.products.served import Served


class Panel(Served):
    """The interface with an asynchronous generator as its callback."""

    name = "panel"
    title = "Panel ChatInterface"
    what = (
        "`ChatInterface(callback=…)` with an asynchronous generator on the openai client, as in Panel's documentation."
    )
    face = Face(
        message="textarea",
        stop="button:visible:text-is('Stop')",
        reply=".message",
        reply_of_both=True,
    )

    def __init__(self) -> None:
        """Take the server that lies here."""
        super().__init__(Path(__file__).parent)
