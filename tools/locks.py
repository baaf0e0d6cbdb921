"""Writes the lock files anew. For maintainers: it is the only command that chooses versions."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from tools.errors import SetupError
from tools.npm import find_npm
from tools.places import LOCKS, ROOT
from tools.programs import run
from tools.progress import step

OLDEST = "3.11"
BROWSER = "3.14"
# group: (lowest Python, whether the project's own dependencies belong to it)
GROUPS = {"test": (OLDEST, True), "build": (OLDEST, False), "node": (OLDEST, False), "browser": (BROWSER, True)}


def refresh() -> None:
    """Resolve all groups of pyproject.toml and locks/package.json; the direct dependencies stay as written there."""
    uv = shutil.which("uv")
    if uv is None:
        raise SetupError("Writing the lock files needs uv: see https://docs.astral.sh/uv/ and install it.")
    with tempfile.TemporaryDirectory() as made:
        fresh = Path(made)
        for group in GROUPS:
            with step(f"Resolving {group}"):
                resolve(uv, group, fresh)
        with step("Resolving npm's packages"):
            resolve_npm(fresh)
        for file in fresh.iterdir():
            if file.is_file():
                shutil.copyfile(file, LOCKS / file.name)


def resolve(uv: str, group: str, target: Path) -> None:
    """Write one group's lock file: for all systems and Pythons, with the hashes of all of a release's files."""
    python, with_project = GROUPS[group]
    command = [
        *(uv, "pip", "compile", "--no-config", "--quiet", "--universal", "--generate-hashes"),
        *("--no-annotate", "--no-header", "--no-emit-index-url", "--python-version", python),
        *("--group", group, "--output-file", str(target / f"{group}.txt")),
    ]
    # Both groups go into one .venv: what the smaller one has must be what the larger one has.
    if group == "build":
        command += ["--constraint", str(target / "test.txt")]
    if with_project:
        command.append("pyproject.toml")
    run(command, f"Resolving the group {group}", cwd=ROOT)


def resolve_npm(target: Path) -> None:
    """Write npm's lock file, with hashes and without download addresses."""
    with tempfile.TemporaryDirectory() as made:
        shutil.copy(LOCKS / "package.json", made)
        flags = ("--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved", "--loglevel=error")
        npm = find_npm()
        path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
        run([*npm, "install", *flags], "Resolving npm's packages", cwd=Path(made), env={**os.environ, "PATH": path})
        for name in ("package.json", "package-lock.json"):
            shutil.copy(Path(made) / name, target)
