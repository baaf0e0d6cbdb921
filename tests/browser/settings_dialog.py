"""The settings dialog as a person holds it: its fields by their labels."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from .halt_page import HaltPage

LABELS = {
    "url": "Base URL",
    "key": "API key",
    "model": "Model",
    "temperature": "Temperature",
    "max_tokens": "Max tokens",
    "silence": "Silence hint (s)",
    "system": "System prompt",
    "input_price": "Input price ($/M)",
    "output_price": "Output price ($/M)",
    "name": "Profile name",
    "prompt_name": "Name of the prompt",
    "prompt_text": "Text of the prompt",
    "font_size": "Letter size (%)",
}
TABS = {
    "Silence hint (s)": "Chat",
    "Send with": "Chat",
    "Letter size (%)": "Looks",
    "Theme": "Looks",
    "Name of the prompt": "Prompts",
    "Text of the prompt": "Prompts",
    "Prompt of the library": "Prompts",
}


class Settings:
    """The dialog, by its labels."""

    def __init__(self, halt: HaltPage) -> None:
        self.page = halt.page
        self.dialog = self.page.get_by_role("dialog", name="Settings")
        self.findings = self.page.locator("#connection")

    def open(self) -> Settings:
        self.page.get_by_role("button", name="Settings").click()
        expect(self.dialog).to_be_visible()
        return self

    def turn_to(self, tab: str) -> Settings:
        self.dialog.get_by_role("tab", name=tab).click()
        return self

    def field(self, name: str) -> Locator:
        return self.dialog.get_by_label(name, exact=True)

    def fill(self, **values: str) -> Settings:
        for name, value in values.items():
            self.turn_to(TABS.get(LABELS[name], "Profiles"))
            self.field(LABELS[name]).fill(value)
        return self

    def select(self, name: str, **option: str) -> Settings:
        self.turn_to(TABS.get(name, "Profiles"))
        self.field(name).select_option(**option)
        return self

    def choose(self, preset: str) -> None:
        self.field("Provider").select_option(preset)

    def press(self, name: str) -> None:
        self.dialog.get_by_role("button", name=name, exact=True).click()

    def save(self) -> None:
        self.press("Save")
        expect(self.dialog).to_be_hidden()

    def expect_wrong(self, name: str, sentence: str) -> None:
        expect(self.field(name)).to_have_attribute("aria-invalid", "true")
        expect(self.field(name)).to_have_accessible_description(re.compile(re.escape(sentence)))

    def expect_finding(self, kind: str, sentence: str) -> None:
        expect(self.findings.locator(f".{kind}").get_by_text(sentence)).to_be_visible()
