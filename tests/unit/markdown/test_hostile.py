"""The hostile corpus, without a browser: each entry by itself, whole and as it comes."""

from __future__ import annotations

import pytest

from halt.markdown import Document, render
from tests.browser.hostile import entries
from tests.unit.markdown.page import Page
from tests.unit.markdown.test_renderer import inspect

ENTRIES = list(entries())


def test_the_corpus_is_worth_its_name() -> None:
    assert len(set(ENTRIES)) > 300


@pytest.mark.parametrize("size", [1, 7])
def test_nothing_hostile_comes_through_at_any_time(size: int) -> None:
    for text in ENTRIES:
        written, page = Document(), Page()
        for start in range(0, len(text), size):
            page.apply(written.append(text[start : start + size]))
            inspect(page.html)
        page.apply(written.finish())
        inspect(page.html)
        assert page.html == render(text)
