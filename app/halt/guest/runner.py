"""Runs a person's program for one reply, and cleans up behind it, however it ends."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable
from contextlib import aclosing, closing, nullcontext
from typing import Any, Self
from weakref import WeakSet

from halt.guest.outbox import Outbox
from halt.guest.program import describe, load, reply_of
from halt.guest.yields import NotSayable, said


class Settings(dict[str, Any]):
    """The settings that a program is given, by key or by attribute."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"There is no setting {name!r}; there are: {', '.join(self)}.") from None


async def answer(code: str, messages: list[dict[str, Any]], settings: dict[str, Any], outbox: Outbox) -> None:
    """Have a program answer, and say what it yields, how it ended, or what it raised.

    Cancelled, it runs the program's ``finally`` blocks and those of all generators that it had begun, and raises
    ``CancelledError``; no task that the program started is left.
    """
    begun = asyncio.all_tasks()
    with _Generators() as generators:
        try:
            try:
                module = await load(code)
                await _speak(reply_of(module)(messages, Settings(settings)), outbox)
            finally:
                await _end_tasks(asyncio.all_tasks() - begun - generators.closing)
                await generators.close()
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # also exit(), which must not end the worker
            sentence, details = describe(error)
            outbox.say({"error": sentence, "details": details})
        else:
            outbox.say({"end": "stop"})


async def models(code: str, outbox: Outbox) -> None:
    """Say which models a program names: its ``models``, a list or a function that gives one."""
    try:
        found = getattr(await load(code), "models", ())
        if callable(found):
            found = found()
            if inspect.isawaitable(found):
                found = await found
        names = [str(name) for name in found]
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        sentence, details = describe(error)
        outbox.say({"error": sentence, "details": details})
    else:
        outbox.say({"models": names})


async def _speak(spoken: Any, outbox: Outbox) -> None:
    """Say all that ``reply`` gives: a generator of either kind, a text, or one of them to be awaited first."""
    if inspect.isawaitable(spoken):
        spoken = await spoken
    if isinstance(spoken, AsyncGenerator):
        async with aclosing(spoken):
            await _each(spoken, outbox)
    elif isinstance(spoken, AsyncIterable):
        await _each(spoken, outbox)
    elif _is_many(spoken):
        with closing(spoken) if isinstance(spoken, Generator) else nullcontext():
            for value in spoken:
                await _say(value, outbox)
    else:
        await _say(spoken, outbox)


async def _each(values: AsyncIterable[Any], outbox: Outbox) -> None:
    async for value in values:
        await _say(value, outbox)


async def _say(value: object, outbox: Outbox) -> None:
    for line in said(value):
        outbox.say(line)
    await outbox.turn()


def _is_many(value: object) -> bool:
    """Tell a generator or a list of pieces from one piece: many pieces (a chunk of pydantic's) can be iterated, too."""
    if isinstance(value, str | dict) or not isinstance(value, Iterable):
        return False
    if isinstance(value, bytes):
        raise NotSayable(value)
    return not hasattr(value, "content") and not hasattr(value, "choices")


class _Generators:
    """Keeps track of each async generator that is begun: one whose loop was left behind has to be closed as well.

    asyncio's own loops do the same at their end; the browser's loop has no end.
    """

    def __init__(self) -> None:
        self._known: WeakSet[AsyncGenerator[Any, Any]] = WeakSet()
        self._loop = asyncio.get_running_loop()
        self.closing: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self._known.add, finalizer=self._dropped)
        return self

    def __exit__(self, *_: object) -> None:
        sys.set_asyncgen_hooks(*self._before)

    async def close(self) -> None:
        """Close those that were left in the middle."""
        await _close(self._known)
        if self.closing:
            await asyncio.wait(self.closing)

    def _dropped(self, generator: AsyncGenerator[Any, Any]) -> None:
        self._known.discard(generator)
        task = self._loop.create_task(_close({generator}))
        self.closing.add(task)
        task.add_done_callback(self.closing.discard)


async def _close(generators: Iterable[AsyncGenerator[Any, Any]]) -> None:
    """Close generators that were left in the middle; what one raises then is told on the console."""
    for generator in list(generators):
        try:
            await generator.aclose()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            _tell(error)


async def _end_tasks(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled() and (error := task.exception()):
            _tell(error)


def _tell(error: BaseException) -> None:
    sys.stderr.write("".join(describe(error)[1]))
