"""Each product is pinned: what is measured can be had again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench.products.registry import PRODUCTS
from tools.locks import GROUPS, NPM_FOLDERS, lock_name
from tools.places import LOCKS

FROM_PYPI = ("gradio", "panel")
FROM_NPM = ("deep-chat", "ai-sdk")


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_product_says_what_it_is_and_which_version(name: str) -> None:
    product = PRODUCTS[name]()
    assert product.name == name
    assert product.title
    assert product.what
    assert product.packages
    assert all(re.match(r"\d", version) for version in product.packages.values())


@pytest.mark.parametrize("name", FROM_PYPI)
def test_what_comes_from_pypi_is_locked_by_hash(name: str) -> None:
    assert f"bench-{name}" in GROUPS
    lock = (LOCKS / lock_name(f"bench-{name}")).read_text(encoding="utf-8")
    pins = re.findall(r"(?m)^\S+==\S+.*(?:\n +--hash=sha256:[0-9a-f]{64}.*)+", lock)
    assert len(pins) == len(re.findall(r"(?m)^\S", lock)) > 10
    assert "://" not in lock


@pytest.mark.parametrize("name", FROM_NPM)
def test_what_comes_from_npm_is_locked_by_hash(name: str) -> None:
    folder = LOCKS / "bench" / name
    assert folder in NPM_FOLDERS
    packages = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all("integrity" in one and "resolved" not in one for place, one in packages.items() if place)


def test_the_lock_files_are_where_the_products_look() -> None:
    assert Path(lock_name("bench-panel")) == Path("bench/panel.txt")
    assert lock_name("browser") == "browser.txt"
