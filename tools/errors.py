"""Everything that the builder reports as a sentence instead of a traceback.

BuildError
├── SetupError         the machine lacks something that Halt cannot bring itself
├── DownloadError
│   ├── NetworkError   a registry could not be reached
│   └── DamagedError   a download is not what the lock file says
├── DiskFullError      no space left
├── ServeError         the site can't be served: mostly somebody else listens there
└── ProgramError       a program that we started failed for a reason of its own
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager


class BuildError(Exception):
    """Stops a command; its text says what happened and what to do."""


class SetupError(BuildError):
    """The machine lacks something that has to be installed by hand."""


class DownloadError(BuildError):
    """Something could not be downloaded as the lock files ask."""


class NetworkError(DownloadError):
    """A package registry could not be reached."""


class DamagedError(DownloadError):
    """A download differs from the hash in its lock file; it was not kept."""


class DiskFullError(BuildError):
    """There was no space left on the disk."""


class ServeError(BuildError):
    """The server could not begin."""


class ProgramError(BuildError):
    """A program that we started failed; its last lines are in the text."""


DISK_FULL = "The disk is full. Free some space and run the same command again; nothing was changed."


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the operating system's errors that need no traceback into a BuildError.

    Raises DiskFullError for ENOSPC and EDQUOT, SetupError where a file may not be written; others pass.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(DISK_FULL) from error
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            raise SetupError(
                f"{error.filename or 'A file'} may not be written. Give yourself the right to write there, "
                "or put the project into a folder of your own."
            ) from error
        raise
