"""Writes the tables of docs/providers.md from the rows that the page itself uses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from tools.places import APP, ROOT

sys.path.insert(0, str(APP))

from halt.providers.preset import Billing, Preset
from halt.providers.presets import PRESETS, cors_line, stop_note

DOCUMENT = ROOT / "docs" / "providers.md"
PAGE = "https://you.github.io"
"""Stands for the address of a person's own page."""

_BILLING = {Billing.FREE: "free", Billing.BILLS: "costs", Billing.UNKNOWN: "depends"}


def providers() -> Iterable[str]:
    """Yield the table of providers, in the words that a stopped reply's details use (S14)."""
    yield "| Provider | Base URL | Speaks | Key | Money | When you press Stop |"
    yield "|:--|:--|:--|:--|:--|:--|"
    for row in PRESETS:
        address = f"`{row.base_url}`" if row.base_url else "yours"
        cells = (
            row.name,
            address,
            row.dialect,
            _key(row),
            _BILLING[row.billing],
            stop_note(row).removeprefix("Connection closed; "),
        )
        yield f"| {' | '.join(cells)} |"


def lines() -> Iterable[str]:
    """Yield the table of the lines that let a page in."""
    yield "| Server | Line |"
    yield "|:--|:--|"
    for row in PRESETS:
        if row.cors_line:
            yield f"| {row.name} | `{cors_line(row, PAGE)}` |"


TABLES: dict[str, Callable[[], Iterable[str]]] = {"providers": providers, "lines": lines}


def with_tables(document: str) -> str:
    """Give the document's text with what stands between the marks of each table brought up to date."""
    for name, table in TABLES.items():
        begin, end = f"<!-- table: {name} -->", "<!-- end -->"
        if document.count(begin) != 1:
            raise ValueError(f"{DOCUMENT.name} needs one place for the table {name}: {begin} … {end}")
        before, _, rest = document.partition(begin)
        _, found, after = rest.partition(end)
        document = "\n".join((f"{before}{begin}", "", *table(), "", f"{found or end}{after}"))
    return document


def _key(row: Preset) -> str:
    if row.key_url:
        return f"[get one]({row.key_url})"
    return "none" if row.id == "mock" else "optional"


def main() -> None:
    """Bring the document up to date."""
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
