"""What goes wrong with downloads is said plainly, and nothing of it is kept."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import socket
import sys
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools.bootstrap import pip
from tools.errors import BuildError, DamagedError, DiskFullError, NetworkError, ProgramError
from tools.npm import fetch_packages
from tools.places import LOCKS
from tools.programs import failure, run


@pytest.fixture
def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def download(wheel: Path, digest: str, target: Path) -> None:
    lock = wheel.parent / "lock.txt"
    lock.write_text(f"thing==1.0 --hash=sha256:{digest}\n")
    options = ("--no-deps", "--no-index", "--find-links", str(wheel.parent), "--dest", str(target))
    run(pip("download", *options, "--requirement", str(lock), python=Path(sys.executable)), "Downloading")


@pytest.mark.usefixtures("only_local")
def test_a_download_with_the_right_hash_is_taken(wheel: Path, right_hash: str, tmp_path: Path) -> None:
    download(wheel, right_hash, tmp_path / "got")
    assert [path.name for path in (tmp_path / "got").iterdir()] == [wheel.name]


@pytest.mark.usefixtures("only_local")
def test_a_damaged_download_is_named_and_not_kept(wheel: Path, right_hash: str, tmp_path: Path) -> None:
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    with pytest.raises(DamagedError, match=r"download of thing\S* is damaged.*Nothing of it was kept"):
        download(wheel, right_hash, tmp_path / "got")
    assert not list((tmp_path / "got").glob("*"))


@pytest.mark.usefixtures("only_local")
def test_no_network_is_said_plainly(right_hash: str, tmp_path: Path, closed_port: int) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(f"thing==1.0 --hash=sha256:{right_hash}\n")
    index = f"http://127.0.0.1:{closed_port}/simple"
    options = ("--no-deps", "--index-url", index, "--dest", str(tmp_path), "--requirement", str(lock))
    with pytest.raises(NetworkError, match="could not be reached"):
        run(pip("download", *options, python=Path(sys.executable)), "Downloading")


@pytest.fixture
def tarball_url() -> Iterator[str]:
    """The address of an npm package that a local server hands out."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        manifest = json.dumps({"name": "thing", "version": "1.0.0"}).encode()
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(manifest)
        archive.addfile(entry, io.BytesIO(manifest))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content.getvalue())))
            self.end_headers()
            self.wfile.write(content.getvalue())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/thing-1.0.0.tgz"
        server.shutdown()
        thread.join()


def write_npm_lock(folder: Path, resolved: str, integrity: str) -> Path:
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": {"thing": "1.0.0"}}))
    thing = {"version": "1.0.0", "resolved": resolved, "integrity": integrity}
    packages = {"": {"dependencies": {"thing": "1.0.0"}}, "node_modules/thing": thing}
    (folder / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    return folder


WRONG = "sha512-" + base64.b64encode(hashlib.sha512(b"something else").digest()).decode()


def test_a_damaged_npm_package_is_named_and_the_next_run_starts_over(tarball_url: str, tmp_path: Path) -> None:
    locks = write_npm_lock(tmp_path / "locks", tarball_url, WRONG)
    place = tmp_path / "npm"
    with pytest.raises(DamagedError, match="thing"):
        fetch_packages(place, locks, "--cache", str(tmp_path / "cache"))
    assert not (place / "stamp").exists()
    assert not (place / "node_modules" / "thing" / "package.json").exists()


def test_npm_without_network_says_so(closed_port: int, tmp_path: Path) -> None:
    locks = write_npm_lock(tmp_path / "locks", f"http://127.0.0.1:{closed_port}/thing-1.0.0.tgz", WRONG)
    with pytest.raises(NetworkError, match="could not be reached"):
        fetch_packages(tmp_path / "npm", locks, "--cache", str(tmp_path / "cache"))


def test_a_program_that_fails_shows_its_last_words() -> None:
    with pytest.raises(ProgramError, match=r"Counting failed.*(?s:.*)nine is missing"):
        run([sys.executable, "-c", "import sys; sys.exit('nine is missing')"], "Counting")


def test_a_program_that_hangs_is_ended() -> None:
    with pytest.raises(NetworkError, match="not done after 1 seconds"):
        run([sys.executable, "-c", "import threading; threading.Event().wait()"], "Waiting", timeout=1)


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", DiskFullError),
        ("npm error code ENOSPC\nnpm error syscall write", DiskFullError),
        ("npm error code EAI_AGAIN\nnpm error request to https://registry failed", NetworkError),
        ("ERROR: No matching distribution found for thing==1.0", ProgramError),
    ],
)
def test_the_output_tells_which_error_it_is(output: str, kind: type[BuildError]) -> None:
    assert type(failure("Installing", output)) is kind


def test_lock_files_hold_a_hash_for_everything_and_no_addresses() -> None:
    for lock in LOCKS.glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        requirements = text.replace("\\\n", " ").splitlines()
        assert requirements
        assert all("==" in line and "--hash=sha256:" in line for line in requirements)
    for lock in (LOCKS / "package-lock.json", LOCKS / "bench" / "package-lock.json"):
        npm = json.loads(lock.read_text(encoding="utf-8"))["packages"]
        assert all("integrity" in facts and "resolved" not in facts for name, facts in npm.items() if name)
