"""The one file: made of the built site, the same each time, small enough, and strict about what it does not know."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import zlib
from pathlib import Path

import pytest

from tools.errors import ProgramError
from tools.places import files_below
from tools.site import build_site
from tools.standalone.maker import LEFT_OUT, MOST_BYTES, standalone, write_standalone
from tools.standalone.modules import check_no_cycle, linked_script, linked_style
from tools.standalone.page import Page

PATHS = ["a.mjs", "deep/b.js", "deep/c.js", "deep/font.woff2"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of the present sources."""
    folder = tmp_path_factory.mktemp("built")
    build_site(folder / "dist", folder / "cache")
    return folder / "dist"


@pytest.fixture(scope="module")
def text(site: Path) -> str:
    """The one file of that site."""
    return standalone(site)


def files_in(text: str) -> dict[str, bytes]:
    """Unpack what a page would unpack."""
    found = re.search(r'<script type="application/json" id="site-files">(.*?)</script>', text)
    assert found
    table = json.loads(found[1])["files"]
    blocks = re.findall(r'<script type="application/octet-stream" data-path="([^"]+)">([^<]*)</script>', text)
    assert [path for path, _ in blocks] == list(table)
    contents = {path: base64.b64decode(encoded) for path, encoded in blocks}
    return {path: zlib.decompress(one, 31) if table[path][1] else one for path, one in contents.items()}


def test_it_holds_every_file_of_the_site(site: Path, text: str) -> None:
    inside = files_in(text)
    for path in files_below(site):
        name = path.relative_to(site).as_posix()
        if name.startswith("licenses/"):
            assert path.read_text(encoding="utf-8").strip() in text, "a license can be read in any editor"
        elif not name.startswith(LEFT_OUT):
            assert name in inside
            assert path.suffix in (".js", ".mjs", ".css") or inside[name] == path.read_bytes()


def test_it_is_the_same_each_time_and_small_enough(site: Path, text: str) -> None:
    written = write_standalone(site)
    assert written == site / "halt.html"
    assert written.stat().st_size <= MOST_BYTES == 16_000_000
    assert standalone(site) == text, "the file of before is no part of the next one"
    assert written.read_text(encoding="utf-8") == text


def test_nothing_is_fetched_from_beside_it(text: str) -> None:
    page = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    addresses = re.findall(r'\s(?:src|href|action|srcset|poster)="([^"]*)"', page)
    assert addresses
    assert [one for one in addresses if not one.startswith(("#", "data:"))] == []


def test_its_policy_names_what_is_inline_by_hash_and_nothing_else(text: str) -> None:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert found
    policy = dict(one.strip().split(" ", 1) for one in html.unescape(found[1]).split(";"))
    for directive, tag in (("script-src", "script"), ("style-src", "style")):
        inline = re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
        hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in inline}
        assert hashes
        assert set(policy[directive].split()) - {"blob:", "'wasm-unsafe-eval'"} == hashes
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["connect-src"] == "https: http:", "no file of the disk"
    assert "unsafe-inline" not in found[1]
    assert "'unsafe-eval'" not in found[1]
    assert "'self'" not in found[1]
    assert found.start() < text.index("<script"), "the policy comes before what it governs"


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ('import{x as y}from"./c.js";', 'import{x as y}from"halt-site:deep/c.js";'),
        ("import * as a from '../a.mjs'", 'import * as a from "halt-site:a.mjs"'),
        ('import "./c.js"', 'import "halt-site:deep/c.js"'),
        ('export { z } from "./c.js";', 'export { z } from "halt-site:deep/c.js";'),
        ('import("./c.js")', 'site_import("./c.js")'),
        ("const{url:u}=import.meta;", "const{url:u}=site_meta;"),
        (r"/import\((['\"])/; a.import(1); b.import.meta", r"/import\((['\"])/; a.import(1); b.import.meta"),
        ('import fs from "node:fs"', 'import fs from "node:fs"'),
    ],
)
def test_a_module_finds_its_neighbours(source: str, made: str) -> None:
    result = linked_script("deep/b.js", source, PATHS)
    helpers = 'const { site_import, site_meta } = globalThis.haltSite.helpers("deep/b.js"); '
    assert result == (helpers + made if "site_" in made else made)


def test_a_style_finds_its_fonts() -> None:
    style = "@font-face{src:url(font.woff2) format('woff2')}a{mask:url(data:,)}b{fill:url(#c)}"
    made = "@font-face{src:url(\"halt-site:deep/font.woff2\") format('woff2')}a{mask:url(data:,)}b{fill:url(#c)}"
    assert linked_style("deep/a.css", style, PATHS) == made


def test_what_one_file_can_t_hold_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"deep/b\.js names \./gone\.js, which is not in the site"):
        linked_script("deep/b.js", 'import "./gone.js"', PATHS)
    with pytest.raises(ProgramError, match="a meaning of its own"):
        linked_script("a.mjs", 'const x = "halt-site:a"', PATHS)
    with pytest.raises(ProgramError, match=r"in a ring.*a\.mjs"):
        check_no_cycle({"a.mjs": 'import "halt-site:b.mjs"', "b.mjs": 'import "halt-site:a.mjs"'})
    for tag in ('<link rel="author" href="me.html">', '<script src="x.js" type="text/vbscript"></script>'):
        with pytest.raises(ProgramError, match="does not know what to do with"):
            Page(tmp_path, f"<head>{tag}</head>").fill()
    (tmp_path / "a.css").write_text("a { background: url(b.png) }")
    with pytest.raises(ProgramError, match="names another file"):
        Page(tmp_path, '<link rel="stylesheet" href="a.css">').fill()
    with pytest.raises(ProgramError, match="no policy"):
        Page(tmp_path, "<body></body>").close("")
