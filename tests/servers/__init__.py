"""Real things to test against: a provider on a real socket, and a transport and clocks to meet it on CPython."""

from .answer import Answer, endless
from .clock import AsyncioClock, ManualClock
from .exchange import PATIENCE_S, Exchange
from .provider import ProviderServer
from .transport import SocketTransport

__all__ = [
    "PATIENCE_S",
    "Answer",
    "AsyncioClock",
    "Exchange",
    "ManualClock",
    "ProviderServer",
    "SocketTransport",
    "endless",
]
