"""Which engines are asked, what is said of those that are not, and how their results are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import engines
from tools.engines import Outcome
from tools.errors import SetupError

RECORD = """<testsuites><testsuite name="pytest" tests="3">
  <properties><property name="version" value="1.2.3"/></properties>
  <testcase name="test_boot"/>
  <testcase name="test_stop[click]"><failure message="assert 1 == 2"/></testcase>
  <testcase name="test_offline"><skipped message="the site has no service worker"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose path has nothing on it but what a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("HALT_FIREFOX", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(engines, "install", lambda group: None)
    monkeypatch.setattr(engines, "FIREFOX", ("firefox", "firefox-esr"))
    return tmp_path


def program(folder: Path, name: str) -> None:
    (folder / name).touch(mode=0o755)


def test_without_any_engine_all_is_said_and_nothing_has_failed(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert engines.test_engines([]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Firefox was not found" in said
    assert "WebKitWebDriver was not found" in said
    assert "nothing was tested" in said


def test_one_that_is_named_has_to_be_there(bare: Path) -> None:
    with pytest.raises(SetupError, match="Firefox was not found: install it"):
        engines.test_engines(["firefox"])


def test_webkit_needs_a_display_or_what_makes_one(bare: Path) -> None:
    program(bare, "WebKitWebDriver")
    with pytest.raises(SetupError, match="install Xvfb"):
        engines.webkit()


def test_a_driver_on_the_path_goes_before_the_one_that_is_brought_along(bare: Path) -> None:
    program(bare, "firefox-esr")
    program(bare, "geckodriver")
    found = engines.firefox()
    assert found == {
        "HALT_ENGINE_BROWSER": str(bare / "firefox-esr"),
        "HALT_ENGINE_DRIVER": str(bare / "geckodriver"),
    }


def test_a_record_of_pytest_is_read(tmp_path: Path) -> None:
    (tmp_path / "results.xml").write_text(RECORD, "utf-8")
    assert engines.read_record("firefox", tmp_path / "results.xml", 1) == Outcome(
        "firefox",
        "1.2.3",
        passed=1,
        failed=1,
        reasons=("test_stop[click] failed", "test_offline was not run: the site has no service worker"),
    )


def test_pytest_that_fails_without_a_failed_test_has_failed(tmp_path: Path) -> None:
    (tmp_path / "results.xml").write_text("<testsuites><testsuite/></testsuites>", "utf-8")
    assert engines.read_record("webkit", tmp_path / "results.xml", 4).failed == 1
