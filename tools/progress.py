"""Shows what a long step is doing: a spinner on a terminal, a plain line elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Show that this step goes on, and when it is over how long it took, in seconds."""
    started = time.monotonic()
    if console.is_terminal:
        with console.status(f"{text} …"):
            yield
    else:
        console.print(f"{text} …", markup=False)
        yield
    console.print(f"{text}: {time.monotonic() - started:.1f} s", markup=False)
