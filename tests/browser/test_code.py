"""Code blocks: a header with Copy, colours that come while the code does, and nothing loaded without code."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.servers import Answer, ProviderServer

from .halt_page import WATCH_MARK, HaltPage

CODE = '''def greet(name: str) -> str:
\t"""Say hello,
    politely."""
    return f"Hello, {name} & <b>you</b>\\\\n"  # a comment  with spaces\u2028

print(greet("世界 🙂"), 42)\x20\x20
'''
PYTHON = f"Before.\n\n```python\n{CODE}```\n\nAfter.\n"
MIXED = f"""- an item

  ```js
  const one = 1; // two
  ```

> ```sql
> SELECT 1
> ```

```brainfuck
+-+ return "x"
```

    return "indented"

{PYTHON}"""
MARK_TOKENS = """() => {
    window.seen = [...document.querySelectorAll("article:last-of-type .body span[class^=tok-]")];
    return seen.map(one => one.className.slice(4) + ": " + one.textContent);
}"""
STILL_THERE = """() => {
    const now = [...document.querySelectorAll("article:last-of-type .body span[class^=tok-]")];
    return seen.every((one, index) => one.isConnected && one === now[index]);
}"""
# The clock of a line that is coloured, and no other's: with some of its looks, a tenth of a second has gone by.
SLOW_CLOCK = """([times, apart]) => {
    const { now } = performance;
    let looks = 0, lost = 0;
    performance.now = () => {
        const ours = /colourLine.*highlight\\.mjs/.test(new Error().stack);
        if (ours && lost < times * 100 && ++looks % apart === 0) lost += 100;
        return now.call(performance) + (ours ? lost : 0);
    };
}"""
WIDE_LINE = "wide = '" + "x" * 2_100 + "'  # the end"


@pytest.fixture
def code(connected: HaltPage) -> Locator:
    return connected.body.locator("code[data-mode]").last


def texts(halt: HaltPage) -> list[str]:
    found: list[str] = halt.body.locator("pre code").evaluate_all("all => all.map(one => one.textContent)")
    return found


def clipboard(halt: HaltPage) -> str:
    return str(halt.page.evaluate("navigator.clipboard.readText()"))


def test_a_reply_without_known_code_loads_no_highlighter(fresh: HaltPage, provider: ProviderServer) -> None:
    fresh.connect(provider)
    provider.answer(Answer(text="A `word`.\n\n```\nplain\n```\n\n```brainfuck\n+\n```\n"), Answer(text=PYTHON))
    fresh.ask("Plain, please")
    fresh.expect_status("complete")
    assert not [url for url in fresh.requests if "/code/" in url]
    fresh.ask("Python, please")
    expect(fresh.body.locator(".tok-keyword").first).to_have_text("def")
    fresh.expect_status("complete")
    asked = [url.rpartition("/code/")[2] for url in fresh.requests if "/code/" in url]
    assert sorted(asked) == ["highlight.mjs", "modes/python.js", "streamparser.js"]


def test_the_header_names_the_language_and_copies_the_code(connected: HaltPage, provider: ProviderServer) -> None:
    provider.answer(Answer(text=MIXED))
    connected.ask("Code, please")
    connected.expect_status("complete")
    expect(connected.body.locator("figcaption")).to_have_text(["JavaScript", "SQL", "brainfuck", "Python"])
    assert texts(connected) == [
        "const one = 1; // two\n",
        "SELECT 1\n",
        '+-+ return "x"\n',
        'return "indented"\n',
        CODE,
    ]
    buttons = connected.body.get_by_role("button", name="Copy code")
    expect(buttons).to_have_count(5)
    buttons.last.evaluate(WATCH_MARK)
    buttons.last.press("Enter")
    connected.page.evaluate("marked")
    expect(connected.status).to_have_text("Copied")
    assert clipboard(connected) == CODE.removesuffix("\n")
    buttons.nth(2).evaluate(WATCH_MARK)
    buttons.nth(2).click()
    connected.page.evaluate("marked")
    assert clipboard(connected) == '+-+ return "x"'
    assert connected.stored_text() == MIXED


def test_a_selection_is_copied_as_the_text_alone(connected: HaltPage, provider: ProviderServer) -> None:
    lines = "".join(f"line {number}\n" if number % 7 else "\n" for number in range(1, 130))
    provider.answer(Answer(text=f"Before.\n\n```python\n{lines}```\n\nAfter.", tokens_per_second=3_000))
    connected.ask("Code, please")
    connected.expect_status("complete")
    connected.page.evaluate("body => getSelection().selectAllChildren(body)", connected.body.element_handle())
    connected.page.keyboard.press("Control+c")
    assert clipboard(connected).split("\n\n", 1)[0] == "Before."
    assert lines in clipboard(connected)
    assert "Copy" not in clipboard(connected)
    assert "Python" not in clipboard(connected)


def test_code_is_coloured_while_it_comes_and_never_again(
    connected: HaltPage, provider: ProviderServer, code: Locator
) -> None:
    provider.answer(Answer(text=[*PYTHON.splitlines(keepends=True)], step=True, role_event=False))
    connected.ask("Code, please")
    exchange = provider.wait_request()
    exchange.release(9)
    expect(code.locator(".tok-comment")).to_have_text("# a comment  with spaces\u2028")
    early = connected.page.evaluate(MARK_TOKENS)
    assert early[:3] == ["keyword: def", "name: greet", "type: str"]
    assert 'string: """Say hello,' in early
    assert 'string:     politely."""' in early
    assert "print" not in code.inner_text()
    exchange.release_all()
    connected.expect_status("complete")
    expect(code.locator(".tok-number")).to_have_text("42")
    assert connected.page.evaluate(STILL_THERE)
    assert connected.page.evaluate(MARK_TOKENS)[-1] == "number: 42"
    assert texts(connected) == [CODE]


def test_what_stands_is_coloured_when_the_highlighter_comes_late(fresh: HaltPage, provider: ProviderServer) -> None:
    fresh.connect(provider)
    held: list[Route] = []
    fresh.page.route("**/code/*.mjs", lambda route: held.append(route))
    provider.answer(Answer(text=MIXED + MIXED + "```rust\nfn late() {}\nlet"))
    with fresh.page.expect_request("**/code/*.mjs"):
        fresh.ask("Code, please")
    fresh.wait_text("late()")
    fresh.expect_status("complete")
    expect(fresh.body.locator("[class^=tok-]")).to_have_count(0)
    before = texts(fresh)
    held[0].continue_()
    for name, word in {"javascript": "const", "sql": "SELECT", "python": "def", "rust": "fn"}.items():
        first = fresh.body.locator(f"code[data-mode^='{name}']").first.locator(".tok-keyword").first
        expect(first).to_have_text(word)
    assert texts(fresh) == before


@pytest.mark.parametrize("file", ["highlight.mjs", "modes/python.js"])
def test_code_stays_plain_where_its_colours_cannot_be_loaded(
    fresh: HaltPage, provider: ProviderServer, file: str
) -> None:
    fresh.connect(provider)
    fresh.page.route(f"**/code/{file}", lambda route: route.abort())
    fresh.expect_faults("net::ERR_FAILED")
    provider.answer(Answer(text=PYTHON), Answer(text=PYTHON))
    with fresh.page.expect_event("requestfailed"):
        fresh.ask("Code, please")
    fresh.expect_status("complete")
    fresh.ask("And once more")
    expect(fresh.replies).to_have_count(2)
    fresh.expect_status("complete")
    assert texts(fresh) == [CODE]
    expect(fresh.notices).to_have_count(0)
    expect(fresh.body.locator("[class^=tok-]")).to_have_count(0)


def test_a_long_line_stays_plain_and_scrolls_inside(
    connected: HaltPage, provider: ProviderServer, code: Locator
) -> None:
    provider.answer(Answer(text=f"```python\n{WIDE_LINE}\nnarrow = 'x'\n```\n"))
    connected.ask("Code, please")
    connected.expect_status("complete")
    expect(code.locator(".tok-string")).to_have_text(["'x'"])
    assert code.evaluate("code => code.parentNode.scrollWidth > code.parentNode.clientWidth")
    assert connected.page.evaluate("scroller.scrollWidth <= scroller.clientWidth")


def test_a_machine_that_is_slow_at_times_is_forgiven(fresh: HaltPage, provider: ProviderServer) -> None:
    fresh.connect(provider)
    fresh.page.evaluate(SLOW_CLOCK, [3, 20])
    lines = "".join(f"x{number} = {number}\n" for number in range(40))
    provider.answer(Answer(text=f"```python\n{lines}```\n"))
    fresh.ask("Code, please")
    fresh.expect_status("complete")
    expect(fresh.body.locator(".tok-number")).to_have_count(40)
    assert texts(fresh) == [lines]


def test_a_tokenizer_that_is_always_slow_is_left(fresh: HaltPage, provider: ProviderServer) -> None:
    fresh.connect(provider)
    fresh.page.evaluate(SLOW_CLOCK, [1_000, 1])
    provider.answer(Answer(text=PYTHON))
    with fresh.page.expect_console_message(lambda message: "takes too long" in message.text):
        fresh.ask("Code, please")
    fresh.expect_status("complete")
    assert fresh.body.locator(".tok-number").count() == 0
    assert texts(fresh) == [CODE]


def test_hostile_lines_hold_nothing_up(connected: HaltPage, provider: ProviderServer) -> None:
    """Four hundred spaces take YAML's tokenizer seconds, and a thousand take it minutes."""
    hostile = "a: 1\n" + " " * 1_500 + "\n" + " " * 1_500 + "b\n"
    provider.answer(Answer(text=f"```yaml\n{hostile}c: 2 # end\n```\n"))
    connected.ask("Code, please")
    connected.expect_status("complete")
    expect(connected.body.locator(".tok-comment")).to_have_text("# end")
    assert texts(connected) == [f"{hostile}c: 2 # end\n"]


def test_colouring_keeps_every_character(connected: HaltPage, provider: ProviderServer) -> None:
    """Whatever the text, and whatever a tokenizer makes of it."""
    odd = (
        "<a href='x\">{{ `${\"/*--<!--\\\n'''%{#\t\x0c\u2028\u00a0é🙂\n\n  \n=begin\n<<EOF\n$\\[\n@x #!\n;;|&&)]}>\n"
        * 3
    )
    names = "python ts html css sql yaml toml rust go ruby lua perl r swift docker diff powershell haskell julia sh c++"
    fences = [f"```{name}\n{odd}```\n" for name in names.split()]
    provider.answer(Answer(text="\n".join(fences)))
    connected.ask("Everything, please")
    connected.expect_status("complete")
    for name in ("julia", "clike"):
        expect(connected.body.locator(f"code[data-mode^='{name}'] [class^=tok-]").first).to_be_attached()
    assert texts(connected) == [odd] * len(fences)
