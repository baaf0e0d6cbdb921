"""What the builder's tests share."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from tools.site import build_site


def write_wheel(folder: Path, name: str = "thing", tag: str = "py3-none-any", extra: str = "") -> Path:
    """Write a small but valid wheel."""
    info = f"{name}-1.0.dist-info"
    path = folder / f"{name}-1.0-{tag}.whl"
    pure = "true" if tag.endswith("any") else "false"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/__init__.py", "works = True\n")
        if extra:
            archive.writestr(f"{name}/{extra}", "compiled")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: {pure}\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Give a wheel in a folder of its own."""
    folder = tmp_path / "offered"
    folder.mkdir()
    return write_wheel(folder)


@pytest.fixture
def right_hash(wheel: Path) -> str:
    """Give the wheel's SHA-256."""
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@pytest.fixture
def only_local(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip and npm see no settings of this machine, so that a test decides what they can reach."""
    for name in ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a site of the present sources."""
    folder = tmp_path_factory.mktemp("built")
    build_site(folder / "dist", folder / "cache")
    return folder / "dist"
