"""What is measured of a product: each trial begins with a visitor of its own and gives plain numbers and words.

Names end with their unit (``_s``, ``_ms``, ``_mb``, ``_characters``, ``_chunks``); a word is yes, part or no.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from bench.options import QUICK, Rate
from bench.products.browser import visiting
from bench.products.product import Product
from bench.products.provider import FLOOD_AFTER, ProviderProcess, Seen, long_chunks
from bench.products.visit import NoControl, Visit
from bench.trace import CATEGORIES, read_cost
from bench.visits import BEFORE, STAY_MS
from tools.errors import ProgramError

Value = float | str | None
Found = dict[str, Value]

TIMED_VISITS = ("cold", *[""] * (BEFORE - 1), "warm")
"""Each visit's name in the numbers."""
COUNTED_VISITS = ("cold", "warm")
BEGUN_S = 1.0
"""A browser that has just been started is busy with itself; people's is there."""
SHORT_STAY_MS = 500
"""How long a visit lasts in the quick form."""
FLOW_S = 1.0
"""How long a reply flows before it is stopped."""
FLOWING = FLOOD_AFTER + 10
"""So many chunks are sent only when the pause is over that lets the bench look for Stop."""
QUIET_S = 1.5
LIMIT_S = 15.0
"""What goes on for longer after a Stop did not stop."""
AGAIN_S = 15.0
"""How long a person might wait for a page to take the next question, or to show what was kept."""
PART_CHARACTERS = 60
"""How much of the beginning of a partial reply is looked for after a reload."""
MEGA = 1e6
Start = Callable[[float], AbstractContextManager[Browser]]
"""Starts a browser that is ended after so many seconds."""
HUNG: dict[str, Found] = {
    "stop-flood": {"flood_screen_ms": None, "flood_frozen_ms": None},
    "long": {"long_whole": "no", "long_beyond_ms": None, "long_main_ms": None, "long_longest_ms": None},
}
"""What is known of a page that hung."""
GIVEN_UP: dict[str, Found] = {"stop-flood": {"flood_screen_ms": None}, "long": {"long_whole": "no"}}
"""What is found in a trial that came to nothing: then it has no numbers that count, in whatever way it was made."""
LEAST_TOLD = 0.7
"""A trace that holds a smaller share of the main thread's time is not whole."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a trial happens: one product, served and asked, in one browser."""

    browser: Browser
    product: Product
    url: str
    provider: ProviderProcess
    quick: bool = False

    @contextmanager
    def visit(self) -> Iterator[Visit]:
        """Be a new visitor on a page that has answered one question."""
        with visiting(self.browser, self.product.first_visit(self.provider.url)) as new_page:
            visit = Visit(new_page(), self.url, self.product.face, self.provider)
            visit.open()
            visit.warm_up()
            yield visit


def ready(place: Place) -> Found:
    """From the navigation's beginning until a question reaches the provider, with an empty cache and a warm one.

    To count what is loaded slows a page down, and the more the more it loads; so that is another visitor's.
    """
    found: Found = {}
    time.sleep(BEGUN_S)
    for counts, names in ((False, TIMED_VISITS), (True, COUNTED_VISITS)):
        with visiting(place.browser, place.product.first_visit(place.provider.url), on_disk=not counts) as new_page:
            for name in names:
                visit = Visit(new_page(), place.url, place.product.face, place.provider)
                if counts:
                    visit.count_traffic()
                began = visit.open()
                _, request = visit.ask("short")
                if name and counts:
                    traffic = visit.traffic()
                    found[f"{name}_mb"] = traffic.bytes / MEGA
                    found[f"{name}_requests"] = traffic.requests
                    found[f"{name}_elsewhere"] = traffic.elsewhere
                elif name:
                    found[f"ready_{name}_s"] = request.received_at - began
                visit.page.wait_for_timeout(SHORT_STAY_MS if place.quick else STAY_MS)
                visit.page.close()
    return found


def stop_steady(place: Place) -> Found:
    """Stop a reply of 100 chunks a second; then look for what is kept."""
    with place.visit() as visit:
        found, seen = stopped(visit, "steady")
        text = str(visit.page.evaluate("benchProbe.text()")).strip()
        return {f"steady_{name}": value for name, value in found.items()} | kept(visit, seen, text)


def stop_flood(place: Place) -> Found:
    """Stop a reply that comes as fast as the page takes it."""
    with place.visit() as visit:
        found, _ = stopped(visit, "flood")
        return {f"flood_{name}": value for name, value in found.items()}


def stopped(visit: Visit, kind: str) -> tuple[Found, Seen]:
    """Ask, let the reply flow, stop; tell what happened after the press, on the screen and at the provider."""
    visit.begin()
    mark, _ = visit.ask(kind)
    visit.wait_text()
    stop = visit.aim()
    if not visit.provider.wait(mark, lambda seen: seen.chunks > FLOWING, LIMIT_S):
        raise ProgramError("The reply did not begin to flow.")
    time.sleep(FLOW_S)
    press = visit.press(stop)
    after = visit.settle(QUIET_S, LIMIT_S)
    pressed_at = (after.origin + press.made) / 1000
    left = visit.provider.wait(mark, lambda seen: seen.left_at is not None, LIMIT_S)
    seen = left or visit.provider.find(mark)
    if seen is None:
        raise ProgramError("The provider has forgotten a request.")
    standing = after.characters >= press.characters
    found: Found = {
        "flowed_chunks": seen.chunks - seen.chunks_after(pressed_at),
        "stood_characters": press.characters,
        "reached_ms": press.reached - press.made,
        "screen_ms": max(0.0, after.changed - press.made),
        "frozen_ms": max(0.0, after.changed - press.reached),
        "screen_characters": max(0, after.characters - press.characters),
        "provider_ms": (seen.left_at - pressed_at) * 1000 if seen.left_at else None,
        "provider_chunks": seen.chunks_after(pressed_at),
        "on_screen": "yes" if standing else "part" if after.characters else "no",
    }
    return found, seen


def kept(visit: Visit, seen: Seen, text: str) -> Found:
    """Tell whether a stopped reply goes with the next question, and whether it is there after a reload."""
    found: Found = {"next_takes_s": None, "in_next": "no", "after_reload": "no"}
    asked = time.monotonic()
    try:
        _, request = visit.ask("short", AGAIN_S)
    except ProgramError:
        return found
    found["next_takes_s"] = time.monotonic() - asked
    # What was said before is one word: a partial reply is the last thing that the model is told to have said.
    told = next((said for role, said in reversed(request.messages) if role == "assistant"), "").strip()
    if told and (seen.text.startswith(told) or told == text):
        found["in_next"] = "yes" if len(told) >= len(text) * 0.95 else "part"
    visit.page.wait_for_timeout(500)
    visit.page.reload(wait_until="commit")
    visit.reopen(AGAIN_S)
    beginning = " ".join(text[:PART_CHARACTERS].split())
    if beginning and visit.shows(beginning, AGAIN_S):
        found["after_reload"] = "yes" if visit.shows(" ".join(text.split()), 1) else "part"
    return found


def stop_silent(place: Place) -> Found:
    """Stop before the first byte: does the request end, and does the page take the next question?"""
    with place.visit() as visit:
        visit.begin()
        mark, _ = visit.ask("silent")
        time.sleep(FLOW_S)
        try:
            press = visit.press(visit.aim())
        except NoControl:
            return {"silent_stop": "no", "silent_provider_ms": None, "silent_next": "no"}
        pressed_at = (visit.look().origin + press.made) / 1000
        left = visit.provider.wait(mark, lambda seen: seen.left_at is not None, LIMIT_S)
        try:
            visit.ask("short", AGAIN_S)
            taken = "yes"
        except ProgramError:
            taken = "no"
        left_ms = (left.left_at - pressed_at) * 1000 if left and left.left_at else None
        return {"silent_stop": "yes", "silent_provider_ms": left_ms, "silent_next": taken}


def long_reply(place: Place) -> Found:
    """Show 60,000 characters of all that models write: what does it cost, and when does it stand there?"""
    rate, kind = (QUICK, "quick") if place.quick else (Rate(), "long")
    with place.visit() as visit:
        visit.devtools.send("Performance.enable")
        visit.devtools.send("HeapProfiler.collectGarbage")
        visit.begin(sampling=False)
        place.browser.start_tracing(page=visit.page, categories=CATEGORIES)
        busy_ms = visit.thread_ms()
        began = visit.page.evaluate("performance.mark('bench begin').startTime + performance.timeOrigin") / 1000
        mark, _ = visit.ask(kind)
        late_s = max(rate.seconds, LIMIT_S)
        seen = visit.provider.wait(mark, lambda seen: seen.ended, rate.seconds + late_s)
        if seen is None:
            return HUNG["long"]  # so slowly that the provider still has to wait
        last = " ".join("".join(long_chunks(rate)).split())[-PART_CHARACTERS // 2 :]
        whole = visit.wait_end(last, late_s, QUIET_S / 6)
        after = visit.settle(QUIET_S, LIMIT_S, QUIET_S / 6)
        visit.page.evaluate("performance.mark('bench end')")
        busy_ms = visit.thread_ms() - busy_ms
        trace = place.browser.stop_tracing()
        times = seen.chunk_times
        cost = read_cost(trace, [(times[len(times) * number // 4] - began) * 1000 for number in (1, 2, 3)])
        # Of a page that was busy without a pause Chromium's trace may miss much; then it tells nothing.
        told = cost.total_ms > busy_ms * LEAST_TOLD
        return {
            "long_whole": "yes" if whole else "no",
            "long_beyond_ms": max(0.0, after.origin + after.changed - times[-1] * 1000) if whole else None,
            "long_main_ms": busy_ms,
            "long_heap_mb": visit.heap_bytes() / MEGA,
        } | (
            {
                "long_longest_ms": cost.longest_ms,
                "long_last_to_first": cost.quarters_ms[3] / cost.quarters_ms[0] if cost.quarters_ms[0] else None,
            }
            if told
            else {}
        )


TRIALS: dict[str, Callable[[Place], Found]] = {
    "ready": ready,
    "stop-steady": stop_steady,
    "stop-flood": stop_flood,
    "stop-silent": stop_silent,
    "long": long_reply,
}
"""All trials by name, in their order."""


LIMITS_S = {"ready": 120.0, "long": 90.0}
TRIAL_LIMIT_S = 75.0
"""After so long a trial is given up: the page hangs."""


def attempt(start: Start, product: Product, url: str, provider: ProviderProcess, name: str, *, quick: bool) -> Found:
    """Make one trial in a browser of its own; what fails is told instead of its numbers."""
    limit_s = LIMITS_S.get(name, TRIAL_LIMIT_S)
    began = time.monotonic()
    try:
        with start(limit_s) as browser:
            return TRIALS[name](Place(browser, product, url, provider, quick))
    except (ProgramError, PlaywrightError) as error:
        if time.monotonic() - began < limit_s:
            return {f"failed_{name}": str(error).splitlines()[0]}
        hung: Found = {f"failed_{name}": f"The page hung; it was given up after {limit_s:.0f} s."}
        return hung | HUNG.get(name, {})
