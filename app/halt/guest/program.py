"""A person's program: what it declares, whether it can be run, and what its errors say about it."""

from __future__ import annotations

import ast
import inspect
import linecache
import re
import sys
import tomllib
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

FILE = "<your Python>"
"""What tracebacks call the program."""

MODULE = "your_python"
"""The module that it becomes: pydantic, for one, looks a class's annotations up there."""

NO_REPLY = "There is no function “reply” in it. Write one: async def reply(messages, settings)."

# The regular expression of the specification, https://packaging.python.org/en/latest/specifications/inline-script-metadata/
_METADATA = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")


class ProgramError(Exception):
    """A program that can't be run; its text is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a program says it needs: ``dependencies`` as pip takes them, and indexes other than PyPI."""

    dependencies: tuple[str, ...] = ()
    index_urls: tuple[str, ...] = ()


def declared(code: str) -> Declared:
    """Read the inline script metadata (PEP 723) of a program; raises ``ProgramError`` where it can't be read.

    ``index_urls`` stands below ``[tool.micropip]``, whose parameter it becomes.
    """
    blocks = [match["content"] for match in _METADATA.finditer(f"{code}\n") if match["type"] == "script"]
    if len(blocks) > 1:
        raise ProgramError("There are two “# /// script” blocks in it. Keep one.")
    lines = [line.removeprefix("#").removeprefix(" ") for line in blocks[0].splitlines()] if blocks else []
    try:
        table = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        raise ProgramError(f"The “# /// script” block in it is not TOML: {error}.") from error
    tool = table.get("tool", {})
    micropip = tool.get("micropip", {}) if isinstance(tool, dict) else {}
    return Declared(_texts(table, "dependencies"), _texts(micropip if isinstance(micropip, dict) else {}, "index_urls"))


def check(code: str) -> None:
    """See whether a program can be run, without running any of it; raises ``ProgramError``."""
    if not code.strip():
        raise ProgramError("Write your Python, or begin with an example.")
    try:
        tree = _compile(code, ast.PyCF_ONLY_AST)
    except SyntaxError as error:
        raise ProgramError(f"Line {error.lineno or 1} is not Python: {error.msg}.") from error
    except (ValueError, RecursionError, MemoryError) as error:  # a null byte; brackets a thousand deep
        raise ProgramError(f"This can't be read as Python: {error}.") from error
    declared(code)
    if "reply" not in set(_top_names(tree)):
        raise ProgramError(NO_REPLY)


def imports(code: str) -> list[str]:
    """List the modules that a program imports at its top; none where it can't be read."""
    try:
        tree = _compile(code, ast.PyCF_ONLY_AST)
    except (SyntaxError, ValueError, RecursionError):
        return []
    found: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return found


async def load(code: str) -> ModuleType:
    """Run a program, so that its functions are there; it may await at the top. Raises whatever it raises."""
    linecache.cache[FILE] = (len(code), None, code.splitlines(keepends=True), FILE)
    module = ModuleType(MODULE)
    sys.modules[MODULE] = module
    outcome = eval(_compile(code, 0), module.__dict__)  # noqa: S307 - this is what it is for
    if inspect.iscoroutine(outcome):
        await outcome
    return module


def reply_of(module: ModuleType) -> Callable[..., Any]:
    """Find the function that answers; raises ``ProgramError``."""
    found = getattr(module, "reply", None)
    if not callable(found):
        raise ProgramError(NO_REPLY)
    return found  # type: ignore[no-any-return]  # whatever it returns is looked at as it comes


def describe(error: BaseException) -> tuple[str, str]:
    """Say what a program raised: a sentence, and the traceback with its own lines only."""
    if isinstance(error, ProgramError):
        return f"Your Python can't be used as it is. {error}", ""
    report = traceback.TracebackException.from_exception(error)
    lines = [frame.lineno for frame in report.stack if frame.filename == FILE]
    if isinstance(error, SyntaxError) and error.filename == FILE:
        lines = [error.lineno]
    where = f" in line {lines[-1]}" if lines else ""
    what = " ".join(str(error).split())
    sentence = f"Your Python raised {type(error).__name__}{where}{f': {what}' if what else ''}"
    _own_frames(report)
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}.", "".join(report.format())


def _own_frames(report: traceback.TracebackException) -> None:
    seen: set[int] = set()
    waiting: list[traceback.TracebackException | None] = [report]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        own = [frame for frame in one.stack if frame.filename == FILE]
        one.stack = traceback.StackSummary.from_list(own)
        waiting += [one.__cause__, one.__context__, *(one.exceptions or ())]


def _compile(code: str, flags: int) -> Any:
    # Its own futures only, not those of this file.
    return compile(code, FILE, "exec", flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def _top_names(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a program binds at its top, also inside of ``if`` and ``try``."""
    for node in _top_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _top_nodes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _top_nodes(child)


def _texts(table: dict[str, Any], name: str) -> tuple[str, ...]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ProgramError(f"“{name}” in its “# /// script” block has to be a list of texts.")
    return tuple(found)
