"""Makes the parts of the page, wires them, and decides nothing."""

from __future__ import annotations

import js

from halt.browser.boundary import Boundary
from halt.browser.clock import BrowserClock
from halt.browser.crypto import cipher_here
from halt.browser.database import BrowserDatabase
from halt.browser.dom import Listeners, watch_page
from halt.browser.fetch import FetchTransport
from halt.browser.probe import BrowserProbe
from halt.browser.python_worker import PythonWorkers
from halt.browser.rehearsal import rehearse
from halt.browser.storage import Persistence, WebStorage
from halt.browser.windows import BrowserChannel, BrowserLocks
from halt.chat.connection import Connection
from halt.chat.conversation import Conversation
from halt.chat.image import ImageRequest
from halt.chat.workspace import Workspace
from halt.providers.base import ProviderSettings
from halt.providers.dialects import provider_for
from halt.providers.mock import MockTransport
from halt.providers.preset import Dialect
from halt.providers.presets import preset, stop_note
from halt.store import settings as stored
from halt.store.finder import Finder
from halt.store.keeper import Keeper
from halt.store.kept_surface import KeptSurface
from halt.store.keys import KeyRing
from halt.store.texts import Texts
from halt.store.vault import Vault
from halt.store.windows import Windows
from halt.ui.attaching import Attaching
from halt.ui.commands import Commands
from halt.ui.conversation_commands import ConversationCommands
from halt.ui.follow import Follow
from halt.ui.link_line import LinkLine
from halt.ui.new_version import NewVersion
from halt.ui.notices import Notices
from halt.ui.other_windows import OtherWindows
from halt.ui.page import Page
from halt.ui.search import Search
from halt.ui.settings.chat_dialog import ChatDialog
from halt.ui.settings.dialog import SettingsDialog
from halt.ui.settings.in_force import InForce
from halt.ui.settings.key_field import KeyField
from halt.ui.settings.prompt_preview import PromptCheck
from halt.ui.settings.unlock import UnlockDialog
from halt.ui.surroundings import PageSurroundings
from halt.ui.transfer import Transfer
from halt.ui.who import Who


def start() -> None:
    """Bring the page to life; whatever was typed before stays, and a Send that waits goes."""
    notices = Notices()
    boundary = Boundary(notices.report)
    boundary.watch_loop()
    clock = BrowserClock(notices.report)
    listeners = Listeners(boundary)
    watch_page(listeners, notices.report)
    storage = WebStorage("localStorage")
    vault = Vault(storage, cipher_here())
    keys = KeyRing(vault)
    persistence = Persistence(storage, boundary.spawn)
    mock, network, probe = MockTransport(clock), FetchTransport(), BrowserProbe()
    workers = PythonWorkers(clock, boundary)

    def connect(settings: ProviderSettings) -> Connection:
        row = preset(settings.preset)
        transport = mock if row.id == "mock" else workers if row.dialect is Dialect.PYTHON else network
        remembered = "" if settings.api_key or row.id == "mock" else keys.require(settings.base_url or row.base_url)
        return Connection(
            provider_for(row, js.location.origin),
            transport,
            row.name,
            stop_note(row),
            row.billing,
            row.titles,
            probe,
            remembered,
        )

    def touched(conversation: Conversation) -> None:
        conversations.touched(conversation)
        if conversation.last:
            persistence.ask()

    settings = stored.load_from(storage)
    page = Page(clock, boundary, notices, lambda url: ImageRequest(network, url))
    database = BrowserDatabase(page.tell_storage)
    keeper = Keeper(database, clock, page.tell_storage)
    database.lost = keeper.lost
    surface = KeptSurface(page, keeper, lambda turn: workspace.conversation_of(turn))
    send_waits = page.composer.waits_to_send  # before the first sync, which gives the button to Python
    surroundings = PageSurroundings(boundary, listeners)
    workspace = Workspace(ProviderSettings(), connect, clock, surface, surroundings=surroundings)
    check = PromptCheck(surroundings, lambda one: workspace.asking.variables(workspace.current, one), boundary)
    who = Who(page, settings, lambda: this_chat.open(), listeners)
    this_chat = ChatDialog(page, who, check, boundary)
    in_force = InForce(page, workspace, who, surroundings, workers, storage, listeners)
    in_force.adopt(settings)
    finder = Finder(Texts(database), clock, lambda: workspace.busy)
    conversations = ConversationCommands(page, keeper, finder, WebStorage("sessionStorage"), listeners)
    search = Search(page, finder, conversations, boundary, listeners)
    page.open(workspace, Follow(listeners), touched, who.sync)
    LinkLine(listeners)
    unlock = UnlockDialog(vault, boundary, listeners)
    key_field = KeyField(keys, vault, unlock, boundary, listeners, notices.show)
    dialog = SettingsDialog(settings, key_field, connect, check, clock, boundary, listeners, in_force.save, who.learn)
    in_force.changed_elsewhere = dialog.take_over
    transfer, attaching = Transfer(page, keeper, listeners), Attaching(page, keeper.touch, listeners)
    others = (key_field, transfer)
    commands = Commands(
        page, dialog, unlock, this_chat, who, conversations, search, attaching, others, surroundings.sent, listeners
    )
    # A page that is hidden may never be shown again, and one that goes has no time to wait.
    listeners.listen(js.document, "visibilitychange", lambda _: js.document.hidden and keeper.flush())
    listeners.listen(js.window, "pagehide", lambda _: keeper.flush())
    channel = BrowserChannel(boundary)
    view = OtherWindows(page, lambda: conversations.show(focus=False), finder.forget)
    locks = BrowserLocks()
    windows = Windows(workspace, keeper, channel, locks, clock, page, view, boundary.spawn)
    surface.windows = windows
    channel.listen(windows.hear)

    new_version = NewVersion(notices, clock, boundary, listeners, locks, lambda: workspace.busy)

    async def come_back() -> None:
        await conversations.restore()
        await windows.begin()
        await search.read_ahead()
        await new_version.begin()

    boundary.spawn(come_back())
    boundary.spawn(rehearse(clock))

    js.document.dispatchEvent(js.Event.new("halt:ready"))
    js.document.documentElement.setAttribute("data-ready", "true")
    if send_waits:
        boundary.guard(commands.send_draft)()
