"""Lets one builder work at a time, so that two commands started together do not undo each other."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock of this file; wait, and say so, while another process holds it.

    The system frees the lock when its process ends, in whatever way: it can't be left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        if not _try_lock(file):
            print("Waiting for another build of this folder to finish …", flush=True)
            while not _try_lock(file):
                time.sleep(0.2)
        yield
