"""Puts the built site into the wheel that people install; hatchling loads this file, for `pip install .` too."""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Started by pip, the project's folder is not among the places that Python imports from.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.errors import SetupError
from tools.exclusive import exclusive
from tools.places import CACHE, DIST, SITE_STAMP, STANDALONE, files_below, site_inputs, stamped

NOT_BUILT = (
    "The page in dist/ is not built, or not from these sources. Run `python build.py package` and install the wheel "
    "that it names; after that, installing from this folder works as well."
)
# The rest (wheels, zips, fonts, pictures) is compressed already.
COMPRESSED = {".css", ".html", ".js", ".json", ".mjs", ".py", ".svg", ".toml", ".wasm", ".webmanifest"}


class SiteHook(BuildHookInterface[BuilderConfig]):
    """Adds the site to a wheel: what compresses well only as gzip, so that the server has it ready to send."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Lay the site out and name it to hatchling. Raises SetupError where dist/ is not what the sources make."""
        if not (DIST / "index.html").exists() or not stamped(SITE_STAMP, site_inputs()):
            raise SetupError(NOT_BUILT)
        self.made = Path(tempfile.mkdtemp(dir=CACHE, prefix="package-"))
        with exclusive(CACHE / "lock"):
            lay_out(DIST, self.made / "site", self.made / "gzip")
        for folder in ("site", "gzip"):
            build_data["force_include"][str(self.made / folder)] = f"halt_chat/{folder}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was laid out, since it is in the wheel now."""
        shutil.rmtree(self.made)


def lay_out(site: Path, plain: Path, compressed: Path) -> None:
    """Write each file of a site into one of two new folders: as it is, or by gzip under its name with ".gz" after it.

    Hidden files are for other hosts and are left out, and so is the one file that holds all of them. The same files
    give the same bytes, whenever and wherever.
    """
    for file in files_below(site):
        name = file.relative_to(site)
        if str(name) == STANDALONE:
            continue
        if file.suffix not in COMPRESSED:
            target = plain / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            continue
        target = compressed / f"{name}.gz"
        target.parent.mkdir(parents=True, exist_ok=True)
        # No name and no time of making in its head.
        with target.open("wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packer:
            packer.write(file.read_bytes())
