"""Makes the project's own virtual environment and continues inside it. Uses only the standard library."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from tools.errors import SetupError
from tools.exclusive import exclusive
from tools.places import CACHE, LOCKS, ROOT, VENV, digest, stamped, venv_python
from tools.programs import run

Group = Literal["build", "test", "engines", "node"]

NO_VENV = (
    "This Python cannot make virtual environments: its modules venv and ensurepip are missing. "
    "On Debian or Ubuntu: apt install python3-venv. Then run the same command again."
)


def inside(place: Path = VENV) -> bool:
    """Tell whether this process already runs in the project's (or another) virtual environment."""
    return Path(sys.prefix).resolve() == place.resolve()


def enter(group: Group, arguments: Sequence[str]) -> None:
    """Return in a process that has this group of packages; outside of the environment, run the command in it.

    Raises BuildError where the environment can't be made; exits with the inner process's code otherwise.
    """
    with exclusive(CACHE / "lock"):
        make_environment()
        install(group)
    if inside():
        return
    command = [str(venv_python()), str(ROOT / "build.py"), *arguments]
    if os.name == "nt":
        # os.execv on Windows starts another process and lets this one end: the shell would not wait.
        sys.exit(subprocess.call(command))  # noqa: S603
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606


def make_environment(place: Path = VENV) -> None:
    """Make the virtual environment, unless a whole one for this Python is there.

    The stamp is written last: an environment without it was interrupted, and is made anew.
    """
    version = ".".join(map(str, sys.version_info[:3]))
    if inside(place) or (stamped(place / "halt-venv", version) and venv_python(place).exists()):
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise SetupError(NO_VENV)
    say(f"Making {place.name} with Python {version}")
    try:
        venv.create(place, clear=True, with_pip=True)
    except subprocess.CalledProcessError as error:
        raise SetupError(NO_VENV) from error
    (place / "halt-venv").write_text(version, encoding="utf-8")


def install(group: Group, place: Path = VENV) -> None:
    """Install a group's packages as its lock file says, each checked by its hash, unless that was done."""
    lock = LOCKS / f"{group}.txt"
    stamp = place / f"halt-{group}"
    wanted = digest([lock])
    if stamped(stamp, wanted):
        return
    count = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    say(f"Installing {count} pinned packages ({lock.relative_to(ROOT)})")
    started = time.monotonic()
    # Hashed and complete lock files need no resolver; a stamp of before is void from here on.
    stamp.unlink(missing_ok=True)
    options = ("--no-deps", "--only-binary=:all:", "--requirement", str(lock))
    run(pip("install", *options, python=venv_python(place)), "Installing packages")
    stamp.write_text(wanted, encoding="utf-8")
    say(f"Installed in {time.monotonic() - started:.0f} s")


def pip(verb: str, *arguments: str, python: Path | None = None) -> list[str]:
    """Give the command line of a pip that takes nothing without its hash, asks nothing and gives up soon."""
    return [
        *(str(python or venv_python()), "-m", "pip", verb, "--require-hashes"),
        *("--disable-pip-version-check", "--no-input", "--retries", "2", "--progress-bar", "off"),
        *arguments,
    ]


def say(text: str) -> None:
    """Print one plain line, at once."""
    print(text, flush=True)
