"""A person's own Python as a provider: what it is asked goes to a worker, and what it says comes back as lines of JSON.

A line is one of {"text": …}, {"thinking": …}, {"progress": …}, {"usage": {…}}, {"end": "stop"}, {"models": […]} and
{"error": …, "details": …}; `halt.guest` writes them. The requests have no address: only the worker understands them.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

from halt.guest.program import ProgramError, check
from halt.providers.base import NOTHING_FOUND, Message, ProviderSettings, system_and_turns
from halt.providers.cancelling import Cancellation
from halt.providers.errors import BadCode, CodeFailed, ConnectionCut, ProviderError, WorkerFailed, redact
from halt.providers.events import Event, Finish, FinishReason, Progress, TextDelta, ThinkingDelta, Usage
from halt.providers.preset import Preset
from halt.wire.probe import Circumstances
from halt.wire.transport import Aborted, Cut, Request, Response, TransportError

# What of the settings is Halt's own business.
_NOT_TOLD = frozenset({"preset", "code", "also_models", "input_price", "output_price"})

ENDED_EARLY = "Your Python's worker ended before the reply did. What had arrived is kept; Retry asks again."


class PythonCode:
    """A provider that is a program; it remembers the keys that it was given, only to keep them out of errors."""

    def __init__(self, preset: Preset, page_origin: str = "") -> None:
        self._preset = preset
        self._keys: frozenset[str] = frozenset()

    @property
    def prefills(self) -> bool:
        """Tell that a program is asked for the rest: nobody knows what it would make of half a turn (S20)."""
        return False

    def request(self, messages: Sequence[Message], settings: ProviderSettings, run_id: str = "") -> Request:
        """Build what the worker is asked; raises ``BadCode``.

        The system prompt comes first, unless ``messages`` begin with one already, as with every provider.
        """
        prompt, turns = system_and_turns(messages, settings)
        system = [Message("system", prompt)] if prompt else []
        return self._ask("reply", settings, [_told(message) for message in (*system, *turns)])

    def models_request(self, settings: ProviderSettings) -> Request:
        """Build the question for the program's ``models``; raises ``BadCode``."""
        return self._ask("models", settings, [])

    def cancellation(self, settings: ProviderSettings, run_id: str, named: str = "") -> Cancellation | None:
        """See ``Provider``: the abort is the cancel."""
        return None

    async def confirms_cancel(self, response: Response) -> bool:
        """See ``Provider``; never asked."""
        return True

    def explain(self, error: TransportError, found: Circumstances = NOTHING_FOUND) -> ProviderError:
        """Say what became of the worker."""
        details = redact(str(error), self._keys)
        if isinstance(error, Aborted):
            return ConnectionCut("Your Python was ended on this side. What had arrived is kept.", details=details)
        if isinstance(error, Cut):
            return ConnectionCut(ENDED_EARLY, details=details)
        return WorkerFailed(
            "Python could not be started in a worker of its own. Check the network, then retry; the details say what "
            "went wrong.",
            details=details,
        )

    async def events(self, response: Response) -> AsyncGenerator[Event, None]:
        """Yield what the program says; see ``Provider.events``. Raises ``CodeFailed`` for what the program raises."""
        async with aclosing(self._lines(response)) as lines:
            async for line in lines:
                for event in _events(line):
                    yield event
                    if isinstance(event, Finish):
                        return
        raise ConnectionCut(ENDED_EARLY)

    async def models(self, response: Response) -> list[str]:
        """Read the names of the program's models; one that names none is asked by a name all the same."""
        async with aclosing(self._lines(response)) as lines:
            async for line in lines:
                if isinstance(names := line.get("models"), list):
                    return [str(name) for name in names] or [self._preset.default_model]
        raise ConnectionCut(ENDED_EARLY)

    def _ask(self, what: str, settings: ProviderSettings, messages: list[dict[str, Any]]) -> Request:
        if settings.api_key:
            self._keys |= {settings.api_key}
        if mistake := mistake_in(settings.code):
            raise BadCode(mistake)
        told = {name: value for name, value in asdict(settings).items() if name not in _NOT_TOLD}
        asked = {"ask": what, "code": settings.code, "messages": messages, "settings": told}
        # As ASCII: half a surrogate pair, as a browser's text may hold, gets through.
        return Request("POST", f"python:{what}", {}, json.dumps(asked).encode())

    async def _lines(self, response: Response) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the lines, whole ones only; raises ``CodeFailed`` where one is an error, and ``ConnectionCut``."""
        rest = b""
        try:
            async with aclosing(response.chunks()) as chunks:
                async for chunk in chunks:
                    *lines, rest = (rest + chunk).split(b"\n")
                    for text in lines:
                        line = json.loads(text)
                        if "error" in line:
                            raise CodeFailed(
                                redact(line["error"], self._keys), details=redact(line["details"], self._keys)
                            )
                        yield line
        except Cut as error:
            raise self.explain(error) from error


def mistake_in(code: str) -> str:
    """Say what keeps a program from being run, without running it; "" where nothing is known to."""
    try:
        check(code)
    except ProgramError as error:
        return str(error)
    return ""


def _told(message: Message) -> dict[str, Any]:
    images = {"images": [image.data_url for image in message.images]} if message.images else {}
    return {"role": message.role, "content": message.content, **images}


def _events(line: dict[str, Any]) -> list[Event]:
    match line:
        case {"text": str(text)}:
            return [TextDelta(text)]
        case {"thinking": str(text)}:
            return [ThinkingDelta(text)]
        case {"progress": str(text)}:
            return [Progress(text)]
        case {"usage": dict(usage)}:
            cost = usage.get("cost")
            counts = int(usage.get("input_tokens", 0)), int(usage.get("output_tokens", 0))
            return [Usage(*counts, None if cost is None else float(cost))]
        case {"end": _}:
            return [Finish(FinishReason.STOP)]
    return []
