"""What a person's generator yields, as lines for the page: taken by what it has, not by whose class it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from halt.guest.program import ProgramError

Line = dict[str, Any]
"""One thing said: "text", "thinking", "progress" (texts) or "usage" (a dict), "error" or "end"."""

_TEXTS = ("text", "thinking", "progress")
_HELP = "Yield text, a dict such as {'thinking': …}, or a message chunk such as LangChain's."


class NotSayable(ProgramError):
    """Something was yielded that no reply can show."""

    def __init__(self, value: object) -> None:
        super().__init__(f"Its reply yielded {type(value).__name__}, which is not text. {_HELP}")


def said(value: object) -> Iterator[Line]:
    """Yield the lines that a yielded value means; nothing for ``None`` and empty texts. Raises ``NotSayable``.

    Besides texts and dicts these are LangChain's message chunks (``content``, ``usage_metadata``) and the chunks of
    OpenAI's client (``choices[0].delta``).
    """
    if value is None:
        return
    if isinstance(value, str):
        yield from _text("text", value)
    elif isinstance(value, Mapping):
        yield from _of_mapping(value)
    elif hasattr(value, "choices"):
        yield from _of_choices(value)
    elif hasattr(value, "content"):
        yield from _of_content(value.content, value)
        yield from _of_usage(getattr(value, "usage_metadata", None))
    elif isinstance(getattr(value, "text", None), str):
        yield from _text("text", value.text)  # type: ignore[attr-defined]  # it was just looked at
    else:
        raise NotSayable(value)


def _text(name: str, text: object) -> Iterator[Line]:
    if not isinstance(text, str):
        raise NotSayable(text)
    if text:
        yield {name: str(text)}


def _of_mapping(value: Mapping[Any, Any]) -> Iterator[Line]:
    known = [name for name in _TEXTS if value.get(name) is not None]
    for name in ("progress", "thinking", "text"):
        if name in known:
            yield from _text(name, value[name])
    usage = list(_of_usage(value.get("usage")))
    yield from usage
    if not known and not usage:
        raise NotSayable(value)


def _of_content(content: object, value: object) -> Iterator[Line]:
    """Read LangChain's ``content``: a text, or a list of blocks, each with its ``type``."""
    if isinstance(content, str):
        yield from _text("text", content)
        return
    if not isinstance(content, Sequence):
        raise NotSayable(value)
    for block in content:
        if isinstance(block, str):
            yield from _text("text", block)
        elif isinstance(block, Mapping):
            for name, key in (("thinking", "thinking"), ("thinking", "reasoning"), ("text", "text")):
                if isinstance(block.get(key), str):
                    yield from _text(name, block[key])


def _of_choices(value: Any) -> Iterator[Line]:
    for choice in list(value.choices or ())[:1]:
        delta = getattr(choice, "delta", None)
        for name, key in (("thinking", "reasoning_content"), ("text", "content")):
            if isinstance(text := getattr(delta, key, None), str):
                yield from _text(name, text)
    yield from _of_usage(getattr(value, "usage", None))


def _of_usage(usage: object) -> Iterator[Line]:
    """Read a count of tokens under LangChain's or OpenAI's names; what is no count is passed over."""
    found: Line = {}
    for name, other in (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens"), ("cost", "cost")):
        count = _part(usage, name)
        count = _part(usage, other) if count is None else count
        if isinstance(count, int | float) and not isinstance(count, bool):
            found[name] = count
    if "input_tokens" in found or "output_tokens" in found:
        yield {"usage": found}


def _part(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
