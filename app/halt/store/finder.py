"""The finder: searches all conversations a slice at a time, so that the page never waits for it.

What was never opened is read from the database once, and its text kept to be searched again: first the newest
conversations one by one, as most of what is looked for stands there, then all in the order in which they are kept.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from halt.chat.conversation import Conversation, Prompt, Reply
from halt.store.search import Parts, SearchText, excerpt, has_all, marked, words_of
from halt.store.texts import Texts
from halt.wire.clock import Clock

# The page gets its turn after so long (ms).
SLICE_MS = 8.0
# So much is found at most: who sees more of it than this types another letter.
MOST_TITLES = 10
MOST_MESSAGES = 50
MOST_OF_ONE = 3
# So much is handed over at once, as each of it is to be shown.
BATCH = 10
# So many conversations, the newest, are read one by one; those behind them all at once.
NEAR = 20
# Reading ahead begins after so long, and rests so long after each slice (ms).
AHEAD_MS = 3_000.0
REST_MS = 50.0

Fingerprint = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One message that was found, or a title where ``turn_id`` is empty."""

    conversation_id: str
    turn_id: str
    title: Parts
    text: Parts


class Finder:
    """Finds words in titles and messages; ``busy`` tells when reading ahead has to wait for something better."""

    def __init__(self, texts: Texts, clock: Clock, busy: Callable[[], bool]) -> None:
        self._kept = texts
        self._clock = clock
        self._busy = busy
        self._texts: dict[str, tuple[Fingerprint, SearchText]] = {}

    async def search(self, conversations: Sequence[Conversation], query: str) -> AsyncGenerator[list[Hit], None]:
        """Yield what is found, as it is found: titles first, then messages in the order of ``conversations``.

        Nothing is found of a ``query`` without words. Raises a ``StorageError`` where something can't be read.
        """
        words = words_of(query)
        if not words:
            return
        named = (one for one in conversations if has_all(one.title, words))
        yield [Hit(one.id, "", marked(one.title, words), []) for one in islice(named, MOST_TITLES)]
        left = MOST_MESSAGES
        hits: list[Hit] = []
        began_ms = self._clock.now()
        for number, conversation in enumerate(conversations):
            text = self._text_of(conversation)
            while text is None and number >= NEAR and not self._kept.is_done:
                if hits:
                    yield hits
                    hits = []
                await self._read_on()
                await self._clock.breathe()
                began_ms = self._clock.now()
                text = self._text_of(conversation)
            text = text or await self._read(conversation)
            found = text.find(words, min(MOST_OF_ONE, left))
            if found:
                shown = await self._hits(conversation, found, words)
                hits += shown
                left -= len(shown)
            if not left:
                break
            if len(hits) >= BATCH or self._clock.now() - began_ms > SLICE_MS:
                if hits:
                    yield hits
                    hits = []
                await self._clock.breathe()
                began_ms = self._clock.now()
        yield hits

    async def read_ahead(self) -> None:
        """Read what a search will want, while nothing else is to be done. Raises a ``StorageError``."""
        await self._clock.sleep(AHEAD_MS)
        while not self._kept.is_done:
            while self._busy():
                await self._clock.sleep(AHEAD_MS)
            await self._read_on()
            await self._clock.sleep(REST_MS)

    def forget(self, conversation_id: str) -> None:
        """Let go of the text of a conversation; it is read again where that is needed."""
        self._texts.pop(conversation_id, None)

    def _text_of(self, conversation: Conversation) -> SearchText | None:
        known, text = self._texts.get(conversation.id, (None, None))
        if not conversation.loaded:
            return text
        # Replies grow, and turns come and go; but none of them ever says something else in as many characters.
        turns = [turn for turn in conversation.turns() if isinstance(turn, Prompt | Reply)]
        now = tuple((turn.id, turn.source.length if isinstance(turn, Reply) else 0) for turn in turns)
        if text is None or known != now:
            turns.sort(key=lambda turn: turn.created_ms or float("inf"), reverse=True)
            text = SearchText((turn.id, turn.text) for turn in turns)
            self._texts[conversation.id] = now, text
        return text

    async def _read(self, conversation: Conversation) -> SearchText:
        text = SearchText(await self._kept.read(conversation.id))
        self._texts[conversation.id] = (), text
        return text

    async def _read_on(self) -> None:
        for name, said in (await self._kept.read_on()).items():
            if name not in self._texts:
                self._texts[name] = (), SearchText(said)

    async def _hits(self, conversation: Conversation, found: list[str], words: list[str]) -> list[Hit]:
        if conversation.loaded:
            said = {one.id: one.text for one in conversation.turns() if isinstance(one, Prompt | Reply)}
        else:
            said = dict(await self._kept.read(conversation.id))
        title = marked(conversation.title, words)
        shown = ((name, excerpt(said.get(name, ""), words)) for name in found)
        # A short prompt is its conversation's title, and was found as that.
        return [Hit(conversation.id, name, title, text) for name, text in shown if _plain(text) != conversation.title]


def _plain(parts: Parts) -> str:
    return "".join(text for text, _ in parts)
