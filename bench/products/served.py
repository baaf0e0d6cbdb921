"""A product from PyPI that is a server: in a virtual environment of its own, by its lock file."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from halt_chat.server import HOST
from tools.bootstrap import make_environment, pip
from tools.errors import ProgramError
from tools.places import CACHE, LOCKS, digest, stamped, venv_python
from tools.programs import run
from tools.progress import step

START_S = 60
END_S = 10


class Served:
    """What all products that are servers have in common; the server is server.py in the product's folder."""

    name: str

    def __init__(self, folder: Path) -> None:
        """Take the server from this folder."""
        self._folder = folder
        self._lock = LOCKS / "bench" / f"{self.name}.txt"
        self._place = CACHE / "bench" / self.name / "venv"

    @property
    def packages(self) -> dict[str, str]:
        """The names and versions of what is measured."""
        lock = self._lock.read_text(encoding="utf-8")
        wanted = re.findall(rf"^({self.name}|openai)==(\S+)", lock, re.MULTILINE)
        return dict(wanted)

    def prepare(self) -> None:
        """Install it. Raises a BuildError where it can't be."""
        stamp = self._place / "halt-bench"
        wanted = digest([self._lock])
        if stamped(stamp, wanted):
            return
        self._place.parent.mkdir(parents=True, exist_ok=True)
        with step(f"Installing {self.name}"):
            make_environment(self._place)
            options = ("--no-deps", "--only-binary=:all:", "--requirement", str(self._lock))
            run(pip("install", *options, python=venv_python(self._place)), f"Installing {self.name}")
        stamp.write_text(wanted, encoding="utf-8")

    @contextmanager
    def serving(self, provider: str) -> Iterator[str]:
        """Run its server; the provider's base URL and the port are in its environment."""
        port = free_port()
        home = self._place.parent / "home"  # what it writes stays here
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        log = home / "log.txt"
        environment = {
            **os.environ,
            "BENCH_PROVIDER": provider,
            "BENCH_PORT": str(port),
            "HOME": str(home),
            "NO_PROXY": "*",  # the client asks 127.0.0.1
            "GRADIO_ANALYTICS_ENABLED": "False",
        }
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - the product's own server, by paths of ours
                [str(venv_python(self._place)), str(self._folder / "server.py")],
                cwd=home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                url = f"http://{HOST}:{port}/"
                self._wait(process, url, log)
                yield url
            finally:
                process.terminate()
                try:
                    process.wait(END_S)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def first_visit(self, provider: str) -> str:
        """Nothing has to be set."""
        return ""

    def _wait(self, process: subprocess.Popen[bytes], url: str, log: Path) -> None:
        end = time.monotonic() + START_S
        while process.poll() is None and time.monotonic() < end:
            try:
                with urllib.request.urlopen(url):  # noqa: S310 - our own address
                    return
            except OSError:
                time.sleep(0.1)
        last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
        raise ProgramError(f"The server of {self.name} did not start. Its last words:\n{last}")


def free_port() -> int:
    """Give a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
