"""Titles by the model: asked once for a conversation, after its first complete reply, and never after a stop (S16)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from halt.chat.attached import names_of
from halt.chat.connection import Question
from halt.chat.conversation import Conversation, Prompt, Reply
from halt.chat.scope import Scope
from halt.chat.status import Status
from halt.providers.base import Message
from halt.providers.errors import ProviderError
from halt.providers.events import TextDelta
from halt.wire.clock import Clock
from halt.wire.transport import TransportError

ASK = (
    "Give the conversation below a title of two to six words, in the language of the question. "
    "Answer with the title alone: no quotation marks, no formatting, no full stop."
)
# The beginnings of question and answer say enough of what they are about (characters).
TOLD = 1_500
# Few words are wanted; models that think first need more.
TOKENS = 1_000
# What says this much has not understood (characters), or thinks aloud.
MOST_SAID = 4_000
MOST_WORDS = 8
MOST_CHARACTERS = 60
LIMIT_MS = 30_000.0

_QUOTES = " \t\"'`*_#«»“”„‘’‹›「」"


def wants_title(conversation: Conversation) -> bool:
    """Tell whether a conversation has just its first complete reply, or several side by side, and no title."""
    if conversation.given_title or conversation.title_by:
        return False
    complete = [one for one in conversation.turns() if isinstance(one, Reply) and one.status is Status.COMPLETE]
    prompt = complete[0].parent if complete else None
    if not isinstance(prompt, Prompt) or not complete[0].source:
        return False
    return complete == [prompt.chosen] or set(complete) == set(prompt.columns)


def clean(said: str) -> str:
    """Make a title of what a model said; empty where that is none."""
    line = _behind_thoughts(said).partition("\n")[0].strip(_QUOTES)
    if line[:6].casefold() == "title:":
        line = line[6:].strip(_QUOTES)
    line = line.rstrip(".").strip(_QUOTES).replace("**", "").replace("`", "")
    line = " ".join(line.split()[:MOST_WORDS])
    return line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1].rstrip()}…"


def _behind_thoughts(said: str) -> str:
    """Give what is said behind blanks and thoughts; once that has a line's end, the title is complete."""
    said = said.lstrip()
    return said.partition("</think>")[2].lstrip() if said.startswith("<think>") else said


class Titler:
    """Asks for titles; each is a task of its own that ends by itself, or is stopped with whatever is stopped there.

    ``retitled`` is called with a conversation that has got one. Where none comes, the first words do.
    """

    def __init__(self, clock: Clock, retitled: Callable[[Conversation], None]) -> None:
        self._clock = clock
        self._retitled = retitled
        self._asked: set[str] = set()
        self._scopes: dict[str, Scope] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, conversation: Conversation, question: Question) -> None:
        """Begin to ask whom ``question`` was put to for a title of ``conversation``, once; this waits for nothing."""
        prompt = next(iter(conversation.path()), None)
        reply = prompt.chosen if prompt else None
        if conversation.id in self._asked or not isinstance(prompt, Prompt) or not isinstance(reply, Reply):
            return
        self._asked.add(conversation.id)
        asked = prompt.text if prompt.text.strip() else names_of(conversation, prompt.attachments)
        said = f"{ASK}\n\nQuestion:\n{asked[:TOLD]}\n\nAnswer:\n{reply.text[:TOLD]}"
        scope = self._scopes[conversation.id] = Scope()
        task = asyncio.get_running_loop().create_task(
            self._ask(conversation, question, said, scope), name=f"title of {conversation.id}"
        )
        scope.own(task.cancel)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self, conversation: Conversation) -> None:
        """End what is being asked for ``conversation``, at once; nothing of it comes after that."""
        if scope := self._scopes.pop(conversation.id, None):
            scope.close()

    async def _ask(self, conversation: Conversation, question: Question, said: str, scope: Scope) -> None:
        limit = asyncio.get_running_loop().create_task(self._end_late(scope))
        try:
            title = clean(await self._answer(question, said, scope))
            # A person may have been faster, and what was stopped says nothing any more.
            if title and not scope.closed and not conversation.given_title:
                conversation.rename(title, "model")
                self._retitled(conversation)
        except (ProviderError, TransportError):
            pass  # the first words are title enough; the reply itself tells what is wrong with a provider
        finally:
            if self._scopes.get(conversation.id) is scope:
                del self._scopes[conversation.id]
            limit.cancel()
            await asyncio.wait({limit})

    async def _answer(self, question: Question, said: str, scope: Scope) -> str:
        connection = question.connection
        settings = replace(question.settings, max_tokens=TOKENS, system_prompt="")
        exchange = connection.transport.exchange()
        scope.own(exchange.abort)
        text = ""
        try:
            response = await exchange.open(connection.provider.request([Message("user", said)], settings))
            async with aclosing(connection.provider.events(response)) as events:
                async for event in events:
                    if isinstance(event, TextDelta):
                        text += event.text
                        if len(text) > MOST_SAID or "\n" in _behind_thoughts(text):
                            break
        finally:
            exchange.abort()
        return text

    async def _end_late(self, scope: Scope) -> None:
        await self._clock.sleep(LIMIT_MS)
        scope.close()
