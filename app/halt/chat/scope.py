"""The scope of a run: what it opened, and the one place where all of that is closed."""

from __future__ import annotations

from collections.abc import Callable


class Scope:
    """Owns what a run opens; closing the scope closes all of it, newest first, in the caller's own task."""

    def __init__(self) -> None:
        self._closers: list[Callable[[], object]] = []
        self.closed = False

    def own(self, close: Callable[[], object]) -> Callable[[], None]:
        """Call ``close`` when the scope ends; the result gives it up uncalled.

        What comes after the end is closed at once: nothing can be opened behind a stop's back.
        """
        if self.closed:
            close()
            return lambda: None
        self._closers.append(close)

        def release() -> None:
            if close in self._closers:
                self._closers.remove(close)

        return release

    def close(self) -> None:
        """Close everything; each closer is called once, even where another one raises.

        Raises an ``ExceptionGroup`` of what the closers raised, after all of them were called.
        """
        self.closed = True
        errors: list[Exception] = []
        while self._closers:
            try:
                self._closers.pop()()
            except Exception as error:
                errors.append(error)
        if errors:
            raise ExceptionGroup("closing the run's scope", errors)
