"""The built site: whole or as before, complete, and the same on every machine."""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from halt.markdown.languages import MODES
from tests.unit.tools.conftest import write_wheel
from tools.cold_start import boot_files
from tools.errors import DiskFullError, plain_errors
from tools.places import DIST, ROOT
from tools.policy import POLICY
from tools.site import build_site
from tools.wheels import build_application_wheel, repack_pure


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_two_builds_are_the_same(site: Path, tmp_path: Path) -> None:
    build_site(tmp_path / "dist", tmp_path / "cache")
    assert tree(tmp_path / "dist") == tree(site)


def test_an_unchanged_site_is_not_built_again(tmp_path: Path) -> None:
    build_site(tmp_path / "dist", tmp_path / "cache")
    (tmp_path / "dist" / "mark").touch()
    build_site(tmp_path / "dist", tmp_path / "cache")
    assert (tmp_path / "dist" / "mark").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from tools import runtime, site
runtime.write_lock = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
site.build_site(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_build_leaves_the_old_site_and_the_next_repairs_it(tmp_path: Path) -> None:
    dist, cache = tmp_path / "dist", tmp_path / "cache"
    dist.mkdir()
    (dist / "index.html").write_text("the old one")
    killed = subprocess.run([sys.executable, "-c", KILLED, dist, cache], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert list(cache.glob("site-*"))
    assert tree(dist).keys() == {"index.html"}

    build_site(dist, cache)
    assert (dist / "pyodide" / "pyodide-lock.json").exists()
    assert not list(cache.glob("site-*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB, where this machine lets the tests make one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not mount or not umount:
        pytest.skip("there is no mount")
    command = [mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run([umount, place], check=True)


def test_a_full_disk_leaves_the_old_site(small_disk: Path) -> None:
    dist = small_disk / "dist"
    dist.mkdir()
    (dist / "index.html").write_text("the old one")
    with pytest.raises(DiskFullError), plain_errors():
        build_site(dist, small_disk / "cache")
    assert (dist / "index.html").read_text() == "the old one"
    assert not list((small_disk / "cache").glob("site-*"))


def test_every_package_of_the_lock_file_is_there_and_has_its_hash(site: Path) -> None:
    packages = json.loads((site / "pyodide" / "pyodide-lock.json").read_text())["packages"]
    assert {
        "halt",
        "markdown-it-py",
        "mdit-py-plugins",
        "mdurl",
        "jinja2",
        "markupsafe",
        "micropip",
        "pyodide-http",
    } == packages.keys()
    for package in packages.values():
        content = (site / "pyodide" / package["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == package["sha256"]
    assert packages["halt"]["depends"] == ["markdown-it-py", "mdit-py-plugins"]


def test_people_s_own_python_knows_all_that_pyodide_was_built_with_by_its_address(site: Path) -> None:
    packages = json.loads((site / "pyodide" / "worker-lock.json").read_text())["packages"]
    own = json.loads((site / "pyodide" / "pyodide-lock.json").read_text())["packages"]
    assert own.items() <= packages.items(), "what lies here is taken from here"
    elsewhere = [package["file_name"] for name, package in packages.items() if name not in own]
    assert len(elsewhere) > 200
    assert all(re.match(r"https://cdn\.jsdelivr\.net/pyodide/v[\d.]+/full/[^/]+$", name) for name in elsewhere)
    assert {"numpy", "orjson", "pydantic-core", "requests"} <= packages.keys()
    assert "python_worker.mjs" not in boot_files(site)


class Addresses(HTMLParser):
    """Collects what a page refers to, and what its policy forbids in it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.forbidden: list[str] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href") and not (value or "").startswith("#"):
                self.found.append(value or "")
            if name == "style" or name.startswith("on"):
                self.forbidden.append(f"{tag} {name}")
        if tag == "style":
            self.forbidden.append(tag)
        if dict(attrs).get("http-equiv") == "Content-Security-Policy":
            self.policy = dict(attrs)["content"] or ""


def test_the_page_refers_only_to_files_of_its_own_by_relative_paths(site: Path) -> None:
    page = Addresses()
    page.feed((site / "index.html").read_text(encoding="utf-8"))
    assert page.found
    own = [address for address in page.found if not address.startswith(("https://", "data:image/"))]
    assert [address for address in own if address.startswith("/") or not (site / address).is_file()] == []
    assert page.forbidden == []


def test_the_page_has_the_policy_before_anything_it_rules(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    page = Addresses()
    page.feed(text)
    assert page.policy == POLICY
    assert html.unescape(text).index(POLICY) < min(text.index("<link"), text.index("<script"))


def test_what_colours_code_is_there_for_every_language_and_is_no_part_of_booting(site: Path) -> None:
    modes = {path.stem: path.read_text(encoding="utf-8") for path in (site / "code" / "modes").iterdir()}
    for file, name in (mode.split(".") for mode in MODES):
        assert re.search(rf"^export const {name} =", modes[file], re.MULTILINE), f"{file} has no {name}"
    imported = {name for text in modes.values() for name in re.findall(r"""^import .* from ['"](.+)['"]""", text, re.M)}
    assert imported == {"./simple-mode.js"}
    assert modes.keys() == {mode.partition(".")[0] for mode in MODES} | {"simple-mode"}
    assert "export { StringStream }" in (site / "code" / "streamparser.js").read_text(encoding="utf-8")
    assert not [file for file in boot_files(site) if file.startswith("code/") or "highlight" in file]


def test_no_script_asks_for_a_source_map(site: Path) -> None:
    for script in [*site.rglob("*.js"), *site.rglob("*.mjs")]:
        assert not re.search(rb"^//# sourceMappingURL=", script.read_bytes(), re.MULTILINE), script


def test_licences_of_the_parts_are_shipped(site: Path) -> None:
    names = {path.stem for path in (site / "licenses").iterdir()}
    assert {
        "python",
        "pyodide",
        "pyscript-core",
        "polyscript",
        "codemirror-legacy-modes",
        "markdown_it_py-LICENSE",
    } <= names
    assert "axe-core" not in names


def test_the_application_wheel_is_reproducible(tmp_path: Path) -> None:
    first, second = (build_application_wheel(tmp_path / name) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert "halt/__init__.py" in archive.namelist()


def test_a_platform_wheel_becomes_a_pure_one_with_a_true_record(tmp_path: Path) -> None:
    platform = write_wheel(tmp_path, tag="cp314-cp314-manylinux_2_17_x86_64", extra="_speedups.so")
    pure = repack_pure(platform)
    assert pure.name == "thing-1.0-py3-none-any.whl"
    once = pure.read_bytes()
    assert repack_pure(platform).read_bytes() == once
    with zipfile.ZipFile(pure) as archive:
        names = archive.namelist()
        wheel = archive.read("thing-1.0.dist-info/WHEEL").decode()
        record = archive.read("thing-1.0.dist-info/RECORD").decode()
    assert "thing/_speedups.so" not in names
    assert "Tag: py3-none-any" in wheel
    assert "cp314" not in wheel
    assert "Root-Is-Purelib: true" in wheel
    assert sorted(line.split(",")[0] for line in record.splitlines()) == sorted(names)


def test_the_site_that_is_served_was_built() -> None:
    assert (DIST / "index.html").is_file()
