"""The fields of a form: reading what is typed, and saying under a field what is wrong with it."""

from __future__ import annotations

import re

import js

from halt.browser.dom import Element, by_id

_THOUSANDS = re.compile(r"(?<=\d)[ ,._'’](?=\d{3}(?!\d))")


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
