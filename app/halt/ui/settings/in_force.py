"""The settings in force: what is saved holds at once, in this window and in the others, and outlives the visit."""

from __future__ import annotations

from collections.abc import Callable

import js

from halt.browser.dom import Listeners
from halt.browser.python_worker import PythonWorkers
from halt.browser.storage import WebStorage
from halt.chat.prompt import has_variables
from halt.chat.silence import Silence
from halt.chat.workspace import Workspace
from halt.providers.preset import Dialect
from halt.providers.presets import preset
from halt.store import settings as stored
from halt.store.settings import Settings
from halt.ui.looks import apply_looks
from halt.ui.page import Page
from halt.ui.surroundings import PageSurroundings
from halt.ui.who import Who

NOT_KEPT = "This browser keeps nothing for this page: the settings last until the tab closes."


class InForce:
    """Puts settings into force; ``changed_elsewhere`` is told what another window has saved."""

    def __init__(
        self,
        page: Page,
        workspace: Workspace,
        who: Who,
        surroundings: PageSurroundings,
        workers: PythonWorkers,
        storage: WebStorage,
        listeners: Listeners,
    ) -> None:
        self.changed_elsewhere: Callable[[Settings], None] = lambda _settings: None
        self._page = page
        self._workspace = workspace
        self._who = who
        self._surroundings = surroundings
        self._workers = workers
        self._storage = storage
        listeners.listen(js.window, "storage", self._stored)

    def adopt(self, settings: Settings) -> None:
        """Let ``settings`` hold from now on."""
        workspace, provider = self._workspace, settings.in_force.provider
        asking = workspace.asking
        asking.profile, asking.profiles = settings.in_force.id, settings.provider_settings()
        asking.prompts = settings.prompt_texts
        workspace.silence, workspace.titles, self._who.settings = _silence(settings), settings.titles, settings
        apply_looks(settings)
        self._workers.expect(provider.code if preset(provider.preset).dialect is Dialect.PYTHON else None)
        if any(has_variables(one.system_prompt) for one in asking.profiles.values()):
            self._surroundings.load_ahead()

    def save(self, settings: Settings) -> None:
        """Let ``settings`` hold from now on, and keep them."""
        self.adopt(settings)
        self._page.sync()
        if not self._storage.write(stored.NAME, stored.dump(settings)):
            self._page.notices.show(NOT_KEPT, once=True)

    def _stored(self, event: js.Event) -> None:
        if event.key == stored.NAME and isinstance(event.newValue, str):
            settings = stored.load(event.newValue)
            self.changed_elsewhere(settings)
            self.adopt(settings)
            self._page.sync()


def _silence(settings: Settings) -> Silence:
    limit_s = settings.silence_limit_s
    return Silence(settings.silence_s * 1000, None if limit_s is None else limit_s * 1000)
