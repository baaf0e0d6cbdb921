"""The field for a person's own Python: shown for that provider alone, with examples to begin with."""

from __future__ import annotations

import js

from halt.browser.dom import Listeners, by_id
from halt.providers.python_code import mistake_in
from halt.ui.settings import fields

# As they lie in the folder examples/, and how they are offered.
EXAMPLES = {
    "echo": "Say it again (offline)",
    "chat_completions": "Stream from a server",
    "requests_get": "requests, blocking",
    "langchain_fake": "LangChain, offline",
    "langchain_openai": "LangChain, from a server",
}
INDENT = "    "


class PythonField:
    """Holds the code; what is wrong with it is said under it as soon as it is left."""

    def __init__(self, listeners: Listeners) -> None:
        self._code = by_id("python-code")
        for name, title in EXAMPLES.items():
            by_id("python-example").append(js.Option.new(title, name))
        listeners.listen(by_id("use-example"), "click", lambda _: self._put(by_id("python-example").value))
        listeners.listen(self._code, "change", lambda _: self._check())
        listeners.listen(self._code, "keydown", self._key)

    @property
    def code(self) -> str:
        """The code as it is; none where nobody has touched the first example, or needs it."""
        untouched = by_id("python-field").hidden and self._code.value == self._code.defaultValue
        return "" if untouched else str(self._code.value)

    def fill(self, code: str) -> None:
        """Put ``code`` into the field; where there is none, the first example, which the page's template has there."""
        self._code.value = code or self._code.defaultValue

    def show(self, shown: bool) -> None:
        """Show or hide the field."""
        by_id("python-field").hidden = not shown

    async def _put(self, name: str) -> None:
        """Put an example in the place of the code; the browser's own Undo brings that back."""
        response = await js.fetch(f"examples/{name}.py")
        if not response.ok:
            raise OSError(f"The example {name} could not be loaded: HTTP {response.status}")
        text = await response.text()
        self._code.focus()
        self._code.select()
        if not js.document.execCommand("insertText", False, text):  # the one way that Undo knows of
            self._code.value = text
        self._code.setSelectionRange(0, 0)
        self._code.scrollTop = 0
        self._check()

    def _check(self) -> None:
        fields.unmark(self._code)
        if self.code.strip() and (mistake := mistake_in(self.code)):
            fields.mark(self._code, mistake)

    def _key(self, event: js.Event) -> None:
        """Begin a new line as far in as the last one; Tab still leaves the field, as everywhere."""
        if event.key != "Enter" or event.isComposing or event.shiftKey or event.ctrlKey or event.metaKey:
            return
        line = self.code[: self._code.selectionStart].rpartition("\n")[2]
        inset = line[: len(line) - len(line.lstrip(" "))] + (INDENT if line.rstrip().endswith(":") else "")
        if inset:
            event.preventDefault()
            js.document.execCommand("insertText", False, f"\n{inset}")
