"""System prompts with variables: ``{{ date }}`` and its like, filled in when something is asked.

The variables are written in jinja2's language, of which a prompt gets what cannot hang or flood the page: variables,
plain filters and ``{% if %}``. Loops, calls, assignments and arithmetic are refused before anything of it runs, so
that the work follows the length of the prompt. A prompt without a brace of jinja2's needs none of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from halt.providers.errors import BadPrompt

if TYPE_CHECKING:
    from jinja2 import nodes

VARIABLES: Mapping[str, str] = {
    "date": "today, such as 2026-11-22",
    "time": "the time of day, such as 19:05",
    "weekday": "the day of the week, such as Sunday",
    "language": "the browser's language, such as en-US",
    "selection": "the text that is selected in the conversation when you send, or nothing",
    "model": "the model that is asked",
    "provider": "the provider's name",
    "title": "the title of the chat, or nothing",
}
"""What a prompt can name, each with what it stands for."""

FILTERS = frozenset({"capitalize", "default", "first", "last", "length", "lower", "title", "trim", "truncate", "upper"})

MOST_SAID = 200_000
"""How long a filled prompt may be, in characters."""

MOST_SELECTED = 20_000
"""How much of a selection is told, in characters."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MARKS = ("{{", "{%", "{#")
_ALLOWED = frozenset(
    {
        *("Template", "Output", "TemplateData", "Name", "Const", "Filter", "Keyword", "If", "CondExpr"),
        *("Compare", "Operand", "And", "Or", "Not", "Test"),
    }
)
_REFUSED = {
    "For": "loops",
    "Macro": "macros",
    "Call": "calls",
    "CallBlock": "calls",
    "Assign": "assignments",
    "AssignBlock": "assignments",
    "Getattr": "attributes",
    "Getitem": "items",
}


class Surroundings(Protocol):
    """What a prompt may say of the moment and the place, and the part of Halt that reads its variables."""

    @property
    def ready(self) -> bool:
        """Tell whether variables can be read at once."""
        ...

    async def load(self) -> None:
        """Load what reads them; raises ``BadPrompt`` where that can't be had."""
        ...

    def facts(self) -> dict[str, str]:
        """Give date, time, weekday, language and selection as they are now."""
        ...


class Here:
    """Implements ``Surroundings`` outside of a browser."""

    ready = True

    async def load(self) -> None:
        """See ``Surroundings``. Whatever can be imported is there."""

    def facts(self) -> dict[str, str]:
        """See ``Surroundings``."""
        return moment(datetime.now().astimezone()) | {"language": "en", "selection": ""}


def moment(now: datetime) -> dict[str, str]:
    """Give the variables of a moment, in the time zone that it has."""
    return {"date": f"{now:%Y-%m-%d}", "time": f"{now:%H:%M}", "weekday": _WEEKDAYS[now.weekday()]}


def has_variables(text: str) -> bool:
    """Tell whether a prompt has to be filled in at all."""
    return any(mark in text for mark in _MARKS)


def fill(text: str, variables: Mapping[str, str]) -> str:
    """Fill in a prompt; raises ``BadPrompt`` with a sentence that says what in it can't be understood.

    Raises ``ImportError`` where jinja2 is not loaded.
    """
    if not has_variables(text):
        return text
    from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
    said, length = [], 0
    try:
        tree = environment.parse(text)
        _check(tree)
        known = {name: variables.get(name, "")[:MOST_SAID] for name in VARIABLES}
        for piece in environment.from_string(tree).generate(known):
            said.append(piece)
            length += len(piece)
            if length > MOST_SAID:
                raise BadPrompt(f"Filled in, this prompt is longer than {MOST_SAID:,} characters. Make it shorter.")
    except BadPrompt:
        raise
    except (RecursionError, SyntaxError, MemoryError):  # the last two by Python's own parser
        raise BadPrompt("This prompt is nested too deeply to be read. Make it simpler.") from None
    except TemplateError as error:
        place = f" in line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        raise BadPrompt(
            f"This prompt can't be read{place}: {_plain(error)} Two braces begin a variable; to write them, put them "
            "in quotes: {{ '{{' }}."
        ) from error
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise BadPrompt(f"This prompt can't be filled in: {_plain(error)}") from error
    return "".join(said)


def _plain(error: Exception) -> str:
    return f"{str(error).rstrip('.')}."


def _check(tree: nodes.Template) -> None:
    """Let through what only says and chooses, and names only what there is."""
    from jinja2 import nodes

    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        kind = type(node).__name__
        if kind not in _ALLOWED:
            what = _REFUSED.get(kind, f"“{kind.lower()}”")
            raise BadPrompt(f"A prompt can have variables, filters and “if”, and no {what} (line {node.lineno}).")
        if isinstance(node, nodes.Name) and node.name not in VARIABLES:
            raise BadPrompt(f"There is no variable “{node.name}”. There are: {', '.join(VARIABLES)}.")
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise BadPrompt(f"There is no filter “{node.name}”. There are: {', '.join(sorted(FILTERS))}.")
        if isinstance(node, nodes.Test) and node.name not in ("defined", "none"):
            raise BadPrompt(
                f"There is no test “{node.name}” here. {{% if {{variable}} %}} asks whether it says anything."
            )
        waiting.extend(node.iter_child_nodes())
