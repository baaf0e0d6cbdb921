"""The provider that all products ask: a process of its own, so that nothing that measures slows it down.

What it answers is told by the first word of the question (``ANSWERS``); each question ends with a mark, a word by which
its request is found again. Moments are in seconds since the epoch, as the page's clock tells them on the same machine.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from typing import IO, Any, cast

from bench.documents import chunks, documents
from bench.options import QUICK, Rate
from tests.servers import Answer, Exchange, ProviderServer
from tools.errors import ProgramError
from tools.places import APP, ROOT

STEADY_PER_SECOND = 100
FLOOD_AFTER = 20
"""The flood begins with so many chunks; then there is a pause in which the bench can look for Stop."""
FLOOD_PAUSE_MS = 2_000
MOST_FLOOD = 100_000
"""After so many chunks even the flood ends: some 1.2 million characters."""
LOOK_S = 0.005


@cache
def long_chunks(rate: Rate) -> tuple[str, ...]:
    """Cut the long reply, 60,000 characters of all that models write, into the chunks of a rate."""
    return tuple(chunks(documents()["mixed"], rate.count(documents()["mixed"])))


def flood() -> Iterator[str]:
    """Yield the long reply again and again, in chunks of some twelve characters."""
    return itertools.islice(itertools.cycle(long_chunks(Rate())), MOST_FLOOD)


def _long(rate: Rate) -> Answer:
    return Answer(text=long_chunks(rate), tokens_per_second=rate.chunks / rate.seconds)


ANSWERS: dict[str, Callable[[], Answer]] = {
    "steady": lambda: Answer(text=documents()["unbroken"].text, tokens_per_second=STEADY_PER_SECOND),
    "flood": lambda: Answer(text=flood, pause_after=FLOOD_AFTER, pause_ms=FLOOD_PAUSE_MS),
    "silent": lambda: Answer(headers_after_ms=math.inf),
    "long": lambda: _long(Rate()),
    "quick": lambda: _long(QUICK),
    "short": lambda: Answer(text="Fine."),
}
"""The first word of a question, and what is answered: 100 chunks a second, as fast as the socket takes them, nothing,
60,000 characters at either rate of `bench render`, and one word."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the provider knows of one request; ``chunk_times``: when each of its ``chunks`` was handed to the socket.

    messages: the role and the text of each message. text: what of the reply was handed to the socket.
    """

    received_at: float
    left_at: float | None
    ended: bool
    chunks: int
    chunk_times: Sequence[float]
    messages: Sequence[Sequence[str]]
    text: str

    def chunks_after(self, moment: float) -> int:
        """Count the chunks that were handed to the socket after ``moment``."""
        return sum(at > moment for at in self.chunk_times)


class ProviderProcess:
    """The provider's process as the bench talks to it: one line of JSON there, one back."""

    def __init__(self, questions: IO[str], answers: IO[str], url: str) -> None:
        self.url = url
        self._questions = questions
        self._answers = answers

    def find(self, mark: str) -> Seen | None:
        """Give what is known of the request whose question ends with this mark; ``None`` where none came."""
        found = self._ask({"find": mark})
        return Seen(**found) if found else None

    def wait(self, mark: str, until: Callable[[Seen], bool], timeout: float) -> Seen | None:
        """Wait until a request's state is as wanted, for ``timeout`` seconds at most; give it, or ``None``."""
        end = time.monotonic() + timeout
        while True:
            state = self._ask({"state": mark})
            if state and until(Seen(**state)):
                return self.find(mark)
            if time.monotonic() > end:
                return None
            time.sleep(LOOK_S)  # between two looks at another process; the end is bounded above

    def wait_request(self, mark: str, timeout: float) -> Seen | None:
        """Wait for a request."""
        return self.wait(mark, lambda _: True, timeout)

    def _ask(self, question: dict[str, Any]) -> Any:
        try:
            self._questions.write(json.dumps(question) + "\n")
            self._questions.flush()
            return json.loads(self._answers.readline())
        except (OSError, ValueError) as error:
            raise ProgramError("The bench's provider server ended. Run the same command again.") from error


@contextmanager
def providing() -> Iterator[ProviderProcess]:
    """Run the provider in a process of its own for as long as the block lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.products.provider"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(APP)])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:  # its end closes standard input, and that is the server's sign to end
        questions, answers = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        url = answers.readline().strip()
        if not url:
            raise ProgramError("The bench's provider server did not start. Its reason stands above.")
        yield ProviderProcess(questions, answers, url)


def question_of(messages: Sequence[Sequence[str]]) -> str:
    """Give the text of the last question among messages (role, text); empty where there is none."""
    return next((text for role, text in reversed(messages) if role == "user"), "")


def messages_of(body: Any) -> list[tuple[str, str]]:
    """Read role and text of a request's messages; a text may be a list of parts."""
    found = body.get("messages", []) if isinstance(body, dict) else []
    return [(str(one.get("role", "")), _text(one.get("content"))) for one in found if isinstance(one, dict)]


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def choose(exchange: Exchange) -> Answer:
    """Tell the answer from the question's first word; what is no question of ours gets one word."""
    words = question_of(messages_of(exchange.json)).split()
    return ANSWERS[words[0] if words and words[0] in ANSWERS else "short"]()


def seen(exchange: Exchange, *, whole: bool) -> Seen:
    """Give what is known of a request; times, messages and text only where it is to be ``whole``."""
    return Seen(
        received_at=exchange.received_at,
        left_at=exchange.left_at,
        ended=exchange.ended,
        chunks=exchange.chunks_sent,
        chunk_times=exchange.chunk_times if whole else [],
        messages=messages_of(exchange.json) if whole else [],
        text=exchange.sent_text if whole else "",
    )


def answer(server: ProviderServer, question: dict[str, str]) -> dict[str, Any] | None:
    """Answer one line of the bench: the first request whose question ends with a mark."""
    whole = "find" in question
    mark = question["find" if whole else "state"]
    for exchange in list(server.exchanges):
        if question_of(messages_of(exchange.json)).split()[-1:] == [mark]:
            return asdict(seen(exchange, whole=whole))
    return None


def main() -> None:
    """Serve until standard input ends."""
    with ProviderServer() as server:
        server.choose = choose
        print(server.url, flush=True)
        for line in sys.stdin:
            print(json.dumps(answer(server, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
