"""What the offline mock says: short pieces about what Halt is for, and as much more of it as is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

THINKING = (
    "The question is about stopping, so let me see what has to stop. The text on the screen, first: that is what a "
    "person looks at. Then the connection, because the provider only notices a closed one. Then whatever hangs from "
    "the run: timers, tools, the request for a title. And what was on the screen has to be kept, to the character. "
    "I'll put the short answer first and the reasons after it."
)

HELP = """### What the mock understands

Put any of these words into a prompt, alone or together. Nothing leaves this page.

| Words | What happens |
|:--|:--|
| `slow`, `fast`, `1 token/s`, `at 5000 tokens a second` | another speed; 1 to 5,000 tokens a second |
| `short`, `long`, `500 words`, `60,000 characters` | another length |
| `think first` | thinks before it answers |
| `stall` | falls silent in the middle, and waits to be stopped |
| `silent` | accepts the request and never says a word |
| `error` | reports an error in the middle |
| `cut` | breaks the connection off in the middle |
| `no answer` | ends without a word |

Some of them are models too: `halt-mock-fast`, `halt-mock-slow`, `halt-mock-thinking`, `halt-mock-stall`,
`halt-mock-error` and `halt-mock-empty`.
"""

_STOPPING = """## What stopping takes

A Stop button looks like the smallest part of a chat. It is the one that has to work when nothing else does: the
answer runs away, the tone is wrong, the meter is running.

Stopping is **three promises**, in this order:

1. **Nothing moves.** From the moment of the click, not one more character appears.
2. **The line goes dead.** The connection closes, so the other side can notice and rest.
3. **Nothing is lost.** What you saw is what is kept, no shorter and no longer.

Most programs keep the first promise late, the second by luck and the third not at all. The reason is a queue: text
arrives faster than it is painted, and a stop at the tap does not empty the pipe.

```python
run = conversation.send("Tell me about rivers")
...
run.stop("enough")  # marks the run, aborts the fetch, drops what was queued
```

The order inside that one call matters more than its speed. First *mark*, so that late events find the door shut. Then
*abort*, so that no more of them come. Everything slow, like saving and counting, comes after.

| What is still on its way | What becomes of it |
|:--|:--|
| a frame about to be drawn | called off |
| a chunk that was read but not shown | dropped |
| a chunk on the network | never read |
| a retry, a title, a tool | not started |

> A stop that asks you to wait is not a stop. It is a request.

Try it now: press **Stop**, or Esc, in the middle of the next sentence. The reply stays as it stood, marked as stopped,
and *Continue* takes it up from that very character. If you let it run to the end instead, that is fine too: you have
just read what you would have missed.
"""

_STREAMS = """## How a reply comes to you

A model does not send a page. It sends **crumbs**: a few letters at a time, each in a small envelope, over one
connection that stays open until the last of them. The envelope is called a *server-sent event*, and it is plain text:

```text
data: {"choices":[{"delta":{"content":"Hel"}}]}

data: {"choices":[{"delta":{"content":"lo"}}]}

data: [DONE]
```

### Where the crumbs break

The network knows nothing about envelopes. It cuts where it likes:

- in the middle of a line,
- between a carriage return and its line feed,
- inside a character: `é` is two bytes, 日 is three, and 🙂 is four.

So the reader keeps what is not whole yet and waits for the rest. It must not guess, and it must not copy everything
again for each new crumb, or a long reply gets slower and slower towards its end.

| Step | In | Out |
|:--|:--|:--|
| decode | bytes | characters |
| split | characters | lines |
| collect | lines | events |
| read | events | a piece of the reply |
| paint | pieces | what you see, once a frame |

### Why this matters for stopping

Between the wire and your eyes stand five small waiting rooms. When you press **Stop**, all of them have to be emptied
at once. A program that only closes the connection goes on painting what was waiting already, and at full speed that
can be seconds of text.

> The stream is not what the server sends. The stream is what you still have to read.

That is why Halt asks for the next piece only when it has shown the last one: a short queue is one that can be
dropped.
"""

_WHO_PAYS = """## Who pays for the words you don't read

A reply is billed by the token, and a token is about four letters. It is counted when it is *made*, not when it is read.
So the question after every Stop is simple: **does the other side know?**

### What closing the connection does

It depends on who is listening.

1. **Some stop.** The server notices that nobody is there and ends its work, perhaps a few tokens late.
2. **Some finish anyway.** The reply is made to its end, and paid for, with no reader.
3. **Some don't say.** Then the honest answer is "perhaps".

A model on your own machine costs no money, but it costs the same kind of thing: heat, noise, and the next question
waiting behind the one you gave up on.

```python
def price(tokens: int, per_million: float) -> float:
    return tokens * per_million / 1_000_000
```

| Reply | Letters | Tokens, about |
|:--|--:|--:|
| a sentence | 80 | 20 |
| a page | 2,000 | 500 |
| a report | 60,000 | 15,000 |

### What you can do

- Stop early. The first paragraph mostly shows whether the rest is worth it.
- Set *max tokens* where a runaway reply would hurt.
- Look at the reply's details: Halt writes there what is known about this provider, and says so where nothing is.

> An honest "it may go on" is worth more than a button that pretends.

The cheapest token is the one that was never made. The second cheapest is the one you stopped in time.
"""

_HINT = "\n---\n*This is Halt's offline mock. Write* `help` *to see which words change what it does.*\n"

ANSWERS = (_STOPPING, _STREAMS, _WHO_PAYS)

_TOPICS = (
    (re.compile(r"\b(?:pay|pays|paid|price|cost|costs|bill|billing|money|token)\b"), 2),
    (re.compile(r"\b(?:streams?|streaming|sse|events?|bytes?|network|wire)\b"), 1),
    (re.compile(r"\b(?:stop|stops|stopping|halt|abort|cancel)\b"), 0),
)

_MORE = (
    "There is a smaller version of the same thought. A tap that drips after it is closed is not broken everywhere, "
    "only at the washer; and a chat that writes on after Stop is not slow everywhere, only in one queue that "
    "nobody owns.",
    "Ask who owns each thing that can still happen: the timer, the frame, the read, the retry. If the answer is "
    "“nobody”, it will happen after the end, and somebody will call it a race.",
    "- what has begun and not ended\n- what has been promised and not begun\n- what has ended and not been told so",
    "Waiting is work too. A reader that waits for the next byte holds a socket, a buffer and a place in somebody's "
    "queue; to stop it is to hand all three back.",
    "```python\nasync with aclosing(provider.events(response)) as events:\n    async for event in events:\n"
    "        run.take(event)\n```",
    "> Whoever opens, closes. Whoever starts, ends. Whoever counts, says when it is a guess.",
    "Some characters for good measure, because a cut can fall inside any of them: naïve, façade, Ελλάδα, 日本語, "
    "עברית, 👩‍👩‍👧, and a combining é.",
)


def answer_to(prompt: str) -> str:
    """Choose an answer by what ``prompt`` speaks of, else by its letters: the same prompt always gets the same one."""
    words = prompt.casefold()
    if re.fullmatch(r"\W*(?:help|help me|what can you do)\W*", words):
        return HELP
    for topic, number in _TOPICS:
        if topic.search(words):
            return ANSWERS[number] + _HINT
    return ANSWERS[sum(words.encode("utf-8", "replace")) % len(ANSWERS)] + _HINT


def endless(answer: str) -> Iterator[str]:
    """Yield ``answer``, and then more and more of the same kind, section by section; made as it is asked for."""
    yield answer
    number = 0
    while True:
        number += 1
        picked = (_MORE[(number * step + step) % len(_MORE)] for step in (1, 2, 3))
        yield f"\n### {number}. Once more, from another side\n\n" + "\n\n".join(picked) + "\n"


def first_characters(pieces: Iterable[str], count: int) -> Iterator[str]:
    """Yield the first ``count`` characters of ``pieces``."""
    for piece in pieces:
        if count <= 0:
            return
        yield piece[:count]
        count -= len(piece)


def first_words(pieces: Iterable[str], count: int) -> Iterator[str]:
    """Yield ``pieces`` up to the end of the word number ``count``; a word is what stands between blanks."""
    for piece in pieces:
        for match in re.finditer(r"\s*\S+|\s+", piece):
            if not match[0].isspace():
                count -= 1
            yield match[0]
            if count <= 0:
                return


def tokens(pieces: Iterable[str]) -> Iterator[str]:
    """Cut ``pieces`` into tokens of about four characters, where words and signs allow it; no character is lost."""
    for piece in pieces:
        for match in re.finditer(r"\s?\w{1,6}|\s?[^\w\s]{1,3}|\s+", piece):
            yield match[0]
