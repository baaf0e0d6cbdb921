"""The lock of what tests offer to a person's own Python: for the browser, wherever it is read."""

from __future__ import annotations

from tools.locks import for_the_browser
from tools.places import LOCKS


def test_only_what_is_for_the_browser_is_kept() -> None:
    lock = (
        "a==1 \\\n    --hash=sha256:1\n"
        "b==2 ; sys_platform != 'emscripten' \\\n    --hash=sha256:2\n"
        "c==3 ; sys_platform == 'emscripten' \\\n    --hash=sha256:3 \\\n    --hash=sha256:4\n"
    )
    assert for_the_browser(lock) == (
        "a==1 \\\n    --hash=sha256:1\nc==3 \\\n    --hash=sha256:3 \\\n    --hash=sha256:4\n"
    )


def test_the_lock_has_no_markers_left() -> None:
    assert " ; " not in (LOCKS / "guest.txt").read_text("utf-8")
