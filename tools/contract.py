"""Writes into docs/stop-contract.md, below each clause, which tests prove it: their docstrings name the clauses."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tools.places import ROOT

CONTRACT = ROOT / "docs" / "stop-contract.md"
TESTS = ROOT / "tests"

CLAUSE = re.compile(r"^- \*\*S(\d+) ")
PROVES = re.compile(r"^(S\d+)(, S\d+)*\b")
NOT_YET = "  *Not kept yet: no test proves it.*"


def clauses_of(docstring: str) -> list[int]:
    """Tell which clauses a test's docstring begins with: ``S6, S7: why`` is 6 and 7."""
    match = PROVES.match(docstring)
    return [int(number) for number in re.findall(r"S(\d+)", match[0])] if match else []


def proofs() -> Iterator[tuple[int, str, Path]]:
    """Yield (clause, test's name, file) for all tests that prove a clause, in the order of files and lines."""
    for file in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for clause in clauses_of(ast.get_docstring(node) or ""):
                    yield clause, node.name, file


def with_tests(contract: str) -> str:
    """Give the contract's text with the list of tests below each clause brought up to date."""
    proven: dict[int, dict[Path, list[str]]] = defaultdict(lambda: defaultdict(list))
    for clause, name, file in proofs():
        proven[clause][file].append(name)
    written: list[str] = []
    clause = 0
    for line in [*contract.splitlines(), ""]:
        if line.startswith("  *Tests:*") or line == NOT_YET:
            continue
        begins = CLAUSE.match(line)
        if clause and (begins or not line.startswith("  ")):
            written.append(_list_of(proven.get(clause, {})))
            clause = 0
        written.append(line)
        if begins:
            clause = int(begins[1])
    return "\n".join(written).rstrip("\n") + "\n"


def _list_of(files: dict[Path, list[str]]) -> str:
    if not files:
        return NOT_YET
    links = (f"[{file.stem}](../{file.relative_to(ROOT).as_posix()}) ({len(names)})" for file, names in files.items())
    return f"  *Tests:* {', '.join(links)}."


def main() -> None:
    """Bring the document up to date."""
    CONTRACT.write_text(with_tests(CONTRACT.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
