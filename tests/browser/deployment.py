"""A host for the built site that can be switched off, and on which a newer build can be put, whole or in part."""

from __future__ import annotations

import re
import shutil
import threading
from collections import Counter
from pathlib import Path
from typing import cast

from playwright.sync_api import BrowserContext, expect

from halt_chat.files import Site
from halt_chat.server import SiteHandler, SiteServer
from tools import offline
from tools.places import DIST
from tools.site import templates

from .halt_page import READY_MS, HaltPage

PREFIX = "/some/repo/"
CONTROLLED = """() => navigator.serviceWorker.controller ? true : new Promise(done =>
    navigator.serviceWorker.addEventListener("controllerchange", () => done(true), { once: true }))"""
# Ask for a newer build, and tell what becomes of it.
FATE = """async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const end = (worker) => new Promise((done) => {
        const look = () => worker.state !== "installing" && done(worker.state);
        worker.addEventListener("statechange", look);
        look();
    });
    // The browser looks for one by itself some time after a load, and a look that is asked for joins that one.
    if (registration.installing) await end(registration.installing);
    for (;;) {
        let found;
        const note = () => { found = registration.installing; };
        registration.addEventListener("updatefound", note);
        await registration.update();
        found ??= registration.installing;
        registration.removeEventListener("updatefound", note);
        if (found) return end(found);
        if (registration.waiting) return registration.waiting.state;
    }
}"""


class Deployment:
    """Serves a folder below a prefix, as GitHub Pages does, and notes what it sent."""

    def __init__(self) -> None:
        self.folder = DIST
        self.sent: list[str] = []
        self._port = 0
        self._server: CountingServer | None = None
        self.switch_on()
        self.url = f"http://127.0.0.1:{self._port}{PREFIX}"

    def switch_on(self) -> None:
        self._server = CountingServer(self, self._port)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def switch_off(self) -> None:
        if self._server:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None

    def put(self, folder: Path) -> None:
        """Serve another folder from now on."""
        self.folder = folder
        assert self._server
        self._server.site = Site(folder)

    def times_sent(self) -> Counter[str]:
        """Count how often each file was sent with its content, by its path in the site."""
        return Counter(self.sent)


class CountingServer(SiteServer):
    """Tells the deployment what was sent whole."""

    def __init__(self, deployment: Deployment, port: int) -> None:
        self.deployment = deployment
        super().__init__(port, Site(deployment.folder), PREFIX)
        self.RequestHandlerClass = CountingHandler


class CountingHandler(SiteHandler):
    """Notes each GET that was answered with a file."""

    def send_response(self, code: int, message: str | None = None) -> None:
        if code == 200 and self.command == "GET":
            deployment = cast(CountingServer, self.server).deployment
            deployment.sent.append(self.path.partition("?")[0].removeprefix(PREFIX))
        super().send_response(code, message)


def newer_build(folder: Path, name: str = "newer-build") -> Path:
    """Make a newer build in a folder: the page and a file that comes late say so."""
    site = folder / name
    shutil.copytree(DIST, site)
    page = (site / "index.html").read_text(encoding="utf-8")
    page = re.sub('data-build="[0-9a-f]+"', f'data-build="{name}"', page).replace(">Halt</h1>", ">Halt, newer</h1>")
    (site / "index.html").write_text(page, encoding="utf-8")
    for changed in ("math.mjs", "early.js"):
        with (site / changed).open("a", encoding="utf-8") as file:
            file.write(f"// {name}\n")
    offline.write_worker(site, templates(), name)
    return site


def first_visit(context: BrowserContext, deployment: Deployment) -> HaltPage:
    """Visit until the worker has everything and looks after the page."""
    halt = HaltPage(context.new_page(), deployment.url)
    halt.open()
    assert halt.page.evaluate(CONTROLLED)
    return halt


def build_of(halt: HaltPage) -> str:
    return str(halt.page.locator("html").get_attribute("data-build"))


def read(halt: HaltPage, file: str) -> str:
    """Read a file of the site as the page would get it now."""
    return str(halt.page.evaluate("file => fetch(file).then(response => response.text())", file))


def expect_newer(halt: HaltPage, name: str = "newer-build") -> None:
    """The page is of the newer build, and so is everything that it gets."""
    expect(halt.page.locator("html")).to_have_attribute("data-build", name, timeout=READY_MS)
    halt.wait_ready()
    expect(halt.page.locator("h1")).to_have_text("Halt, newer")
    for file in ("math.mjs", "early.js"):
        assert name in read(halt, file)
