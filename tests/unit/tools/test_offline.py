"""The service worker's list: every file that the site needs, each with its hash, and the same for the same build."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import struct
from pathlib import Path

from tools.offline import WORKER, kept_files, write_worker
from tools.places import PUBLIC
from tools.site import STYLES, templates

LISTED = re.compile(r"^const FILES = (\{.*?\n\});$", re.MULTILINE | re.DOTALL)


def listed(site: Path) -> dict[str, str]:
    found = LISTED.search((site / WORKER).read_text(encoding="utf-8"))
    assert found
    files: dict[str, str] = json.loads(found[1])
    return files


def test_every_file_is_listed_with_its_hash(site: Path) -> None:
    files = listed(site)
    for name, value in files.items():
        content = (site / ("index.html" if name == "./" else name)).read_bytes()
        assert base64.b64encode(hashlib.sha256(content).digest()).decode() == value
    there = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    left_out = {name for name in there - files.keys() if not name.startswith(("licenses/", "workbox/"))}
    assert left_out == {"index.html", WORKER, ".nojekyll"}


def test_page_and_worker_name_the_same_build_and_another_change_another(site: Path, tmp_path: Path) -> None:
    page, worker = ((site / name).read_text(encoding="utf-8") for name in ("index.html", WORKER))
    build = re.search('data-build="([0-9a-f]{16})"', page)
    assert build
    assert f'const BUILD = "{build[1]}";' in worker
    other = tmp_path / "other"
    shutil.copytree(site, other)
    (other / "math.mjs").write_text("export {}", encoding="utf-8")
    write_worker(other, templates(), "other")
    before, after = listed(site), listed(other)
    assert [name for name in before if before[name] != after[name]] == ["math.mjs"]


def test_the_worker_imports_only_what_lies_here(site: Path) -> None:
    text = (site / WORKER).read_text(encoding="utf-8")
    imported = re.findall(r'"(workbox/[^"]+)"', text)
    assert len(imported) == 4
    assert all((site / name).is_file() for name in imported)
    assert "://" not in text
    assert not set(imported) & set(kept_files(site)), "the browser keeps them with the worker"


def test_every_stylesheet_is_in_the_one_that_is_served(site: Path) -> None:
    assert {path.stem for path in PUBLIC.glob("*.css")} == set(STYLES)
    (joined,) = site.glob("style-*.css")
    text = joined.read_text(encoding="utf-8")
    places = [text.index((PUBLIC / f"{name}.css").read_text(encoding="utf-8")) for name in STYLES]
    assert places == sorted(places)


def test_the_manifest_is_right_wherever_the_site_lies(site: Path) -> None:
    """Its identity is its start address: an ``id`` of its own would be one for all sites of the same origin."""
    manifest = json.loads((site / "manifest.webmanifest").read_text(encoding="utf-8"))
    assert (manifest["start_url"], manifest["scope"]) == ("./", "./")
    assert "id" not in manifest
    for icon in manifest["icons"]:
        assert (site / icon["src"]).is_file()
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", (site / icon["src"]).read_bytes()[16:24])
            assert icon["sizes"] == f"{width}x{height}"
    assert {icon.get("purpose", "any") for icon in manifest["icons"]} == {"any", "maskable"}
