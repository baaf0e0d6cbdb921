"""The page as a person holds it, for a driver that speaks WebDriver: by the names that the browser tests use, too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from tests.servers import ProviderServer

CSS = "css selector"
READY_S = 150  # WebKitGTK compiles Python for half a minute where others work on the same cores
WAIT_S = 30
RECORDER = (Path(__file__).parents[1] / "browser" / "recorder.js").read_text("utf-8")
BODY = "[data-role=assistant] [data-testid=body]"
# Wait until twenty frames were drawn.
FRAMES = """let left = 20; const done = arguments[0];
const tick = () => --left ? requestAnimationFrame(tick) : done(); tick();"""
FILL = """const [field, text] = arguments;
field.value = text;
field.dispatchEvent(new Event("input", { bubbles: true }));"""
# The 300 ms in which a press on the swapped button is taken for a slip (S4).
OUTLAST_GUARD = "setTimeout(arguments[0], 310)"


class EnginePage:
    """One page of Halt in the engine that is tested."""

    def __init__(self, driver: WebDriver, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self) -> None:
        """Go to the page, or load it again, and wait for it."""
        self.driver.get(self.url)
        self.wait_ready()

    def wait_ready(self) -> None:
        self.wait(lambda: self.state("ready") == "true", "ready", READY_S)
        self.driver.execute_script(RECORDER)

    def state(self, name: str) -> str | None:
        """Read one of the page's states, such as ``ready`` or ``snapshot``."""
        value: str | None = self.script("return document.documentElement.dataset[arguments[0]]", name)
        return value

    def script(self, code: str, *arguments: object) -> Any:
        return self.driver.execute_script(code, *arguments)

    def later(self, code: str) -> Any:
        """Run a script that gives its result to the function it is given last."""
        return self.driver.execute_async_script(code)

    def wait(self, condition: Callable[[], object], what: str, seconds: float = WAIT_S) -> None:
        """Look again and again until the condition holds."""
        try:
            WebDriverWait(self.driver, seconds, 0.1).until(lambda _: condition())
        except TimeoutException as error:
            at = f"boot {self.state('boot')}, snapshot {self.state('snapshot')}, notices {self.notices()}"
            raise AssertionError(f"{what}: not within {seconds:.0f} s ({at})") from error

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(CSS, selector)

    def press(self, selector: str) -> None:
        self.wait(lambda: self.find(selector).is_displayed(), f"{selector} in sight")
        self.find(selector).click()

    def notices(self) -> list[str]:
        return [notice.text for notice in self.driver.find_elements(CSS, "#notices [role=alert]")]

    # What a person does

    def new_chat(self) -> None:
        self.press("#top [data-action=new-chat]")
        self.wait(lambda: not self.driver.find_elements(CSS, "#log article"), "an empty conversation")

    def choose(self, provider: str, fields: dict[str, str]) -> None:
        """Choose a provider in the settings and fill these fields, by their names."""
        self.press("#top [data-action=settings]")
        self.wait(lambda: self.find("#provider").is_displayed(), "the settings")
        Select(self.find("#provider")).select_by_value(provider)
        for name, text in fields.items():
            self.fill(f"[name='{name}']", text)
        self.press("[role=tab][aria-controls=panel-chat]")
        if self.find("#titles").is_selected():
            self.press("#titles")  # so that each prompt is one request
        self.press("dialog[open] button[type=submit]")
        self.wait(lambda: not self.driver.find_elements(CSS, "dialog[open]"), "the settings closed")

    def connect(self, provider: ProviderServer) -> None:
        self.choose("custom", {"base-url": provider.url, "api-key": "sk-test", "model": "test-model"})

    def fill(self, selector: str, text: str) -> None:
        """Put a text into a field at once: drivers differ in how they type lines and quotation marks."""
        self.script(FILL, self.find(selector), text)

    def ask(self, text: str) -> None:
        self.find("#message").send_keys(text, Keys.ENTER)

    def escape(self) -> None:
        self.driver.switch_to.active_element.send_keys(Keys.ESCAPE)

    # What a person sees

    def text(self) -> str:
        """The last reply's text, as the page holds it."""
        bodies = f"[...document.querySelectorAll('{BODY}')]"
        return str(self.script(f"return {bodies}.at(-1)?.textContent ?? ''"))

    def wait_text(self, text: str) -> None:
        self.wait(lambda: text in self.text(), f"“{text}” in the reply")

    def wait_status(self, status: str) -> None:
        replies = "[...document.querySelectorAll('[data-role=assistant]')]"
        self.wait(lambda: self.script(f"return {replies}.at(-1)?.dataset.status") == status, f"the reply {status}")

    def button(self) -> str | None:
        return self.find("#send-stop").get_attribute("data-state")
