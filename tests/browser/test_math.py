"""Formulas and footnotes on the page: set when they are complete, harmless whatever they say."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer

from .halt_page import HaltPage

FORMULAS = r"""Euler says $e^{i\pi} + 1 = 0$, which costs $5 and $10.

$$
\int_0^\infty e^{-x^2}\,dx
$$

- so \(a_1\)

The end.
"""
HOSTILE = r"""
$\href{javascript:window.ran=1}{x}$ $\url{https://evil.invalid}$ $\includegraphics{https://evil.invalid/x.png}$

$\htmlClass{reply}{a}$ $\htmlId{status}{b}$ $\htmlStyle{color:red}{c}$ $\htmlData{action=undo}{d}$

$\def\a{\a\a}\a$ $\pmb{x}\fcolorbox{red}{aqua}{y}$ $\unknown$ $}{$ $\kern-1000em\rule{1000em}{1000em}z$

\[ <img src=x onerror=window.ran=2> \]

$\text{</span><script>window.ran=3</script>}$

The end.
"""
FOOTNOTES = """A claim[^1] and another[^Long].

[^1]: The first *source*.
[^long]: The second.

    With more to say.
"""


def math_requests(halt: HaltPage) -> list[str]:
    return [url for url in halt.requests if "katex" in url or url.endswith("math.mjs")]


def reply(halt: HaltPage, provider: ProviderServer, text: str) -> None:
    provider.answer(Answer(text=text))
    halt.ask("Show me")
    halt.expect_status("complete")


def test_katex_comes_with_the_first_formula_and_not_before(fresh: HaltPage, provider: ProviderServer) -> None:
    fresh.connect(provider)
    reply(fresh, provider, "It costs $5, or $10 with *cream*, or \\(half a formula.")
    fresh.wait_text("cream")
    assert math_requests(fresh) == []
    assert fresh.page.locator("#math-script").count() == 0
    reply(fresh, provider, FORMULAS)
    expect(fresh.body.locator(".math .katex")).to_have_count(3)
    assert math_requests(fresh)
    assert all(url.startswith(fresh.url) for url in math_requests(fresh))
    expect(fresh.body.locator("[data-display] .katex-display")).to_have_count(1)
    expect(fresh.body.locator("p").first).to_contain_text(", which costs $5 and $10.")
    assert fresh.stored_text() == FORMULAS


def test_half_a_formula_is_text_and_a_set_one_stays(connected: HaltPage, provider: ProviderServer) -> None:
    """S6: what is settled is not replaced."""
    pieces = ["One $x^2$.\n\n", "Two \\(y", "_1\\) more\n\n", "$$\nz\n", "$$\n", "\nlast"]
    provider.answer(Answer(text=pieces, step=True, role_event=False))
    connected.ask("Show me")
    exchange = provider.wait_request()
    for expected in ("One", "\\(y", "more"):
        exchange.release()
        connected.wait_text(expected)
    first = connected.body.locator(".math").first
    expect(first.locator(".katex")).to_have_count(1)
    first.evaluate("node => window.firstFormula = node.querySelector('.katex')")
    exchange.release()
    connected.wait_text("$$ z")
    exchange.release_all()
    connected.expect_status("complete")
    expect(connected.body.locator(".math .katex")).to_have_count(3)
    assert first.evaluate("node => window.firstFormula === node.querySelector('.katex')")


def test_hostile_formulas_are_harmless(connected: HaltPage, provider: ProviderServer) -> None:
    """Nothing runs, loads, links or breaks the policy (the fixture looks); what KaTeX refuses stays TeX."""
    page = connected.page
    reply(connected, provider, HOSTILE)
    expect(connected.body.locator(".math .katex").first).to_be_attached()
    expect(connected.body.locator(".math").last.locator(".katex")).to_be_attached()
    assert page.evaluate("window.ran") is None
    assert page.locator("#status").count() == 1
    assert connected.body.locator("a, img, script, [onerror], [data-action=undo], .reply").count() == 0
    expect(connected.body.locator(".math:not(.set)").first).to_contain_text("\\")
    assert not [url for url in connected.requests if "evil" in url]
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 1280


def test_a_selection_copies_a_formulas_source(connected: HaltPage, provider: ProviderServer) -> None:
    reply(connected, provider, FORMULAS)
    expect(connected.body.locator(".math .katex")).to_have_count(3)
    connected.body.evaluate("node => getSelection().selectAllChildren(node)")
    connected.page.keyboard.press("Control+c")
    copied = connected.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Euler says $e^{i\\pi} + 1 = 0$, which costs $5 and $10.")
    assert "$$\\int_0^\\infty e^{-x^2}\\,dx$$" in copied
    assert "∫" not in copied


def test_a_footnote_is_found_and_leads_back(connected: HaltPage, provider: ProviderServer) -> None:
    """By keyboard; and only within its own reply."""
    for _ in range(2):
        reply(connected, provider, FOOTNOTES)
    page = connected.page
    assert page.locator(".body [id]").count() == 0
    connected.body.get_by_role("button", name="Footnote Long", exact=True).press("Enter")
    note = connected.body.locator(".footnote").last
    expect(note).to_be_focused()
    expect(note).to_contain_text("With more to say.")
    note.get_by_role("button").press("Enter")
    expect(connected.body.get_by_role("button", name="Footnote Long", exact=True)).to_be_focused()
