"""The one command: old Pythons, the environment, and interruptions."""

from __future__ import annotations

import ast
import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import bootstrap
from tools.bootstrap import make_environment
from tools.cli import main
from tools.errors import DiskFullError, SetupError, plain_errors
from tools.places import ROOT, venv_python

MAKE = "import sys; from pathlib import Path; from tools.bootstrap import make_environment as m; m(Path(sys.argv[1]))"


def test_build_py_can_be_read_by_an_old_python() -> None:
    source = (ROOT / "build.py").read_text(encoding="ascii")
    tree = ast.parse(source, feature_version=(3, 4))
    kinds = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr)
    assert not [node for node in ast.walk(tree) if isinstance(node, kinds)]


def test_an_old_python_is_told_what_to_do() -> None:
    pretend = "import sys, runpy; sys.version_info = (3, 8, 18); runpy.run_path('build.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "needs Python 3.11 or later to build, and this is Python 3.8" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_lists_the_commands_and_installs_nothing() -> None:
    for arguments in ([], ["--help"]):
        done = subprocess.run(
            [sys.executable, "build.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert "serve       build the page" in done.stdout
        assert "Installing" not in done.stdout


def test_an_unknown_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--prot", "1"])
    assert "--prot" in capsys.readouterr().err


def test_an_interrupted_environment_is_made_anew(tmp_path: Path) -> None:
    place = tmp_path / "venv"
    command = [sys.executable, "-c", MAKE, str(place)]
    first = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    while not (place / "pyvenv.cfg").exists():
        assert first.poll() is None
        time.sleep(0.001)
    first.kill()
    first.wait()
    assert not (place / "halt-venv").exists()

    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    assert (place / "halt-venv").exists()
    subprocess.run([venv_python(place), "-m", "pip", "--version"], check=True, stdout=subprocess.DEVNULL)


def test_a_python_without_venv_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match="apt install python3-venv"):
        make_environment(tmp_path / "venv")
    assert not (tmp_path / "venv").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_said_plainly() -> None:
    with pytest.raises(DiskFullError, match="The disk is full"), plain_errors():
        Path("/dev/full").write_text("x")


def test_a_forbidden_file_is_said_plainly() -> None:
    with pytest.raises(SetupError, match="secret may not be written"), plain_errors():
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "secret")


def test_other_errors_of_the_system_pass() -> None:
    with pytest.raises(FileNotFoundError), plain_errors():
        Path("/nowhere/at/all").read_text()
