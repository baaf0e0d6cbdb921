"""Tool calls of a reply: gathered from their pieces, shown, and never run."""

from __future__ import annotations

from halt.providers.events import ToolCallDelta

# How much of the arguments the notice shows, in characters; the details have all.
ARGUMENTS_SHOWN = 200
# How much of them is kept, in characters: a model that runs wild must not fill the memory.
MOST_KEPT = 100_000


class ToolCalls:
    """The calls that a model asks for while it writes one reply, in the order of their first pieces."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._arguments: dict[int, list[str]] = {}
        self._kept = 0

    def __bool__(self) -> bool:
        return bool(self._names)

    def add(self, piece: ToolCallDelta) -> None:
        """Add a piece of a call."""
        self._names[piece.index] = self._names.get(piece.index, "") + piece.name
        if self._kept < MOST_KEPT:
            self._arguments.setdefault(piece.index, []).append(piece.arguments)
            self._kept += len(piece.arguments)

    @property
    def notice(self) -> str:
        """Say what was asked for, and that it was not done."""
        calls = [f"{name}({_shortened(arguments)})" for name, arguments in self._calls()]
        what = "a tool" if len(calls) == 1 else f"{len(calls)} tools"
        return f"The model asked for {what}: {', '.join(calls)}. Halt shows tool calls and runs none."

    @property
    def details(self) -> str:
        """All calls with all their arguments, one a line, to be copied."""
        return "\n".join(f"{name}({arguments})" for name, arguments in self._calls())

    def _calls(self) -> list[tuple[str, str]]:
        return [
            (name or "unnamed", "".join(self._arguments.get(index, []))[:MOST_KEPT])
            for index, name in self._names.items()
        ]


def _shortened(arguments: str) -> str:
    line = " ".join(arguments.split())
    if line == "{}":
        return ""
    return line if len(line) <= ARGUMENTS_SHOWN else f"{line[:ARGUMENTS_SHOWN].rstrip()}…"
