"""The texts that are streamed: made by rule from one seed, so that they are the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from bench.corners import CORNERS

LONG = 60_000
SHORT = 1_500
ITEMS = 5_000
ROWS = 2_000
SEED = 4

_WORDS = (
    *("stream", "reply", "frame", "model", "token", "button", "answer", "window", "letter", "river", "garden"),
    *("winter", "number", "question", "reason", "message", "careful", "quiet", "simple", "open", "early", "long"),
    *("small", "honest", "über", "café", "naïve", "Straße", "日本", "привет", "signal", "memory", "network", "story"),
    *("under", "between", "before", "after", "while", "because", "never", "often", "always", "again", "and", "or"),
    *("the", "a", "of", "to", "in", "with", "from", "that", "this", "🙂"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """One text: what it is called in the table, and its Markdown source."""

    name: str
    text: str


def documents() -> dict[str, Document]:
    """Make all texts, by name, in the order of the table."""
    makers: dict[str, Callable[[Random], str]] = {
        "short": lambda choice: mixed(choice, SHORT),
        "mixed": lambda choice: mixed(choice, LONG),
        "paragraph": lambda choice: paragraph(choice, LONG),
        "unbroken": lambda choice: plain(choice, LONG),
        "fence": lambda choice: fence(choice, LONG),
        "list": lambda choice: long_list(choice, ITEMS),
        "table": lambda choice: long_table(choice, ROWS),
        "quotes": lambda choice: quotes(choice, LONG),
        "corners": lambda _: CORNERS,
    }
    return {name: Document(name, make(seeded(name))) for name, make in makers.items()}


def seeded(name: str) -> Random:
    """Give the source of choices for one purpose, so that one text's change leaves the others alone."""
    return Random(f"{SEED} {name}")  # noqa: S311 - repeatable is what is wanted


def chunks(document: Document, count: int) -> list[str]:
    """Cut a text into ``count`` pieces of uneven length, as tokens are; fewer where it has fewer characters."""
    text = document.text
    cuts = seeded(f"{document.name} in {count}").sample(range(1, len(text)), min(count, len(text)) - 1)
    edges = [0, *sorted(cuts), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def mixed(choice: Random, characters: int) -> str:
    """Make a reply as models write them, of exactly so many characters: all kinds of blocks, one after the other."""
    blocks = _blocks(choice)
    text = f"# {_words(choice, 4)}\n\n"
    while len(block := next(blocks)) + 100 < characters - len(text):
        text += block + "\n"
    return text + plain(choice, characters - len(text))


def paragraph(choice: Random, characters: int) -> str:
    """Make one paragraph with line breaks, emphasis, links and code spans in it."""
    lines = ""
    while len(line := f"{_sentence(choice)}\n") + 100 < characters - len(lines):
        lines += line
    return lines + plain(choice, characters - len(lines))


def plain(choice: Random, characters: int) -> str:
    """Make words without markup and without a line break, of exactly so many characters."""
    text = _words(choice, characters // 4)
    while len(text) < characters:
        text += f" {choice.choice(_WORDS)}"
    return text[: characters - 2].rstrip().ljust(characters - 1, "n") + "."


def fence(choice: Random, characters: int) -> str:
    """Make one code block that is the whole text."""
    lines, close = "```python\n", "```\n"
    while len(line := _code_line(choice)) < characters - len(lines) - len(close):
        lines += line
    return f"{lines}{'#' * (characters - len(lines) - len(close) - 1)}\n{close}"


def long_list(choice: Random, items: int) -> str:
    """Make one tight list of short items: some 12 characters each."""
    words = [word for word in _WORDS if 3 <= len(word) <= 5 and word.isascii()]
    return "".join(f"- {choice.choice(words)} {number}\n" for number in range(items))


def long_table(choice: Random, rows: int) -> str:
    """Make one table of four columns: some 30 characters a row."""
    body = (
        f"| {number} | {choice.choice(_WORDS)} | {choice.randrange(10_000) / 100:.2f} | `{choice.choice('abcdef')}` |\n"
        for number in range(rows)
    )
    return "| No | Name | Value | Mark |\n|---:|:-----|------:|:----:|\n" + "".join(body)


def quotes(choice: Random, characters: int) -> str:
    """Make lists that hold quotes that hold quotes and lists, as one block."""
    text = ""
    while len(text) < characters - 400:
        text += (
            f"- {_words(choice, 5)}\n"
            f"  > {_sentence(choice)}\n"
            "  >\n"
            f"  > > {_words(choice, 8)}\n"
            f"  > > - {_words(choice, 4)}\n"
            f"  > >   > {_sentence(choice)}\n"
            f"  > > - {_words(choice, 3)}\n"
        )
    return f"{text}- {plain(choice, characters - len(text) - 3)}\n"


def _blocks(choice: Random) -> Iterator[str]:
    """Yield blocks without end, all kinds of them in each round."""
    makers: list[Callable[[Random], str]] = [
        lambda c: f"{_sentence(c)} {_sentence(c)} {_sentence(c)}\n",
        lambda c: f"## {_words(c, 4)}\n",
        lambda c: f"{_sentence(c)}\n{_sentence(c)}\n",
        lambda c: "".join(f"- {_sentence(c)}\n" for _ in range(c.randrange(3, 7))),
        lambda c: f"### {_words(c, 3)} `{c.choice(_WORDS)}`\n",
        lambda c: f"```python\n{''.join(_code_line(c) for _ in range(c.randrange(4, 16)))}```\n",
        lambda c: f"{_sentence(c)} {_sentence(c)}\n",
        lambda c: "".join(
            f"{number}. {_words(c, 6)}\n   - {_sentence(c)}\n   - {_words(c, 4)}\n     - {_words(c, 3)}\n"
            for number in range(1, c.randrange(3, 6))
        ),
        lambda c: "> " + "\n> ".join(_sentence(c) for _ in range(2)) + "\n",
        lambda c: long_table(c, c.randrange(3, 9)),
        lambda c: f"{_sentence(c)}\n\n---\n",
    ]
    while True:
        for make in makers:
            yield make(choice)


def _words(choice: Random, count: int) -> str:
    return " ".join(choice.choice(_WORDS) for _ in range(count))


def _sentence(choice: Random) -> str:
    """Make a sentence of plain words and one or two pieces with markup."""
    marked = (
        "**{}**",
        "*{}*",
        "`{}`",
        "~~{}~~",
        "***{}***",
        "[{}](https://example.org/a/page)",
    )
    parts = [_words(choice, choice.randrange(3, 9)).capitalize()]
    for _ in range(choice.randrange(1, 3)):
        parts.append(choice.choice(marked).format(_words(choice, choice.randrange(1, 4))))
        parts.append(_words(choice, choice.randrange(2, 8)))
    return f"{' '.join(parts)}."


def _code_line(choice: Random) -> str:
    indent = "    " * choice.randrange(3)
    name = choice.choice("abcdefgh")
    lines = (
        f"{name} = {choice.randrange(1000)}  # {choice.choice(_WORDS)}",
        f"def {name}(x: int) -> int:",
        f"return {name} * x if x < {choice.randrange(90)} else None",
        f'print(f"**{{{name}}}** and <b>{choice.choice(_WORDS)}</b>")',
        "",
    )
    line = choice.choice(lines)
    return f"{indent}{line}\n" if line else "\n"
