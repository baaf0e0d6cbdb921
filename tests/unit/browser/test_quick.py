"""A module that comes late is there when it is asked for something, and costs nothing before."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from halt.browser.quick import import_late, run


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a package that tells by a file that it was loaded."""
    package = tmp_path / "a_library"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from pathlib import Path\nfrom a_library.part import value\nPath(__file__).with_name('loaded').touch()\n"
    )
    (package / "part.py").write_text("value = 42\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    yield package.name
    for name in [name for name in sys.modules if name.split(".")[0] == package.name]:
        del sys.modules[name]


def test_it_is_loaded_when_it_is_first_used(library: str, tmp_path: Path) -> None:
    import_late(library)
    module = importlib.import_module(library)
    assert not (tmp_path / library / "loaded").exists()
    assert module.value == 42
    assert (tmp_path / library / "loaded").exists()


def test_a_part_of_it_can_be_imported(library: str) -> None:
    import_late(library)
    assert importlib.import_module(f"{library}.part").value == 42


def test_a_module_that_is_missing_is_told_as_ever(library: str) -> None:
    import_late("no_such_library")
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        importlib.import_module("no_such_library")


async def test_a_script_is_run_among_the_names_of_main_and_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    main = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    await run("first = 1")
    await run("import asyncio\nawait asyncio.sleep(0)\nsecond = first + 1")
    assert vars(main)["second"] == 2


async def test_what_a_script_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await run("1 / 0")
    with pytest.raises(SyntaxError):
        await run("no Python")
