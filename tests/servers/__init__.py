"""Real things to test against: a provider on a real socket, and a transport and clocks to meet it on CPython."""

from .answer import Answer, endless
from .clock import AsyncioClock, ManualClock
from .exchange import Exchange
from .provider import ProviderServer
from .transport import SocketTransport

__all__ = ["Answer", "AsyncioClock", "Exchange", "ManualClock", "ProviderServer", "SocketTransport", "endless"]
