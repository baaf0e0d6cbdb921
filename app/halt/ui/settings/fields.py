"""The fields of a form: reading what is typed, and saying under a field what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import js

from halt.browser.dom import Element, by_id

_THOUSANDS = re.compile(r"(?<=\d)[ ,._'’](?=\d{3}(?!\d))")


class InvalidFields(Exception):
    """Fields that can't be used as they are: their ids, each with the sentence that says why."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__(" ".join(sentences.values()))
        self.sentences = sentences


def value(field_id: str) -> str:
    """Read what is typed, without blanks around it."""
    return str(by_id(field_id).value).strip()


def mark(field: Element, sentence: str) -> Element:
    """Say under a field what is wrong with it; gives the element that says so."""
    error = js.document.createElement("p")
    error.id, error.className, error.textContent = f"{field.id}-error", "field-error", sentence
    field.closest(".field").append(error)
    described = field.getAttribute("aria-describedby")
    field.setAttribute("aria-describedby", f"{error.id} {described}" if described else error.id)
    field.setAttribute("aria-invalid", "true")
    return error


def unmark(field: Element) -> None:
    """Take that away again."""
    error = js.document.getElementById(f"{field.id}-error")
    if not error:
        return
    described = field.getAttribute("aria-describedby").replace(error.id, "").strip()
    if described:
        field.setAttribute("aria-describedby", described)
    else:
        field.removeAttribute("aria-describedby")
    field.removeAttribute("aria-invalid")
    error.remove()


def mark_all(form: Element, sentences: Mapping[str, str]) -> Element | None:
    """Mark these fields of a form and no others; gives the first of them, as they stand in the form."""
    for field in form.querySelectorAll("[aria-invalid]"):
        unmark(field)
    for field_id, sentence in sentences.items():
        mark(by_id(field_id), sentence)
    return form.querySelector("[aria-invalid]") if sentences else None


def go_to(field: Element) -> None:
    """Put the focus into a field that is marked, with what is wrong in sight."""
    field.focus()
    if error := js.document.getElementById(f"{field.id}-error"):
        error.scrollIntoView(js.Object.fromEntries([["block", "nearest"]]))


def set_options(select: Element, options: Iterable[tuple[str, str]], chosen: str) -> None:
    """Let a select offer these, each a value and what it is called, and choose one; the first one where it is none."""
    rows = list(options)
    select.replaceChildren(*[js.Option.new(name, value) for value, name in rows])
    select.value = chosen if any(chosen == value for value, _ in rows) else rows[0][0] if rows else ""


def texts(field_ids: Iterable[str]) -> dict[str, str]:
    """Read what is typed in several fields, exactly."""
    return {field_id: str(by_id(field_id).value) for field_id in field_ids}


def number(field_id: str, name: str, least: float, most: float, wrong: dict[str, str]) -> float | None:
    """Read a number, ``None`` where the field is empty; what can't be one is told in ``wrong``, by the field's id."""
    text = value(field_id).replace(",", ".")
    if not text:
        return None
    try:
        typed = float(text)
    except ValueError:
        typed = float("nan")
    if least <= typed <= most:
        return typed
    wrong[field_id] = f"{name} must be a number from {least:g} to {most:,g}, or empty."
    return None


def whole_number(field_id: str, name: str, least: int, most: int, wrong: dict[str, str]) -> int | None:
    """Read a whole number, as ``number`` does."""
    text = _THOUSANDS.sub("", value(field_id))
    if not text:
        return None
    if text.isascii() and text.isdigit() and least <= int(text[:20]) <= most:
        return int(text)
    wrong[field_id] = f"{name} must be a whole number from {least:,} to {most:,}, or empty."
    return None
