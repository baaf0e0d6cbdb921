"""A page on Vercel's AI SDK: useChat with DirectChatTransport, so that the browser asks the provider itself."""

from __future__ import annotations

from pathlib import Path

from bench.products.bundled import Bundled
from bench.products.product import Face


class AiSdk(Bundled):
    """The chatbot of the AI SDK's documentation, its replies shown by streamdown."""

    name = "ai-sdk"
    title = "AI SDK, streamdown"
    what = "React, useChat with DirectChatTransport, replies in Streamdown; without Tailwind's style sheet."
    face = Face(message="input", stop="button.stop", reply=".assistant .reply")

    def __init__(self) -> None:
        """Take the page that lies here."""
        super().__init__(Path(__file__).parent)
