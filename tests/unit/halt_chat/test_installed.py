"""`pip install` of the wheel, and the command `halt-chat`, as a person without a network has them."""

from __future__ import annotations

import gzip
import http.client
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.installed import Installed, clean_environment, install, started
from tools.places import DIST, ROOT, files_below, venv_python
from tools.policy import POLICY
from tools.site import version
from tools.wheels import build_command_wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(tmp_path_factory.mktemp("installed"))


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=clean_environment())


def test_the_wheel_is_for_every_machine_and_needs_nothing_else(installed: Installed) -> None:
    assert installed.wheel.name == f"halt_chat-{version()}-py3-none-any.whl"
    with zipfile.ZipFile(installed.wheel) as archive:
        metadata = archive.read(f"halt_chat-{version()}.dist-info/METADATA").decode()
        commands = archive.read(f"halt_chat-{version()}.dist-info/entry_points.txt").decode()
        compiled = [name for name in archive.namelist() if name.endswith((".so", ".pyd", ".dll", ".dylib"))]
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert "Requires-Dist" not in metadata
    assert commands.split() == ["[console_scripts]", "halt-chat", "=", "halt_chat.command:main"], "and never `halt`"
    assert compiled == []


def test_the_same_sources_make_the_same_bytes(installed: Installed, tmp_path: Path) -> None:
    assert build_command_wheel(tmp_path).read_bytes() == installed.wheel.read_bytes()


def test_the_server_gives_each_file_of_the_site_and_ends_quietly(installed: Installed) -> None:
    with started(installed.command, "--no-open", "--port", "0") as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
        shrunk = []
        for file in files_below(DIST):
            name = file.relative_to(DIST).as_posix()
            connection.request("GET", f"/{name}", headers={"Accept-Encoding": "gzip, br"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.getheader("Content-Encoding") == "gzip":
                shrunk.append(name)
                body = gzip.decompress(body)
            assert (answer.status, body) == (200, file.read_bytes()), name
            assert answer.getheader("Content-Security-Policy") == f"{POLICY}; frame-ancestors 'none'"
        connection.request("GET", "/")
        assert connection.getresponse().read() == (DIST / "index.html").read_bytes()
        connection.close()
    assert {"index.html", "pyodide/pyodide.asm.wasm", "pyodide/pyodide.asm.mjs"} <= set(shrunk)
    assert server.process.returncode == 0
    assert not "".join(server.said).strip(), "nothing but the line's end after ^C"


def test_one_after_the_other_takes_the_next_free_port(installed: Installed) -> None:
    module = (venv_python(installed.environment), "-m", "halt_chat")
    with started(installed.command, "--no-open") as first, started(*module, "--no-open") as second:
        assert first.url != second.url
        assert "you see other ones here" in second.next_line(), "else conversations seem to be lost"


def test_a_port_that_is_taken_is_said_in_a_sentence(installed: Installed) -> None:
    with started(installed.command, "--no-open", "--port", "0") as server:
        port = str(urlsplit(server.url).port)
        other = run(installed.command, "--no-open", "--port", port)
    assert other.returncode == 1
    assert other.stderr.startswith(f"Port {port} is in use or not allowed. Choose another with --port")
    assert "Traceback" not in other.stderr


SCREEN = {"DISPLAY": ":0", "CI": "", "SSH_CONNECTION": ""}


def test_the_page_is_opened_in_the_person_s_browser(installed: Installed, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f"#!{sys.executable}\nimport sys\nprint('opens', sys.argv[1])\n")
    browser.chmod(0o755)
    with started(installed.command, "--port", "0", **SCREEN, BROWSER=f"{browser} %s") as server:
        assert server.next_line() == f"opens {server.url}\n"


def test_where_there_is_no_browser_that_is_said(installed: Installed) -> None:
    nowhere = {**SCREEN, "BROWSER": "/nowhere/browser", "PATH": "/nowhere"}
    with started(installed.command, "--port", "0", **nowhere) as server:
        assert server.next_line() == "No browser could be started. Open that address in yours.\n"


def test_it_says_its_version_and_how_to_use_it(installed: Installed) -> None:
    assert run(installed.command, "--version").stdout == f"halt-chat {version()}\n"
    assert "--no-open" in run(installed.command, "--help").stdout


def test_the_sources_alone_carry_no_page_and_say_what_to_do() -> None:
    from_sources = run(sys.executable, "-m", "halt_chat", cwd=ROOT)
    assert (from_sources.returncode, from_sources.stdout) == (1, "")
    assert "python build.py serve" in from_sources.stderr


def test_pip_is_told_what_to_do_where_the_page_is_not_built(tmp_path: Path) -> None:
    """As in a fresh clone: `pip install .` can't build the page, so it must not install a command without one."""
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("halt_chat", "tools", "app", "public", "locks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip = (sys.executable, "-m", "pip", "wheel", "--no-index", "--no-build-isolation", "--no-deps", ".")
    built = run(*pip, cwd=tmp_path)
    assert built.returncode == 1
    assert "Run `python build.py package`" in built.stdout + built.stderr
    assert not list(tmp_path.glob("*.whl"))
