"""The wheel as a person gets it: built, installed without a network into an environment of its own, started, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.places import venv_python
from tools.wheels import build_command_wheel


@dataclass(frozen=True)
class Installed:
    """An environment that has the wheel and nothing else; `command` is what the person types."""

    wheel: Path
    environment: Path

    @property
    def command(self) -> Path:
        return venv_python(self.environment).with_name("halt-chat")


def install(folder: Path) -> Installed:
    """Build the wheel and install it; whatever it would want besides itself is not to be had."""
    wheel = build_command_wheel(folder)
    environment = folder / "environment"
    venv.create(environment)
    pip = [sys.executable, "-m", "pip", "--python", venv_python(environment), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-index", wheel], check=True, env=clean_environment())
    return Installed(wheel, environment)


def clean_environment(**more: str) -> dict[str, str]:
    """Give this process's variables without those that would lead Python to the sources."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | more


@dataclass
class Started:
    """A server that runs; once it has ended: its exit code and all that it said."""

    process: subprocess.Popen[str]
    url: str
    said: list[str] = field(default_factory=list)

    def next_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@contextmanager
def started(*command: str | Path, **variables: str) -> Iterator[Started]:
    """Start the server and give it once it has said its address; at the end press Ctrl+C."""
    process = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=clean_environment(**variables),
        cwd=Path(command[0]).parent,  # where Python finds no sources
    )
    with process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first.startswith("Halt is at http://127.0.0.1:"), first + process.stdout.read()
            server = Started(process, first.split()[3])
            yield server
            process.send_signal(signal.SIGINT)
            server.said += process.stdout.read().split("\n")
        finally:
            process.kill()
