"""Source text to patches of a page, block by block and safe for hostile text. Pure."""

from halt.markdown.document import Document, Patch
from halt.markdown.parser import render

__all__ = ["Document", "Patch", "render"]
