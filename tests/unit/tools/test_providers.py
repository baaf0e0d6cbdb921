"""The tables of docs/providers.md: made from the same rows as the page, and current."""

from __future__ import annotations

import pytest

from tools.providers import DOCUMENT, with_tables


def test_the_documentation_says_what_the_page_says() -> None:
    """S14: what is known of a Stop is said in one place; `python -m tools.providers` brings the document up to date."""
    written = DOCUMENT.read_text("utf-8")
    assert with_tables(written) == written


def test_a_document_without_its_marks_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="needs one"):
        with_tables("# Providers")
