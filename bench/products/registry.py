"""All products, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable

from bench.products.ai_sdk import AiSdk
from bench.products.deep_chat import DeepChat
from bench.products.gradio import Gradio
from bench.products.halt import Halt
from bench.products.naive import Naive
from bench.products.panel import Panel
from bench.products.product import Product

PRODUCTS: dict[str, Callable[[], Product]] = {
    "halt": Halt,
    "deep-chat": DeepChat,
    "ai-sdk": AiSdk,
    "gradio": Gradio,
    "panel": Panel,
    "naive": Naive,
}
"""Each product's name and what makes it; Halt comes first, as the others are compared with it."""
