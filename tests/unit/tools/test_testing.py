"""Which browser the tests get, and when they need one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.chromium import VARIABLE, chromium, find
from tools.errors import SetupError
from tools.npm import axe_script
from tools.testing import needs_browser


def test_the_variable_names_the_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "my-chromium"
    mine.touch()
    monkeypatch.setenv(VARIABLE, str(mine))
    assert find() == chromium() == mine


def test_a_variable_that_names_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    with pytest.raises(SetupError, match=r"HALT_CHROMIUM names .*none, and there is no such file"):
        chromium()


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ([], True),
        (["-k", "stop"], True),
        (["tests"], True),
        (["tests/unit", "-k", "sse"], False),
        (["tests/unit/tools/test_serve.py::test_head_has_no_body"], False),
        (["tests/unit", "tests/browser"], True),
    ],
)
def test_a_browser_is_looked_for_only_where_a_test_may_need_it(arguments: list[str], needed: bool) -> None:
    assert needs_browser(arguments) is needed


def test_axe_is_there_for_tests() -> None:
    assert "axe" in axe_script().read_text(encoding="utf-8")
