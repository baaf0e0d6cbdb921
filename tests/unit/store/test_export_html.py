"""The HTML export: whatever was written in it, the page runs nothing, loads nothing and makes no element of a text."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import given, settings

from halt.chat.conversation import Conversation, GrowingText, Prompt, Reply
from halt.chat.status import Status
from halt.store.export_html import to_html
from tests.browser.hostile import entries
from tools.wheels import build_application_wheel

from .trees import FILES, PNG, conversations, small


class Page(HTMLParser):
    """Collects the elements, their attributes and the visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def check(self) -> None:
        for tag, attributes in self.elements:
            if tag == "img":
                assert (attributes["class"], attributes["src"][:15]) == ("file", "data:image/png;")
                continue
            assert tag not in ("script", "iframe", "link", "object", "form", "base", "button", "input"), tag
            assert not [name for name in attributes if name.startswith("on") or name in ("src", "style", "srcset")]
            href = attributes.get("href")
            assert href is None or href.startswith(("https://", "http://", "mailto:")), href


def test_the_page_shows_what_is_on_the_screen() -> None:
    page = Page(to_html(small()))
    page.check()
    for text in ("Why is the sky blue?", "OpenAI · m-2", "scattering", "print('<b>')", "And <b>sunsets</b>?"):
        assert text in page.text
    assert "Thought for 4 seconds" in page.text
    assert "Short waves\nscatter more." in page.text
    assert "Interrupted" in page.text
    assert "It broke." in page.text
    assert "Because" not in page.text, "another branch is on the screen"
    assert ("em", {}) in page.elements


def test_the_policy_allows_its_one_stylesheet_and_nothing_else() -> None:
    html = to_html(small())
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    policy = next(one["content"] for tag, one in Page(html).elements if one.get("http-equiv"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert html.index("Content-Security-Policy") < html.index("<style>")
    assert "url(" not in style
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style


def test_hostile_texts_stay_texts() -> None:
    conversation = Conversation("c")
    for number, hostile in enumerate(entries()):
        conversation.add(Prompt(f"p{number}", text=hostile), conversation.last)
        conversation.add(
            Reply(
                f"r{number}",
                source=GrowingText(hostile),
                reasoning=GrowingText(hostile),
                status=Status.FAILED,
                provider=hostile,
                model=hostile,
                notice=hostile,
            ),
            conversation.last,
        )
    conversation.given_title = "</title><script>alert(1)</script>{{ 7 * 7 }}"
    page = Page(to_html(conversation))
    page.check()
    assert "{{ 7 * 7 }}" in page.text


def test_a_stopped_reply_looks_as_it_did_on_the_page() -> None:
    """S7"""
    conversation = Conversation("c")
    conversation.add(Reply("r", source=GrowingText("So **very bo"), status=Status.STOPPED), None)
    assert '<p dir="auto">So <strong>very bo</strong></p>' in to_html(conversation)


def test_tables_images_and_footnotes_stand_without_a_script() -> None:
    conversation = Conversation("c")
    text = "| a |\n|--|\n| 1 |\n\n![a cat](https://cats.example/1.png)\n\nSee[^1].\n\n[^1]: There.\n\n    code\n"
    conversation.add(Reply("r", source=GrowingText(text), status=Status.COMPLETE), None)
    page = Page(to_html(conversation))
    page.check()
    links = [one["href"] for tag, one in page.elements if tag == "a"]
    assert links == ["https://cats.example/1.png"]
    assert "Image from cats.example: a cat" in page.text
    assert "See1." in page.text
    assert [tag for tag, _ in page.elements].count("table") == 1


@settings(max_examples=40)
@given(conversations())
def test_any_conversation_is_a_page(conversation: Conversation) -> None:
    html = to_html(conversation)
    html.encode()
    Page(html).check()


def test_the_wheel_carries_the_template(tmp_path: Path) -> None:
    names = zipfile.ZipFile(build_application_wheel(tmp_path)).namelist()
    assert {f"halt/store/templates/conversation.{ending}" for ending in ("html.j2", "css")} <= set(names)


def test_jinja_is_loaded_with_the_first_export_only() -> None:
    code = "import halt.store.export_html, sys; assert 'jinja2' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3] / "app")


def test_images_are_in_the_page_and_texts_are_folded() -> None:
    conversation = Conversation("c")
    conversation.attachments = {one.id: one for one in FILES}
    conversation.add(Prompt("p", attachments=["a1", "a2"]), None)
    page = Page(to_html(conversation))
    page.check()
    (image,) = [attributes for tag, attributes in page.elements if tag == "img"]
    assert base64.b64decode(image["src"].partition(",")[2]) == PNG
    assert image["alt"] == "photo <1>.png"
    assert "notes.md (27 B)" in page.text
    assert "fenced" in page.text
