"""Gradio's ChatInterface, streaming from the provider as its guide shows."""

from __future__ import annotations

from pathlib import Path

from bench.products.product import Face
from bench.products.served import Served


class Gradio(Served):
    """The interface with save_history on, so that a conversation outlives a reload."""

    name = "gradio"
    title = "Gradio ChatInterface"
    what = "`ChatInterface(save_history=True)` with a generator on the openai client, as in Gradio's guide."
    face = Face(
        message="textarea[data-testid=textbox]",
        stop="[data-testid=stop-button]",
        reply="[data-testid=bot]",
        reopen=".tr-body",
    )

    def __init__(self) -> None:
        """Take the server that lies here."""
        super().__init__(Path(__file__).parent)
