"""What a cold start downloads: little enough, and known to the browser from the page's head on."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from tools.cold_start import BUDGET_BYTES, BUDGET_REQUESTS, boot_files, boot_modules, late_files, report, weigh


def test_a_cold_start_keeps_to_its_budget(site: Path) -> None:
    cold = weigh(site, ["index.html", *boot_files(site)])
    assert cold.files <= BUDGET_REQUESTS, "a cold start asks for more files than agreed"
    assert cold.wire <= BUDGET_BYTES, "a cold start weighs more than agreed"


def test_what_is_not_needed_to_answer_comes_later(site: Path) -> None:
    boot, late = boot_files(site), late_files(site)
    assert not set(boot) & set(late)
    for later in ("katex/", "code/", "examples/", "python_worker.mjs", "math.mjs", "workbox/", "service_worker.js"):
        assert not [name for name in boot if name.startswith(later)]
        assert [name for name in late if name.startswith(later)]
    assert not [name for name in boot if re.search("jinja2|micropip|worker-lock", name)]
    assert not [name for name in boot if name.endswith(".whl")], "what the snapshot has is not downloaded again"


def test_weight_counts_what_a_host_sends(tmp_path: Path) -> None:
    text = b"said again and again, " * 1000
    (tmp_path / "a.js").write_bytes(text)
    (tmp_path / "b.zip").write_bytes(text)
    weight = weigh(tmp_path, ["a.js", "b.zip"])
    assert (weight.files, weight.raw) == (2, 2 * len(text))
    assert weight.wire == len(text) + len(gzip.compress(text, 6, mtime=0)), "what is packed is not packed again"


def test_the_report_tells_both_in_a_person_s_units(site: Path) -> None:
    assert re.fullmatch(
        r"Cold start: \d+ requests, \d+\.\d\d MB over the wire \(\d+\.\d\d MB unpacked\)\n"
        r"Later:      \d+ requests, \d\.\d\d MB over the wire \(\d+\.\d\d MB unpacked\)",
        report(site),
    )


def test_the_page_names_all_that_booting_needs(site: Path) -> None:
    """What only a script would find, the browser would fetch only after that script."""
    page = (site / "index.html").read_text(encoding="utf-8")
    named = set(re.findall(r'(?:href|src|data-snapshot-file)="([^"#]+)"', page))
    first = re.search(r'<script src="([^"]+)">', page)
    assert first
    begun = set(re.findall(r'(?:new Worker|fetch)\("([^"]+)"\)', (site / first[1]).read_text(encoding="utf-8")))
    assert set(boot_files(site)) == (set(boot_files(site)) & named) | begun
    assert set(boot_modules(site)) <= named


def test_nothing_is_preloaded_that_a_script_fetches(site: Path) -> None:
    """Chromium hands that out without the compiled code that it keeps of it: a later visit would compile all anew."""
    page = (site / "index.html").read_text(encoding="utf-8")
    assert set(re.findall(r'<link rel="(\w*preload)"', page)) == {"modulepreload"}


def test_there_is_one_stylesheet_named_by_what_is_in_it(site: Path) -> None:
    page = (site / "index.html").read_text(encoding="utf-8")
    (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page)
    assert re.fullmatch(r"style-[0-9a-f]{8}\.css", style)
    assert [path.name for path in site.glob("*.css")] == [style]
