"""Images in replies: nothing is loaded before a person presses the button that stands in an image's place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import js

from halt.browser.dom import Element
from halt.browser.picture import picture
from halt.chat.attachment import size_said
from halt.chat.image import ImageError, ImageRequest
from halt.ui import words

PLACE = "span.image"

AskImage = Callable[[str], ImageRequest]
"""Makes the request for the image at an address."""


@dataclass(slots=True)
class Wanted:
    """An image that a person asked for: its ``place`` in the ``article``, and the request while it is loading."""

    article: Element
    place: Element
    src: str
    request: ImageRequest | None = None


class Images:
    """Loads the images that are asked for, and keeps them in their places while the text around them grows."""

    def __init__(self, ask: AskImage, say: Callable[[str], None]) -> None:
        self._ask = ask
        self._say = say
        self._wanted: list[Wanted] = []

    async def press(self, button: Element) -> None:
        """Load the image of this button; while it loads, call that off; once it is there, take it away."""
        place = button.closest(PLACE)
        wanted = next((one for one in self._wanted if one.place.isSameNode(place)), None)
        if wanted is None:
            wanted = Wanted(button.closest("article"), place, button.getAttribute("data-src"))
            self._wanted.append(wanted)
        elif wanted.request:
            wanted.request.abort()
            return
        elif place.getAttribute("data-state") == "shown":
            self._wanted.remove(wanted)
            _show(place, "")
            return
        await self._load(wanted)

    def keep_up(self) -> None:
        """Bring images back whose place was written anew; end the loading of those whose reply is gone.

        Call it after the page has changed. What is open of a reply is replaced with each piece of text, and all of it
        when it is continued.
        """
        for wanted in list(self._wanted):
            if not wanted.article.isConnected:
                self._wanted.remove(wanted)
                if wanted.request:
                    wanted.request.abort()
            elif not wanted.place.isConnected:
                _move(wanted)

    async def _load(self, wanted: Wanted) -> None:
        _show(wanted.place, "loading")
        wanted.request = self._ask(wanted.src)
        try:
            image = await wanted.request.load()
            if image is None:
                _show(wanted.place, "")
                self._wanted = [one for one in self._wanted if one is not wanted]
                return
            element = await picture(image.data, image.media_type)
            if element is None:
                raise ImageError("The image is damaged.")
        except ImageError as error:
            _show(wanted.place, "failed", _note(wanted.place, str(error), wanted.src))
            self._say(str(error))
        else:
            button = wanted.place.firstElementChild
            # No alt: browsers copy it with a selection, and the button holds the same words.
            element.setAttribute("aria-label", button.textContent or f"Image from {button.dataset.host}")
            _show(wanted.place, "shown", element)
            wanted.place.setAttribute("data-size", f"{button.dataset.host}, {size_said(len(image.data))}")
            self._say("Image shown")
        finally:
            wanted.request = None


def _show(place: Element, state: str, more: Element | None = None) -> None:
    """Show the state of an image: what its button does now, and what stands below that."""
    button = place.firstElementChild
    while place.lastChild and not place.lastChild.isSameNode(button):  # the button itself stays: it has the focus
        place.lastChild.remove()
    if more:
        place.append(more)
    place.removeAttribute("data-size")
    if state:
        place.setAttribute("data-state", state)
    else:
        place.removeAttribute("data-state")
    button.setAttribute("aria-label", words.image_button(state, button.dataset.host, button.textContent))


def _note(place: Element, sentence: str, src: str) -> Element:
    note = js.document.createElement("span")
    note.className = "note"
    link = js.document.createElement("a")
    link.href, link.target, link.rel = src, "_blank", "noopener noreferrer nofollow"
    link.title = place.firstElementChild.dataset.host
    link.textContent = "Open it in a new tab"
    note.append(f"{sentence} ", link)
    return note


def _move(wanted: Wanted) -> None:
    """Put what was shown into the first free place of the same image; until there is one again, it waits."""
    for button in wanted.article.querySelectorAll(f"{PLACE}:not([data-state]) > button"):
        if button.getAttribute("data-src") == wanted.src:
            place = button.parentElement
            for name in ("data-state", "data-size"):
                if wanted.place.hasAttribute(name):
                    place.setAttribute(name, wanted.place.getAttribute(name))
            place.replaceChildren(*wanted.place.childNodes)
            wanted.place = place
            return
