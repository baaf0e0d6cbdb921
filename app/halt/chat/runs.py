"""What runs at this moment, in which conversation; here, and in other windows as far as they are followed."""

from __future__ import annotations

from collections.abc import Iterator

from halt.chat.conversation import Conversation, Reply
from halt.chat.remote_run import RemoteRun
from halt.chat.run import Run
from halt.providers.address import origin_of
from halt.providers.errors import BadAddress

AnyRun = Run | RemoteRun


class Runs:
    """Knows all runs until they are closed; what it is asked for are those that can still be stopped."""

    def __init__(self) -> None:
        self._here: dict[str, tuple[Run, Conversation]] = {}
        self._elsewhere: dict[str, tuple[RemoteRun, Conversation]] = {}

    def add(self, run: Run, conversation: Conversation) -> None:
        """Take in a run of this window, until ``remove``."""
        self._here[run.id] = run, conversation

    def remove(self, run: Run) -> Conversation:
        """Forget a run that is closed, and tell where it was."""
        return self._here.pop(run.id)[1]

    def follow(self, run: RemoteRun, conversation: Conversation) -> None:
        """Treat a run in another window like one of this one, until ``unfollow``."""
        self._elsewhere[run.id] = run, conversation

    def unfollow(self, run: RemoteRun) -> None:
        """Forget a run in another window; it has ended."""
        self._elsewhere.pop(run.id, None)

    def find(self, run_id: str) -> tuple[Run, Conversation] | None:
        """Find a run of this window by its id."""
        return self._here.get(run_id)

    def of(self, reply: Reply) -> AnyRun | None:
        """Find the run that writes ``reply`` at this moment."""
        return next((run for run, _ in self._running() if run.reply is reply), None)

    def inside(self, conversation: Conversation) -> list[AnyRun]:
        """List the runs that go on in a conversation, in any of its branches."""
        return [run for run, place in self._running() if place is conversation]

    @property
    def any_here(self) -> bool:
        """Tell whether anything runs in this window."""
        return any(run.running for run, _ in self._here.values())

    @property
    def any_open(self) -> bool:
        """Tell whether a run of this window is not closed yet."""
        return bool(self._here)

    def share_server(self, run: Run) -> bool:
        """Tell whether another run goes on at the server of this one."""
        others = (one for one, _ in self._here.values() if one.running and one is not run)
        return _server(run) in map(_server, others)

    def _running(self) -> Iterator[tuple[AnyRun, Conversation]]:
        places: list[tuple[AnyRun, Conversation]] = [*self._here.values(), *self._elsewhere.values()]
        return ((run, place) for run, place in places if run.running)


def _server(run: Run) -> str:
    """Tell a run's server; a person's own Python has an address that is none, and shares it with nobody's server."""
    try:
        return origin_of(run.question.request.url)
    except BadAddress:
        return run.question.request.url
