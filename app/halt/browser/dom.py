"""The few things that the views ask of the DOM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsProxy, create_proxy, to_js

from halt.browser.boundary import Boundary

Element = JsProxy


class Listeners:
    """Event listeners and their proxies, owned together and ended together."""

    def __init__(self, boundary: Boundary) -> None:
        self._boundary = boundary
        self._ends: list[Callable[[], None]] = []

    def listen(
        self,
        target: JsProxy,
        event: str,
        handler: Callable[[Any], Any],
        *,
        capture: bool = False,
        passive: bool = False,
    ) -> None:
        """Call ``handler`` with each ``event`` at ``target``; what it raises is reported.

        A ``passive`` handler prevents nothing, so that the browser need not wait for it before it scrolls.
        """
        proxy = create_proxy(self._boundary.guard(handler))
        options = to_js({"capture": capture, "passive": passive}, dict_converter=js.Object.fromEntries)
        target.addEventListener(event, proxy, options)

        def end() -> None:
            target.removeEventListener(event, proxy, options)
            proxy.destroy()

        self._ends.append(end)

    def watch_size(self, element: JsProxy, handler: Callable[[], Any]) -> None:
        """Call ``handler`` whenever the box of ``element`` changes; what it raises is reported."""
        proxy = create_proxy(self._boundary.guard(lambda *_: handler()))
        observer = js.ResizeObserver.new(proxy)
        observer.observe(element)

        def end() -> None:
            observer.disconnect()
            proxy.destroy()

        self._ends.append(end)

    def close(self) -> None:
        """Remove every listener."""
        while self._ends:
            self._ends.pop()()


class ScriptError(Exception):
    """What went wrong in the page outside of Python, with the stack that JavaScript gave."""


def watch_page(listeners: Listeners, report: Callable[[BaseException], None]) -> None:
    """Report what nobody caught in the page itself: exceptions in scripts and rejected promises."""

    def told(event: Any, what: Any) -> None:
        event.preventDefault()  # the report writes it to the console, with more to go by
        report(ScriptError(str(getattr(what, "stack", None) or what)))

    listeners.listen(js.window, "unhandledrejection", lambda event: told(event, event.reason))
    listeners.listen(js.window, "error", lambda event: told(event, event.error or event.message))


def by_id(element_id: str) -> Element:
    """Find an element that the page's template promises; raises ``LookupError`` where it is missing."""
    element = js.document.getElementById(element_id)
    if not element:  # JavaScript's null is not None here
        raise LookupError(f"the page has no element with the id {element_id!r}")
    return element


def from_template(template_id: str) -> Element:
    """Copy the one element inside a ``<template>``."""
    return by_id(template_id).content.firstElementChild.cloneNode(True)


def part(element: Element, name: str) -> Element:
    """Find the part of a copied template that is marked ``data-part``; raises ``LookupError`` where it is missing."""
    found = element.querySelector(f"[data-part='{name}']")
    if not found:  # a null of JavaScript's takes any attribute without a word
        raise LookupError(f"the page's template lacks the part {name!r}")
    return found


def fragment(html: str) -> Element:
    """Parse HTML that a renderer of ours has escaped; nothing in it runs, and the page's policy holds all the same."""
    template = js.document.createElement("template")
    template.innerHTML = html
    return template.content
