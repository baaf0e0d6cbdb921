"""What the server reports as a sentence instead of a traceback.

ServerError
├── PortBusyError  somebody else listens there, or the number is no port
└── NoPageError    the folder holds no page, or one without a policy
"""

from __future__ import annotations


class ServerError(Exception):
    """Keeps the server from starting; its text says what happened and what to do."""


class PortBusyError(ServerError):
    """The port that was asked for is taken."""


class NoPageError(ServerError):
    """There is no page to serve."""
