"""Writes the lock files anew. For maintainers: it is the only command that chooses versions."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from tools.errors import SetupError
from tools.npm import find_npm
from tools.places import LOCKS, ROOT, files_below
from tools.programs import run
from tools.progress import step

OLDEST = "3.11"
BROWSER = "3.14"
# group: (lowest Python, whether what the page depends on belongs to it)
GROUPS = {
    "test": (OLDEST, True),
    "build": (OLDEST, False),
    "engines": (OLDEST, False),
    "node": (OLDEST, False),
    "browser": (BROWSER, True),
    "guest": (BROWSER, False),
    "bench-gradio": (OLDEST, False),
    "bench-panel": (OLDEST, False),
}
# Compiled, without a wheel for the browser on PyPI; Pyodide's makers have built them, and the tests have stand-ins.
LEFT_OUT = {"guest": ("orjson", "zstandard")}
# Each has a package.json; all but the first are what `bench` compares Halt with.
NPM_FOLDERS = (LOCKS, LOCKS / "bench", LOCKS / "bench" / "deep-chat", LOCKS / "bench" / "ai-sdk")


def refresh() -> None:
    """Resolve all groups of pyproject.toml, what app/pyproject.toml depends on, and each package.json.

    The direct dependencies stay as written there.
    """
    uv = shutil.which("uv")
    if uv is None:
        raise SetupError("Writing the lock files needs uv: see https://docs.astral.sh/uv/ and install it.")
    with tempfile.TemporaryDirectory() as made:
        fresh = Path(made)
        for group in GROUPS:
            with step(f"Resolving {group}"):
                resolve(uv, group, fresh)
        for folder in NPM_FOLDERS:
            with step(f"Resolving npm's packages for {folder.relative_to(ROOT)}"):
                resolve_npm(folder, fresh / folder.relative_to(LOCKS))
        for file in files_below(fresh):
            shutil.copyfile(file, LOCKS / file.relative_to(fresh))


def resolve(uv: str, group: str, target: Path) -> None:
    """Write one group's lock file: for all systems and Pythons, with the hashes of all of a release's files."""
    python, with_project = GROUPS[group]
    lock = target / lock_name(group)
    lock.parent.mkdir(parents=True, exist_ok=True)
    command = [
        *(uv, "pip", "compile", "--no-config", "--quiet", "--universal", "--generate-hashes"),
        *("--no-annotate", "--no-header", "--no-emit-index-url", "--python-version", python),
        *("--group", group, "--output-file", str(lock)),
    ]
    for name in LEFT_OUT.get(group, ()):
        command += ["--no-emit-package", name]
    # These groups go into one .venv: what the smaller ones have must be what the largest one has.
    if group in ("build", "engines"):
        command += ["--constraint", str(target / "test.txt")]
    if with_project:
        command.append("app/pyproject.toml")
    run(command, f"Resolving the group {group}", cwd=ROOT)
    if group == "guest":
        lock.write_text(for_the_browser(lock.read_text(encoding="utf-8")), encoding="utf-8")


def lock_name(group: str) -> str:
    """Give a group's lock file, as a path inside of locks/: those of `bench` have a folder."""
    return f"{group.replace('bench-', 'bench/')}.txt"


def for_the_browser(lock: str) -> str:
    """Keep of a universal lock what is for the browser: pip would look at the markers for the machine it runs on."""
    packages = re.split(r"(?m)^(?=\S)", lock)
    kept = (one for one in packages if "sys_platform != 'emscripten'" not in one)
    return "".join(one.replace(" ; sys_platform == 'emscripten'", "") for one in kept)


def resolve_npm(source: Path, target: Path) -> None:
    """Write npm's lock file for a folder's package.json, with hashes and without download addresses."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        shutil.copy(source / "package.json", made)
        flags = ("--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved", "--loglevel=error")
        npm = find_npm()
        path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
        run([*npm, "install", *flags], "Resolving npm's packages", cwd=Path(made), env={**os.environ, "PATH": path})
        for name in ("package.json", "package-lock.json"):
            shutil.copy(Path(made) / name, target)
