"""The house: arrows between its rooms run one way, and the pure rooms know no browser (docs/architecture.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HALT = Path(__file__).parents[2] / "app" / "halt"
PURE = ("wire", "guest", "providers", "markdown", "chat", "store")
BROWSER_MODULES = {"js", "halt_idb", "halt_streams", "halt_worker", "pyodide", "pyodide_js", "pyscript", "_pyodide"}

# Which rooms a room may use, besides itself.
MAY_USE = {
    "wire": set(),
    "markdown": set(),
    "guest": set(),
    "worker": {"guest"},
    "providers": {"guest", "wire"},
    "chat": {"providers", "wire"},
    "store": {"chat", "markdown", "providers", "wire"},
    "browser": {"wire", "store"},
    "ui": {"browser", "chat", "markdown", "providers", "store"},
}


def imports(file: Path) -> Iterator[str]:
    """Yield the full names of all modules that a file imports, also inside of functions."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute here"
            yield node.module or ""


def files(room: str) -> list[Path]:
    return sorted((HALT / room).rglob("*.py"))


def test_every_folder_is_a_room_that_is_drawn() -> None:
    folders = {folder.name for folder in HALT.iterdir() if folder.is_dir() and folder.name != "__pycache__"}
    assert folders == set(MAY_USE)


@pytest.mark.parametrize("room", MAY_USE)
def test_arrows_run_one_way(room: str) -> None:
    for file in files(room):
        for name in imports(file):
            if name.startswith("halt."):
                used = name.split(".")[1]
                assert used == room or used in MAY_USE[room], f"{file.relative_to(HALT)} imports {name}"


@pytest.mark.parametrize("room", PURE)
def test_no_pure_room_knows_the_browser(room: str) -> None:
    for file in files(room):
        for name in imports(file):
            assert name.split(".")[0] not in BROWSER_MODULES, f"{file.relative_to(HALT)} imports {name}"


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_import_on_plain_python(room: str) -> None:
    modules = [".".join(file.relative_to(HALT.parent).with_suffix("").parts) for file in files(room)]
    code = "import importlib\n" + "\n".join(f"importlib.import_module({name!r})" for name in modules)
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, cwd=HALT.parent)
