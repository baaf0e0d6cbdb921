"""Gets the wheels that the browser installs: others' by pip and hash, the application's own from its source."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from tools.bootstrap import pip
from tools.errors import ProgramError
from tools.places import APP, CACHE, LOCKS, ROOT, WHEEL, digest, stamped
from tools.programs import run
from tools.progress import step

PYTHON = "3.14"
"""The browser's Python (Pyodide 314), whatever runs this."""

# Any one platform would do: only the pure-Python part is used. A fixed one makes every machine build the same.
_ANY_PLATFORM = ("--platform", "manylinux2014_x86_64", "--implementation", "cp", "--abi", "cp314")
# Pyodide's platform (PEP 783), for packages that publish wheels for it.
BROWSER_PLATFORM = ("--platform", "pyemscripten_2026_0_wasm32", "--abi", "abi3")
# A zip's earliest date; a fixed one, for a reproducible file.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def fetch_wheels(
    place: Path = CACHE / "wheels",
    lock: Path = LOCKS / "browser.txt",
    *platform: str,
    what: str = "the browser's Python packages",
) -> Path:
    """Download the wheels that the lock file names, unless that was done; give their folder.

    `platform` are pip's options for one that is preferred; `what` says in messages what is fetched.
    Raises DamagedError where a file's hash is another, NetworkError where there is no registry.
    """
    wanted = digest([lock, Path(__file__)])
    if stamped(place / "stamp", wanted):
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with (
        step(f"Fetching {what}"),
        tempfile.TemporaryDirectory(dir=place.parent, prefix="wheels-") as made,
    ):
        fresh = Path(made)
        options = ("--no-deps", "--only-binary=:all:", "--python-version", PYTHON, "--dest", str(fresh))
        run(
            pip("download", *options, *platform, *_ANY_PLATFORM, "--requirement", str(lock)),
            f"Fetching {what}",
        )
        for wheel in sorted(fresh.glob("*.whl")):
            if not wheel.stem.endswith(("-none-any", "_wasm32")):
                repack_pure(wheel)
                wheel.unlink()
        (fresh / "stamp").write_text(wanted, encoding="utf-8")
        if place.exists():
            shutil.rmtree(place)
        shutil.copytree(fresh, place)
    return place


def repack_pure(wheel: Path) -> Path:
    """Write a platform's wheel again without its compiled part, as one for every platform; give the new file.

    For packages whose compiled part is optional (MarkupSafe: `_native.py` takes over). The result has the
    same bytes wherever it is made. Format: Python packaging specification "Binary distribution format".
    """
    target = wheel.with_name("-".join([*wheel.name.split("-")[:2], "py3-none-any.whl"]))
    with zipfile.ZipFile(wheel) as old:
        contents = {
            name: old.read(name)
            for name in sorted(old.namelist())
            if not name.endswith(("/", ".so", ".pyd", ".c", "/RECORD"))
        }
    info = next(name.split("/")[0] for name in contents if name.endswith(".dist-info/WHEEL"))
    tagged = re.sub(rb"(?m)^Tag: .*\r?\n", b"", contents[f"{info}/WHEEL"]).rstrip() + b"\nTag: py3-none-any\n"
    contents[f"{info}/WHEEL"] = re.sub(rb"(?m)^Root-Is-Purelib: .*$", b"Root-Is-Purelib: true", tagged)
    contents[f"{info}/RECORD"] = _record(contents, f"{info}/RECORD")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            new.writestr(entry, content)
    return target


def _record(contents: dict[str, bytes], itself: str) -> bytes:
    """List each file with its hash and size, as a wheel's RECORD does."""
    rows = []
    for name, content in contents.items():
        hashed = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={hashed},{len(content)}")
    return "\n".join([*rows, f"{itself},,", ""]).encode()


def build_application_wheel(folder: Path) -> Path:
    """Build the wheel of `app/halt`, for the browser, into a folder, reproducibly; give its path."""
    return _build(APP, folder)


def build_command_wheel(folder: Path = WHEEL) -> Path:
    """Build the wheel that people install, from a site that was just built; give its path.

    The site gets into it by `tools/package_hook.py`.
    """
    with step("Building the wheel"):
        return _build(ROOT, folder)


def _build(project: Path, folder: Path) -> Path:
    builder = WheelBuilder(str(project))
    made = list(builder.build(directory=str(folder), versions=["standard"], hooks_only=False, clean=False))
    if len(made) != 1:
        raise ProgramError(f"The wheel of {project} was not built (hatchling made {made}). See its pyproject.toml.")
    return Path(made[0])
