"""What can be done with one turn of the conversation: copy, edit, delete, ask again, go on, switch, keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from halt.browser.dom import Element
from halt.chat.conversation import Prompt, Reply, Turn
from halt.ui.copying import copy_by
from halt.ui.page import Page, turn_id_of

Ask = Callable[[Callable[[], object]], bool]
"""Starts what is asked of a provider, and says so where the settings forbid it."""


class TurnCommands:
    """The commands of the buttons below a turn."""

    def __init__(self, page: Page, ask: Ask) -> None:
        self._page = page
        self._ask = ask
        self.actions: dict[str, Callable[[Element], Any]] = {
            "copy": self._copy,
            "copy-code": self._copy_code,
            "edit": self._edit,
            "delete": self._delete,
            "retry": self._regenerate,
            "regenerate": self._regenerate,
            "continue": self._continue,
            "keep": self._keep,
            "stop-reply": self._stop,
            "branch-back": lambda button: self._switch_branch(button, -1),
            "branch-on": lambda button: self._switch_branch(button, 1),
        }

    def edit_last(self) -> bool:
        """Put the last prompt into the composer; False where there is none, or a reply is being written."""
        prompts = [turn for turn in self._page.workspace.current.path() if isinstance(turn, Prompt)]
        if not prompts or self._page.workspace.running:
            return False
        self._page.composer.edit(prompts[-1])
        return True

    async def _copy(self, button: Element) -> None:
        turn = self._turn(button)
        if isinstance(turn, Prompt | Reply):
            await copy_by(button, turn.text, self._page)

    async def _copy_code(self, button: Element) -> None:
        code = button.closest("figure").querySelector("code").textContent
        # The last line's ending belongs to the fence: pasted into a terminal, it would run the code at once.
        await copy_by(button, code.removesuffix("\n"), self._page)

    def _edit(self, button: Element) -> None:
        turn = self._turn(button)
        prompt = turn.parent if isinstance(turn, Reply) else turn
        if isinstance(prompt, Prompt):
            self._page.composer.edit(prompt)

    def _delete(self, button: Element) -> None:
        workspace = self._page.workspace
        conversation, turn = workspace.current, self._turn(button)
        removed = workspace.delete(turn)

        def undo() -> None:
            conversation.restore(removed)
            self._page.sync()

        self._page.sync()
        self._page.composer.focus()
        what = "reply" if isinstance(turn, Reply) else "prompt and its replies"
        self._page.notices.show(f"The {what} was deleted.", undo=undo)

    def _regenerate(self, button: Element) -> None:
        reply = self._reply(button)
        self._ask(lambda: self._page.workspace.regenerate(reply))
        self._page.composer.focus()

    def _continue(self, button: Element) -> None:
        reply = self._reply(button)
        self._ask(lambda: self._page.workspace.go_on(reply))

    def _keep(self, button: Element) -> None:
        self._page.workspace.keep(self._reply(button))
        self._page.sync()
        self._page.composer.focus()

    def _stop(self, button: Element) -> None:
        if run := self._page.workspace.run_of(self._reply(button)):
            run.stop()
            self._page.composer.focus()

    def _switch_branch(self, button: Element, step: int) -> None:
        conversation = self._page.workspace.current
        turn = self._turn(button)
        branches = conversation.branches(turn)
        conversation.choose(branches[branches.index(turn) + step])
        self._page.sync()

    def _turn(self, button: Element) -> Turn:
        turn = self._page.workspace.current.find(turn_id_of(button))
        if turn is None:
            raise LookupError("this turn is not in the conversation any more")
        return turn

    def _reply(self, button: Element) -> Reply:
        turn = self._turn(button)
        if not isinstance(turn, Reply):
            raise LookupError("this turn is not a reply")
        return turn
