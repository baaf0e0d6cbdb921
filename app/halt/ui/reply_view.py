"""One turn on the page: a prompt, or a reply with all its states."""

from __future__ import annotations

from collections.abc import Sequence

from halt.browser.dom import Element, from_template, part
from halt.chat.conversation import Prompt, Reply
from halt.chat.status import Status
from halt.ui import words
from halt.ui.body import Body


class PromptView:
    """Shows what a person asked, and the files that go with it."""

    def __init__(self, prompt: Prompt, chips: Sequence[Element]) -> None:
        self.turn = prompt
        self.element = from_template("prompt-piece")
        self.element.dataset.id = prompt.id
        part(self.element, "body").textContent = prompt.text
        part(self.element, "body").hidden = part(self.element, "copy").hidden = bool(chips and not prompt.text.strip())
        part(self.element, "files").hidden = not chips
        part(self.element, "files").append(*chips)

    def refresh(self, branches: tuple[int, int], busy: bool) -> None:
        """Show which of its branches this is (place, of how many), and what can be done now."""
        show_branches(self.element, branches, busy)
        disable(self.element, busy, "edit", "delete")


class ReplyView:
    """Shows a reply while it grows and after it ended."""

    def __init__(self, reply: Reply) -> None:
        self.turn = reply
        self.element = from_template("reply-piece")
        self.element.dataset.id = reply.id
        self._parts: dict[str, Element] = {}
        self._shown_thinking = 0
        self._part("by").textContent = " · ".join(filter(None, (reply.provider, reply.model)))
        self.element.setAttribute("aria-label", f"Reply by {reply.model or reply.provider or 'the model'}")
        self._body = Body(self._part("body"), reply.text)
        self._running = reply.status.running
        self._append_thinking(reply.thinking)

    def fill(self, characters: int) -> bool:
        """Show up to so many characters more of the text it was made with; tell whether more waits."""
        if self._body.fill(characters):
            return True
        if not self._running:
            self._body.settle(cut_off=self.turn.cut_off)
        return False

    def half_mark(self, text: str) -> int:
        """See ``Surface.half_mark``."""
        return self._body.half_mark(text)

    def show(self, text: str, thinking: str) -> bool:
        """Show more text and thinking; False where a click waits, and then neither is shown."""
        if not self._body.show(text):
            return False
        self._append_thinking(thinking)
        self._follow_text()
        return True

    def changed(self) -> None:
        """Show the reply's status, and settle or reopen its text where that began or ended."""
        reply = self.turn
        if reply.status.running and not self._running:
            self._body = Body(self._part("body"), reply.text)
            self._body.fill()
        elif self._running and not reply.status.running:
            self._body.settle(cut_off=reply.cut_off)
        self._running = reply.status.running
        self.element.dataset.status = str(reply.status)
        self._follow_text()
        self._part("mark").hidden = not (mark := words.mark(reply))
        self._part("mark-label").textContent = mark
        self._part("mark-note").textContent = words.mark_note(reply)
        self._part("notice").hidden = not reply.notice
        self._part("notice").toggleAttribute("data-calm", reply.status in (Status.COMPLETE, Status.CONNECTING))
        self._part("notice-text").textContent = reply.notice
        self._part("details").hidden = not reply.details
        self._part("details-text").textContent = reply.details
        self._part("retry").hidden = reply.status.running or (reply.status is Status.COMPLETE and bool(reply.source))

    def refresh(self, branches: tuple[int, int], busy: bool, own_run: bool, beside: bool) -> None:
        """Show which branch this is, and what can be done now.

        ``busy`` while anything runs in the conversation, ``own_run`` while this reply is written, ``beside`` where it
        stands side by side with others.
        """
        show_branches(self.element, (1, 1) if beside else branches, busy)
        self._part("keep").hidden = not beside
        self._part("stop").hidden = not own_run
        self._part("continue").hidden = own_run or not self._can_go_on()
        for name in ("copy", "regenerate", "edit", "delete"):
            self._part(name).hidden = own_run and name != "copy"
        disable(self.element, busy, "continue", "regenerate", "edit", "delete", "retry")

    def _follow_text(self) -> None:
        """Show what depends on how far the text has come; it changes once or twice in a reply, so look first."""
        label, copy = self._part("thinking-label"), self._part("copy")
        if label.textContent != (said := words.thinking(self.turn)):
            label.textContent = said
        if copy.disabled != (empty := not self.turn.source):
            copy.disabled = empty

    def _can_go_on(self) -> bool:
        reply = self.turn
        return bool(reply.source) and (reply.status is not Status.COMPLETE or bool(reply.notice))

    def _append_thinking(self, thinking: str) -> None:
        if thinking:
            self._part("thinking").hidden = False
            self._part("thinking-text").append(thinking)

    def _part(self, name: str) -> Element:
        if name not in self._parts:
            self._parts[name] = part(self.element, name)
        return self._parts[name]


def show_branches(element: Element, branches: tuple[int, int], busy: bool) -> None:
    """Show "‹ 2/3 ›" where a turn has branches beside it."""
    place, number = branches
    part(element, "branches").hidden = number < 2
    part(element, "branch-count").textContent = f"{place}/{number}"
    back, on = (element.querySelector(f"[data-action='branch-{way}']") for way in ("back", "on"))
    back.disabled = busy or place == 1
    on.disabled = busy or place == number


def disable(element: Element, busy: bool, *actions: str) -> None:
    """Close commands that would collide with a run."""
    for action in actions:
        button = element.querySelector(f"[data-action='{action}']")
        if button:
            button.disabled = busy
