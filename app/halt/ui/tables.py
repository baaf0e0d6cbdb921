"""Tables in replies: their cells, read from the page, and copied as text."""

from __future__ import annotations

from halt.browser.dom import Element
from halt.markdown.table_text import to_csv, to_markdown
from halt.ui.copying import copy_by
from halt.ui.page import Page

# About 5 ms of reading; a click gets through between two such pieces of a long table.
ROWS_AT_ONCE = 100


async def copy_table(button: Element, page: Page) -> None:
    """Copy the table of this button as what its ``data-format`` says: "csv" or "markdown"."""
    table = button.closest(".table-box").querySelector("table")
    rows: list[list[str]] = []
    for row in table.rows:
        rows.append([cell.textContent for cell in row.cells])
        if len(rows) % ROWS_AT_ONCE == 0:
            await page.clock.breathe()
    if button.dataset.format == "csv":
        text = to_csv(rows)
    else:
        text = to_markdown(rows, [cell.className.removeprefix("align-") for cell in table.rows[0].cells])
    await copy_by(button, text, page)
