"""A server whose wire formats nobody here wrote: llm-katan, which answers with an echo of what it was asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from types import TracebackType
from typing import Any, Self
from urllib.request import urlopen

from tools.places import APP, ROOT

KEY = "sk-katan-0123456789"
"""What it takes for a key."""

ROWS = ("openai", "anthropic", "gemini")
"""The rows of Halt's whose formats it serves."""


class KatanServer:
    """llm-katan in a process of its own, while its context lasts; ``pace_ms`` is waited between pieces."""

    def __init__(self, pace_ms: int = 1) -> None:
        """Describe the server; it starts with the context."""
        self._pace_ms = pace_ms
        self._begun = 0
        self._ended: list[dict[str, Any]] = []
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.katan_app", str(self._pace_ms), KEY],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(APP)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said:
            self._process.stdout.close()
            raise RuntimeError(f"llm-katan ended by itself: {self._process.wait()}")
        self.port = int(said)
        self._reader = threading.Thread(target=self._read, name="llm-katan's notes", daemon=True)
        self._reader.start()
        # The socket listens before the server does: this waits until it answers.
        with urlopen(f"http://127.0.0.1:{self.port}/health", timeout=60) as answer:
            assert answer.status == 200
        self.forget()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(10)
        self._reader.join(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def forget(self) -> None:
        """Count from here on; who stopped an answer waits for its end before."""
        with self._changed:
            self._changed.wait_for(lambda: self._begun == len(self._ended), 60)
            self._begun = 0
            self._ended.clear()

    def base_url(self, row: str) -> str:
        """Give the Base URL for a row of Halt's."""
        return f"http://127.0.0.1:{self.port}/{'v1beta' if row == 'gemini' else 'v1'}"

    def wait_ended(self, count: int, timeout: float = 60) -> dict[str, Any]:
        """Wait until ``count`` answers have ended, and give the last of these; raises ``TimeoutError``."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._ended) >= count, timeout):
                raise TimeoutError(f"Within {timeout} s only {len(self._ended)} answers ended: {self._ended}")
            return self._ended[count - 1]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                note = json.loads(line)
                if note["method"] == "OPTIONS":
                    continue
                if note["began"]:
                    self._begun += 1
                else:
                    self._ended.append(note)
                self._changed.notify_all()
