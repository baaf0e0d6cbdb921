"""What the offline mock was asked to do: how fast, how long, and what should go wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from halt.providers import mock_text

HUMAN_PACE = 40.0
"""Tokens a second, unless a prompt or a model's name says otherwise."""

LONG = 20_000
"""How many characters "long" means."""

SLOWEST, FASTEST = 1.0, 5_000.0
LONGEST = 5_000_000

CONTINUE = "continue exactly where you stopped"
"""How the request to go on begins, in lower case."""


class Fault(StrEnum):
    """What goes wrong in a reply."""

    NONE = ""
    STALL = "stall"
    SILENT = "silent"
    ERROR = "error"
    CUT = "cut"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Script:
    """One reply of the mock: ``tokens_per_second``, thinking or not, a fault, and a length in characters or words."""

    tokens_per_second: float = HUMAN_PACE
    thinking: bool = False
    fault: Fault = Fault.NONE
    characters: int | None = None
    words: int | None = None


MODELS: Mapping[str, Script] = {
    "halt-mock": Script(),
    "halt-mock-fast": Script(tokens_per_second=400.0),
    "halt-mock-slow": Script(tokens_per_second=4.0),
    "halt-mock-thinking": Script(thinking=True),
    "halt-mock-stall": Script(fault=Fault.STALL),
    "halt-mock-error": Script(fault=Fault.ERROR),
    "halt-mock-empty": Script(fault=Fault.EMPTY),
}

_NUMBER = r"(?<![\w.,])(\d[\d,_]*(?:\.\d+)?)"
_SPEED = re.compile(_NUMBER + r"\s*(?:tokens?|tok)\s*(?:/|a|per|each)\s*s(?:ec|econd)?\b")
_LENGTH = re.compile(_NUMBER + r"\s*(k|thousand|million)?\s*(characters?|chars?|letters?|words?)\b")
_FACTORS = {"": 1, "k": 1_000, "thousand": 1_000, "million": 1_000_000}
_FAULTS = (
    (re.compile(r"\b(?:no answer|no reply|empty)\b"), Fault.EMPTY),
    (re.compile(r"\bsilent\b"), Fault.SILENT),
    (re.compile(r"\bstalls?\b"), Fault.STALL),
    (re.compile(r"\b(?:error|errors)\b"), Fault.ERROR),
    (re.compile(r"\bcut\b"), Fault.CUT),
)


def read_script(prompt: str, model: str) -> Script:
    """Read what ``prompt`` asks for, on top of what ``model`` does by itself."""
    words = prompt.casefold()
    script = MODELS.get(model, Script())
    speed = _SPEED.search(words)
    if speed:
        script = replace(script, tokens_per_second=min(max(_number(speed[1]), SLOWEST), FASTEST))
    elif re.search(r"\bslow(?:ly)?\b", words):
        script = replace(script, tokens_per_second=MODELS["halt-mock-slow"].tokens_per_second)
    elif re.search(r"\bfast\b", words):
        script = replace(script, tokens_per_second=MODELS["halt-mock-fast"].tokens_per_second)
    length = _LENGTH.search(words)
    if length:
        count = min(int(_number(length[1]) * _FACTORS[length[2] or ""]), LONGEST)
        script = replace(script, words=count) if length[3].startswith("word") else replace(script, characters=count)
    elif re.search(r"\blong\b", words):
        script = replace(script, characters=LONG)
    elif re.search(r"\bshort\b", words):
        script = replace(script, words=40)
    if re.search(r"\bthink(?:ing)?\b", words):
        script = replace(script, thinking=True)
    for pattern, fault in _FAULTS:
        if pattern.search(words):
            return replace(script, fault=fault)
    return script


@dataclass(frozen=True, slots=True)
class Reply:
    """What the mock will say: its ``script``, its ``tokens``, made as they are asked for, and where a fault strikes."""

    script: Script
    tokens: Iterator[str]
    fault_at: int


def plan(turns: Sequence[tuple[str, str]], model: str) -> Reply:
    """Plan the reply to ``turns``, pairs of role and content, oldest first.

    A closing request to continue makes it go on from the end of the partial before it, where that is the beginning of
    what the mock would have said; what goes wrong by the prompt's words goes wrong once only, not again on Continue.
    """
    prompt, partial = _question(turns)
    script = read_script(prompt, model)
    if partial is not None:
        own = MODELS.get(model, Script())
        script = replace(script, fault=own.fault, thinking=own.thinking)
    pieces = _pieces(prompt, script)
    if partial:
        pieces = _after(partial, pieces, prompt, script)
    # A fault needs something before it: it strikes after a quarter of a usual answer.
    return Reply(script, mock_text.tokens(pieces), fault_at=_fault_at(script))


def _fault_at(script: Script) -> int:
    if script.characters is not None:
        return max(1, min(script.characters // 8, 100))
    if script.words is not None:
        return max(1, min(script.words // 2, 100))
    return 100


def _question(turns: Sequence[tuple[str, str]]) -> tuple[str, str | None]:
    """Find the prompt to answer, and the partial to go on from, if that is what is asked for."""
    asked = [number for number, (role, _) in enumerate(turns) if role == "user"]
    if not asked:
        return "", None
    last = asked[-1]
    prompt = turns[last][1]
    going_on = prompt.strip().casefold().startswith(CONTINUE)
    if going_on and len(asked) > 1 and turns[last - 1][0] == "assistant":
        return turns[asked[-2]][1], turns[last - 1][1]
    return prompt, None


def _pieces(prompt: str, script: Script) -> Iterator[str]:
    answer = mock_text.answer_to(prompt)
    if script.characters is not None:
        return mock_text.first_characters(mock_text.endless(answer), script.characters)
    if script.words is not None:
        return mock_text.first_words(mock_text.endless(answer), script.words)
    return iter((answer,))


def _after(partial: str, pieces: Iterator[str], prompt: str, script: Script) -> Iterator[str]:
    said = ""
    for piece in pieces:
        said += piece
        if len(said) >= len(partial):
            break
    if not said.startswith(partial):
        return _pieces(prompt, script)
    return chain((said[len(partial) :],), pieces)


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("_", "")[:15])
