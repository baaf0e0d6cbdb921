"""Packs the built site into one HTML file that opens from disk, with no server and no network."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from pathlib import Path

from halt_chat.files import MEDIA_TYPES
from tools.errors import ProgramError
from tools.places import DIST, STANDALONE, files_below
from tools.progress import console, step
from tools.standalone.modules import check_no_cycle, linked_script, linked_style
from tools.standalone.page import Page

LOADER = Path(__file__).with_name("loader.js")
MOST_BYTES = 16_000_000
# Paths in the site that begin so stay out: what is put into the page by other means, and what only a site has that a
# browser installs. The snapshot would make the file larger than is promised.
LEFT_OUT = (
    *("index.html", STANDALONE, "licenses/", "manifest.webmanifest"),
    *("icons/", "service_worker.js", "workbox/", "snapshot-", "snapshot_worker.js"),
)
# What is a zip already, or a font, gets hardly smaller; then it is not packed a second time.
WORTH = 0.95

_LINKED: dict[str, Callable[[str, str, list[str]], str]] = {
    ".mjs": linked_script,
    ".js": linked_script,
    ".css": linked_style,
}


def write_standalone(site: Path = DIST, target: Path | None = None) -> Path:
    """Write `halt.html` into the site's folder, or to `target`, and give its path.

    The same site gives the same bytes. A later build of another site sweeps the file away with all else in the folder.
    Raises ProgramError where it would be larger than 16 MB, or where the site has something that one file can't hold.
    """
    target = target or site / STANDALONE
    with step("Packing the site into one file"):
        content = standalone(site).encode()
        if len(content) > MOST_BYTES:
            raise ProgramError(f"{STANDALONE} would have {len(content):,} bytes; at most {MOST_BYTES:,} are promised.")
        half = target.with_name(f".{target.name}.half")
        half.write_bytes(content)
        half.replace(target)
    console.print(f"{target}: {len(content) / 1e6:.1f} MB. Open it by a double click.", markup=False)
    return target


def standalone(site: Path) -> str:
    """Give the text of the one file for a site."""
    page = Page(site, (site / "index.html").read_text(encoding="utf-8"))
    page.fill()
    paths = {path.relative_to(site).as_posix(): path for path in files_below(site)}
    contents = linked({name: path for name, path in paths.items() if not name.startswith(LEFT_OUT)})
    table: dict[str, list[object]] = {}
    blocks: list[str] = []
    for name, content in contents.items():
        packed = gzip(content)
        is_packed = len(packed) < len(content) * WORTH
        table[name] = [MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream"), is_packed]
        encoded = base64.b64encode(packed if is_packed else content).decode()
        blocks.append(f'<script type="application/octet-stream" data-path="{name}">{encoded}</script>\n')
    starts = json.dumps({"starts": page.starts, "files": table}, separators=(",", ":"))
    tail = [
        license_block([path for name, path in paths.items() if name.startswith("licenses/")]),
        *blocks,
        f'<script type="application/json" id="site-files">{starts}</script>\n',
        page.add_script(LOADER.read_text(encoding="utf-8")),
    ]
    return page.close("".join(tail))


def linked(files: dict[str, Path]) -> dict[str, bytes]:
    """Read the files, by their paths in the site; scripts and styles find their neighbours as modules.py says."""
    names = list(files)
    contents: dict[str, bytes] = {}
    texts: dict[str, str] = {}
    for name, path in files.items():
        contents[name] = path.read_bytes()
        if link := _LINKED.get(path.suffix):
            texts[name] = link(name, contents[name].decode(), names)
            contents[name] = texts[name].encode()
    check_no_cycle(texts)
    return contents


def gzip(content: bytes) -> bytes:
    """Pack as small as zlib can, as gzip (RFC 1952) without a time in it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()


def license_block(licenses: list[Path]) -> str:
    """Give the licenses as text that whoever opens the file in an editor can read."""
    texts = [f"{path.stem}\n\n{path.read_text(encoding='utf-8').strip()}\n" for path in licenses]
    whole = "\n\n".join(texts)
    if "</script" in whole.lower():
        raise ProgramError("A license contains an end tag of a script.")
    return f'<script type="text/plain" id="licenses">\n{whole}</script>\n'
