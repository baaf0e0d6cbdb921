"""The page as a person holds it: the names that automation and assistive technology rely on, and little more."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.servers import ProviderServer

ENDED = ("complete", "stopped", "interrupted", "failed")
READY_MS = 60_000
# More than any test has replies running.
MOST_STOPS = 20
# Wait until twenty frames were drawn.
FRAMES = (
    "new Promise(done => { let left = 20; const tick = () => --left ? requestAnimationFrame(tick) : done(); tick(); })"
)
# Have the page take over the settings of a first visit, as though another window had saved them.
FIRST_SETTINGS = "dispatchEvent(new StorageEvent('storage', {key: 'halt.settings', newValue: '{}'}))"

# The mark of what was done stands on a button for a moment only: noted from inside.
WATCH_MARK = """one => { window.marked = new Promise(done => {
    new MutationObserver(() => "done" in one.dataset && done()).observe(one, { attributes: true });
}); }"""
BLANK = '<!doctype html><title>Blank</title><link rel="icon" href="data:,">'


@dataclass(frozen=True, slots=True)
class Press:
    """A press of the button as the page met it; moments in ms since navigation, ``wall`` since the epoch in seconds."""

    made: float
    reached: float
    wall: float
    characters: int


class HaltPage:
    """One page of Halt, and what went wrong in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        self._expected: list[str] = []
        self.requests: list[str] = []
        page.set_default_timeout(15_000)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("crash", lambda _: self.complaints.append("The page crashed."))
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self) -> None:
        self.page.goto(self.url, wait_until="commit")  # what it loads may take longer than a click may
        self.wait_ready()

    def reload(self) -> None:
        self.page.reload(wait_until="commit")
        self.wait_ready()

    def open_blank(self) -> None:
        """Open a page of the site on which nothing runs, and which asks for no icon of the site."""
        address = f"{self.url}blank"
        self.page.route(address, lambda route: route.fulfill(content_type="text/html", body=BLANK))
        self.page.goto(address)

    def wait_ready(self) -> None:
        try:
            expect(self.page.locator("html")).to_have_attribute("data-ready", "true", timeout=READY_MS)
        except AssertionError as error:
            state = self.page.evaluate("[document.documentElement.dataset, document.body.innerText]")
            raise AssertionError(f"The page did not come up: {state}, having said {self.complaints}") from error

    def begin_anew(self) -> None:
        """Leave whatever the last test left: an empty conversation, the mock, the settings of a first visit."""
        page = self.page
        page.unroute_all(behavior="ignoreErrors")
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media()
        if page.get_by_role("dialog").is_visible():
            page.get_by_role("dialog").get_by_role("button").last.press("Escape")
        self.stop_everything()
        for notice in reversed(self.notices.all()):
            notice.get_by_role("button", name="Dismiss").click()
        page.get_by_role("button", name="New chat").first.click()
        self.message.fill("")
        page.evaluate(FIRST_SETTINGS)
        self.choose("mock", {"Model": "halt-mock", "Silence hint (s)": "30"})
        page.evaluate("localStorage.clear(), recorder.presses.length = recorder.growth.length = 0")
        expect(self.replies).to_have_count(0)
        self.forget_faults()
        self.requests.clear()

    # What went wrong

    @property
    def faults(self) -> list[str]:
        """What the page and its browser complained of, but for what was expected."""
        return [one for one in self.complaints if not any(part in one for part in self._expected)]

    def expect_faults(self, *parts: str) -> None:
        """Take what holds one of these parts for the browser's own word on what a test does, whenever it comes.

        It may well come after all that the page shows of a failed request.
        """
        self._expected += parts

    def forget_faults(self) -> None:
        self.complaints.clear()
        self._expected.clear()

    def stop_everything(self) -> None:
        """Stop what runs, on the screen and in the background; a wide screen shows the list of conversations."""
        self.page.set_viewport_size({"width": 1280, "height": 800})
        # Not by name: a conversation may well be about stopping.
        stops = self.page.locator("[data-action='stop-conversation']:visible")
        for _ in range(MOST_STOPS):
            if not stops.count():
                return
            with suppress(PlaywrightTimeout):  # a reply may end by itself before the click
                stops.first.click(timeout=1_000)
        raise AssertionError("Replies go on after they were stopped.")

    def choose(self, provider: str, fields: dict[str, str], *, titles: bool = False) -> None:
        """Choose a provider in the settings and fill these fields; the others are emptied.

        Without ``titles`` each prompt is one request, as most tests expect it.
        """
        page = self.page
        page.get_by_role("button", name="Settings").click()
        page.get_by_label("Provider", exact=True).select_option(provider)  # a chat may be called so
        for label in ("Also ask", "Temperature", "Max tokens", "System prompt"):
            page.get_by_label(label, exact=True).fill(fields.pop(label, ""))
        of_chat = {"Give up after (s)": fields.pop("Give up after (s)", "")}
        if "Silence hint (s)" in fields:
            of_chat["Silence hint (s)"] = fields.pop("Silence hint (s)")
        for label, text in fields.items():
            page.get_by_label(label, exact=True).fill(text)
        page.get_by_role("tab", name="Chat").click()
        for label, text in of_chat.items():
            page.get_by_label(label, exact=True).fill(text)
        page.get_by_label("Ask the model for titles").set_checked(titles)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("dialog")).to_be_hidden()

    def connect(self, provider: ProviderServer, model: str = "test-model", key: str = "sk-test") -> None:
        """Choose the test provider in the settings, as a person would."""
        self.choose("custom", {"Base URL": provider.url, "API key": key, "Model": model})

    # The composer

    @property
    def message(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message")

    @property
    def button(self) -> Locator:
        return self.page.get_by_test_id("send-stop")

    @property
    def stop_and_send(self) -> Locator:
        return self.page.get_by_role("button", name="Stop and send")

    @property
    def status(self) -> Locator:
        return self.page.locator("#status")

    @property
    def notices(self) -> Locator:
        return self.page.get_by_role("alert")

    def ask(self, text: str) -> None:
        self.message.fill(text)
        self.message.press("Enter")

    def expect_button(self, face: str) -> None:
        expect(self.button).to_have_attribute("data-state", face)
        expect(self.button).to_have_accessible_name(face.capitalize())

    def outlast_guard(self) -> None:
        """Let the 300 ms pass in which a press on the swapped button is taken for a slip (S4)."""
        self.page.evaluate("new Promise(done => setTimeout(done, 310))")

    # The list of conversations

    @property
    def list(self) -> Locator:
        return self.page.get_by_role("list", name="Conversations")

    def titles(self) -> list[str]:
        return self.list.locator("[data-part=title]").all_inner_texts()

    def press_in_row(self, title: str, name: str) -> None:
        """Press what a row of the list has to offer."""
        self.list.get_by_role("button", name=f"More for {title}", exact=True).click()
        self.list.get_by_role("button", name=f"{name} {title}", exact=True).click()

    # The conversation

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Conversation")

    @property
    def replies(self) -> Locator:
        return self.log.locator('article[data-role="assistant"]')

    @property
    def prompts(self) -> Locator:
        return self.log.locator('article[data-role="user"]')

    @property
    def reply(self) -> Locator:
        return self.replies.last

    @property
    def body(self) -> Locator:
        return self.reply.get_by_test_id("body")

    def expect_status(self, status: str) -> None:
        expect(self.reply).to_have_attribute("data-status", status)

    def wait_text(self, text: str = "") -> None:
        """Wait until the last reply shows some text."""
        if text:
            expect(self.body).to_contain_text(text)
        else:
            expect(self.body).not_to_have_text("")

    def press_in_reply(self, name: str) -> None:
        self.reply.hover()
        self.reply.get_by_role("button", name=name, exact=True).click()

    def stored_text(self) -> str:
        """Read the stored source text of the last reply, by its Copy button."""
        self.status.evaluate("status => { status.textContent = '' }")  # "Copied" may stand there from before
        self.page.evaluate("navigator.clipboard.writeText('nothing was copied')")
        # What was said of an earlier copy would be taken for this one's.
        self.page.evaluate("document.getElementById('status').textContent = ''")
        self.press_in_reply("Copy")
        expect(self.status).to_have_text("Copied")
        return str(self.page.evaluate("navigator.clipboard.readText()"))

    # What the recorder saw

    def presses(self) -> list[Press]:
        found: list[dict[str, Any]] = self.page.evaluate("recorder.presses")
        return [Press(one["made"], one["reached"], one["wall"] / 1000, one["characters"]) for one in found]

    def growth_after(self, moment: float) -> list[dict[str, float]]:
        """List the times that reply text grew on the page after ``moment``."""
        grown: list[dict[str, float]] = self.page.evaluate("recorder.growth")
        return [one for one in grown if one["at"] > moment]

    def _console(self, message: ConsoleMessage) -> None:
        # That a preloaded file was wanted late only says how slow this machine is.
        if message.type in ("error", "warning") and "was preloaded" not in message.text:
            self.complaints.append(message.text)
