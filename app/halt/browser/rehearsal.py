"""Has the browser lose its bets on Python's interpreter while nobody waits.

V8 compiles a hot function of WebAssembly anew, and bets that its indirect calls go on calling what they called so far.
The loop that runs Python's bytecode is the hottest of all; each time such a bet is lost V8 throws that code away and
makes plain code of its 79 kB: 8 ms on the main thread, one of them within the first press of Stop, which asks what was
not asked before. It bets no longer where a call has met more than four functions, so these meet some more ahead of it.
https://v8.dev/blog/wasm-speculative-optimizations
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable
from typing import Any

import js

from halt.wire.clock import Clock

# V8 compiles the loop anew beside the page, some 300 ms long; only then is the next bet to be lost.
PAUSE_MS = 120.0
# Some 3 s: four bets are lost one after the other, and the loop is first compiled when the page has done something.
TIMES = 25


async def rehearse(clock: Clock) -> None:
    """Go through it again and again; that takes a millisecond, or ten where a bet is lost."""
    for _ in range(TIMES):
        await clock.sleep(PAUSE_MS)
        for part in PARTS:
            part()


class _Own:
    """Does by a method of Python's what other kinds of objects do by a function of their own in C."""

    def __bool__(self) -> bool:
        return True

    def __call__(self) -> None: ...

    def __contains__(self, one: object) -> bool:
        return False

    def __getattr__(self, name: str) -> None: ...

    def __iter__(self) -> Any:
        return iter(())


# A tuple each of objects that do the same by more than four functions in C.


def _truths() -> None:
    """The truth of numbers and of objects (``PyObject_IsTrue``)."""
    for one in (1, 0.5, 1j, _Own(), js.document, [], {}, "x"):
        if not one:
            continue


def _calls() -> None:
    """Calls of functions, methods and types (``PyObject_Vectorcall``)."""
    own = _Own()
    for one in (functools.partial(list), own, list, tuple, dict, str, globals, own.__call__, [].copy, {}.keys):
        one()
    for other in (iter, len, list, repr, tuple, sorted, any):
        other(())


def _attributes() -> None:
    """Attributes of objects, types, modules and the page's own (``PyObject_GetAttr``)."""
    own = _Own()
    for one in (own, _Own, functools, js.document, super(_Own, own), own.__call__, 0.5):
        one.__class__  # noqa: B018 - to ask is all


def _members() -> None:
    """What is in a sequence, a set or a text (``PySequence_Contains``)."""
    for one in ((), [], {}, set(), "", range(1), deque(), _Own(), {}.keys()):
        if "x" in one:
            continue


def _iterations() -> None:
    """What is gone through (``PyObject_GetIter``)."""
    for one in ((), [], {}, set(), "", range(0), deque(), _Own(), {}.keys()):
        for _ in one:
            continue


PARTS: tuple[Callable[[], None], ...] = (_truths, _calls, _attributes, _members, _iterations)
"""What is rehearsed, the most urgent first."""
