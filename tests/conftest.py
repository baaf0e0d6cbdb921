"""What all tests share."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from hypothesis import settings

# Selenium comes with `python build.py test --engines`, and these tests run with that command alone.
collect_ignore = [] if find_spec("selenium") else ["engines"]

# How fast a machine is proves nothing; speed belongs into benchmarks.
settings.register_profile("halt", deadline=None)
settings.load_profile("halt")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the browser out of unit tests: an argument that is called as one of its fixtures would bring it in."""
    for item in items:
        if "unit" in item.path.parts and "browser_name" in getattr(item, "fixturenames", ()):
            raise pytest.UsageError(f"{item.nodeid} takes a fixture of the browser's. Give that argument another name.")
