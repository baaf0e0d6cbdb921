"""A page without a browser: what it shows after the patches it was given."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import zip_longest

from halt.markdown.patch import Discard, Enter, Leave, Loosen, Patch, Resolve, Settle, Step

OWN = ("figcaption", "button")


class Place:
    """A container: what is settled in it, and the HTML that ends it."""

    def __init__(self, before: str = "", after: str = "") -> None:
        self.html, self.after, self.open = before, after, ""


class Page:
    """What a page shows after the patches it was given."""

    def __init__(self) -> None:
        self.places = [Place()]
        self.appended = ""
        self.finished = False

    def apply(self, patch: Patch) -> None:
        if patch.steps:
            assert patch.open is not None, "the open part must be replaced where its beginning settled"
        for step in patch.steps:
            self._do(step)
        if patch.open is not None:
            assert len(patch.open) in (0, len(self.places))
            self.appended = ""
            for place, html in zip_longest(self.places, patch.open, fillvalue=""):
                assert isinstance(place, Place)
                place.open = str(html)
            assert "".join(patch.open).count("<span data-tail>") == (1 if patch.open else 0)
        if patch.open_append:
            assert any("<span data-tail>" in place.open for place in self.places), "there must be a place to append to"
            self.appended += patch.open_append

    def _do(self, step: Step) -> None:
        match step:
            case Settle(html):
                self.places[-1].html += html
            case Enter(before, after):
                self.places.append(Place(before, after))
            case Leave():
                left = self.places.pop()
                self.places[-1].html += left.html + left.after
            case Discard():
                self.places.pop()
            case Loosen(depth):
                place = self.places[depth]
                assert 'class="loose"' not in place.html.partition(">")[0]
                place.html = place.html.replace(">", ' class="loose">', 1)
            case Resolve(number, html):
                self._resolve(number, html)

    def _resolve(self, number: int, html: str) -> None:
        marked = re.compile(rf'(<(\w+)[^>]* data-pending="{number}"[^>]*>)(.*?)(</\2>)', re.DOTALL)
        for place in self.places:
            place.html, count = marked.subn(lambda match: match[1] + html + match[4], place.html)
            if count:
                return
        raise AssertionError(f"nothing is marked with {number}")

    @property
    def html(self) -> str:
        """All of the page, without the marks that go when the text is finished."""
        html = "".join(place.html for place in self.places)
        # What is open stands at the end of each container.
        for place in reversed(self.places):
            html += place.open + place.after
        return re.sub(r' data-pending="\d+"', "", html)

    @property
    def settled(self) -> str:
        """All that is settled, in order, without what ends the containers; a list's looseness left out."""
        return re.sub(r' data-pending="\d+"| class="loose"', "", "".join(place.html for place in self.places))

    def text(self) -> str:
        return visible_text(self.html) + self.appended


class Reader(HTMLParser):
    """Keeps the text of a piece of HTML, without what the page adds of its own: captions and buttons."""

    text = ""
    own = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.own += tag in OWN

    def handle_endtag(self, tag: str) -> None:
        self.own -= tag in OWN

    def handle_data(self, data: str) -> None:
        if not self.own:
            self.text += data


def visible_text(html: str) -> str:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.text
