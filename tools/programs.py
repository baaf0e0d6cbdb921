"""Runs the programs that download and install, and puts their failures into plain words."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.errors import DISK_FULL, BuildError, DamagedError, DiskFullError, NetworkError, ProgramError

_DISK_FULL = re.compile(r"No space left on device|ENOSPC|not enough space on the disk")
# pip's and npm's words for a download whose hash is not the one in the lock file.
_DAMAGED = re.compile(r"DO NOT MATCH THE HASHES|EINTEGRITY|sha512-\S+ integrity checksum failed")
_DAMAGED_NAME = re.compile(
    r"^\s+(\S+==\S+|\S+) from \S+.*:\n\s+Expected|EINTEGRITY.*?(\S+\.tgz)|url: (\S+)", re.MULTILINE
)
_NO_NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|Temporary failure in name resolution|Name or service not known|"
    r"getaddrinfo failed|nodename nor servname|Network is unreachable|Connection refused|"
    r"Failed to establish a new connection|ProxyError|SSLError|"
    r"E(?:NOTFOUND|AI_AGAIN|CONNREFUSED|TIMEDOUT|CONNRESET|NETUNREACH|HOSTUNREACH)\b"
)
_NOT_FOUND = re.compile(r"No matching distribution found for (\S+)")


def run(
    command: Sequence[str | Path],
    doing: str,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> str:
    """Run a program to its end and give what it printed on standard output.

    `doing` completes the sentence "… failed": what the program is for; `timeout` is in seconds.
    Raises a BuildError that says why, when it fails.
    """
    try:
        # The commands are our own lists, never a shell's text.
        done = subprocess.run(  # noqa: S603
            [str(part) for part in command],
            cwd=cwd,
            env=env,
            timeout=timeout,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NetworkError(
            f"{doing} was not done after {timeout:.0f} seconds. Look at the network and try again."
        ) from error
    if done.returncode:
        raise failure(doing, done.stdout + "\n" + done.stderr)
    return done.stdout


def failure(doing: str, output: str) -> BuildError:
    """Tell from a failed program's output which error it is."""
    if _DISK_FULL.search(output):
        return DiskFullError(DISK_FULL)
    if _DAMAGED.search(output):
        found = _DAMAGED_NAME.search(output)
        name = next((group for group in found.groups() if group), "A file") if found else "A file"
        return DamagedError(
            f"{doing} failed: the download of {name} is damaged (its hash is not the one in the lock file). "
            "Nothing of it was kept. Try again; if it stays so, do not trust that source."
        )
    if _NO_NETWORK.search(output):
        return NetworkError(
            f"{doing} failed: the package registry could not be reached. Nothing was changed. "
            "Connect to the network (or set the proxy) and run the same command again."
        )
    missing = _NOT_FOUND.search(output)
    if missing:
        return ProgramError(
            f"{doing} failed: {missing[1]} is not offered for this machine's system and Python. "
            "Try Python 3.11 to 3.14 on Linux, macOS or Windows."
        )
    last = "\n".join(line for line in output.strip().splitlines()[-12:])
    return ProgramError(f"{doing} failed. The program's last words:\n{last}")
