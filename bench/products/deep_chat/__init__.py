"""deep-chat, asking the provider directly by its connection for OpenAI, as its documentation shows."""

from __future__ import annotations

from pathlib import Path

from bench.products.bundled import Bundled
from bench.products.product import Face


class DeepChat(Bundled):
    """The web component with browserStorage on, so that a conversation outlives a reload."""

    name = "deep-chat"
    title = "deep-chat"
    what = "The web component with its direct connection for OpenAI, `stream` and `browserStorage` on."
    face = Face(message="#text-input", stop=".input-button:has(#stop-icon)", reply=".ai-message-text")

    def __init__(self) -> None:
        """Take the page that lies here."""
        super().__init__(Path(__file__).parent)
