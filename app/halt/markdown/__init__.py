"""Source text to patches of a page, block by block and safe for hostile text. Pure."""

from halt.markdown.document import Document, render
from halt.markdown.patch import Patch

__all__ = ["Document", "Patch", "render"]
