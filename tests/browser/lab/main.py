"""A page for tests in place of Halt's own: it leaves a stream in the way that a test names, and says when it has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress

import js
from pyodide.ffi import create_proxy

from halt.browser.fetch import FetchExchange, FetchTransport
from halt.providers.base import Message, ProviderSettings
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from halt.wire.transport import Aborted

# The test says so once its provider has the request.
reached = asyncio.Event()


async def expire(limit: asyncio.Timeout) -> None:
    await reached.wait()
    limit.reschedule(asyncio.get_running_loop().time())


class Lab:
    """One request, and the ways out of it."""

    def __init__(self, base_url: str) -> None:
        self.provider = OpenAIChat(preset("custom"))
        self.settings = ProviderSettings(preset="custom", base_url=base_url, model="m")
        self.exchange: FetchExchange = FetchTransport().exchange()
        self.began = asyncio.Event()

    async def open(self):
        return await self.exchange.open(self.provider.request([Message("user", "Hi")], self.settings))

    async def read(self) -> None:
        """Read for ever, and say when the first event came."""
        async with aclosing(self.provider.events(await self.open())) as events:
            async for _event in events:
                self.began.set()

    async def cancel_the_task(self) -> None:
        task = asyncio.ensure_future(self.read())
        await self.began.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def cancel_the_task_before_the_head(self) -> None:
        task = asyncio.ensure_future(self.read())
        await reached.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def run_out_of_time(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(None) as limit:
                expiring = asyncio.ensure_future(expire(limit))
                await self.read()
        await expiring

    async def close_the_generator(self) -> None:
        events = self.provider.events(await self.open())
        await anext(events)
        await events.aclose()

    async def leave_the_block(self) -> None:
        async with aclosing(self.provider.events(await self.open())) as events:
            async for _event in events:
                break

    async def raise_in_the_consumer(self) -> None:
        with suppress(ZeroDivisionError):
            async with aclosing(self.provider.events(await self.open())) as events:
                async for _event in events:
                    raise ZeroDivisionError

    async def fail_beside_it_in_a_group(self) -> None:
        async def fail() -> None:
            await self.began.wait()
            raise ZeroDivisionError

        with suppress(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(self.read())
                group.create_task(fail())

    async def abort_from_outside(self) -> None:
        task = asyncio.ensure_future(self.read())
        await self.began.wait()
        self.exchange.abort()
        self.exchange.abort()
        with suppress(Aborted):
            await task

    async def abort_before_it_is_opened(self) -> None:
        self.exchange.abort()
        with suppress(Aborted):
            await self.open()


async def leave(way: str, base_url: str) -> str:
    """Leave a stream from ``base_url`` in one way; tell the error's name where something else came out."""
    ways: dict[str, Callable[[], Awaitable[None]]] = {
        name: method
        for name in dir(Lab)
        if callable(method := getattr(Lab(base_url), name)) and not name.startswith("_")
    }
    reached.clear()
    try:
        await ways[way]()
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return "left"


js.window.leave = create_proxy(leave)
js.window.reached = create_proxy(reached.set)
js.document.documentElement.setAttribute("data-ready", "true")
