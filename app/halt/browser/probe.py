"""The page's way to tell a server that keeps it out (CORS) from one that is not there.

A browser gives the same error for both. But a request in the mode "no-cors" succeeds wherever anything answers, though
its answer stays closed to the page: https://fetch.spec.whatwg.org/#concept-request-mode. And Chrome, from 142 on, has a
permission for the local network: https://wicg.github.io/local-network-access/.
"""

from __future__ import annotations

import js
from pyodide.ffi import JsException, to_js

from halt.wire.probe import Circumstances, Permission

LIMIT_MS = 5_000

# Newer Chromes have parted the one permission into two.
_NAMES = ("local-network-access", "local-network", "loopback-network")


class BrowserProbe:
    """Implements ``halt.wire.probe.Probe`` with the browser's fetch and permissions."""

    async def look(self, url: str) -> Circumstances:
        """See ``Probe``. The permission is read last: the request itself may be what asks for it."""
        answers = await self._answers(url)
        return Circumstances(answers, await self._permission())

    async def _answers(self, url: str) -> bool:
        controller = js.AbortController.new()
        timer = js.setTimeout(controller.abort.bind(controller), LIMIT_MS)
        options = {
            "mode": "no-cors",
            "signal": controller.signal,
            "credentials": "omit",
            "cache": "no-store",
            "referrerPolicy": "no-referrer",
        }
        try:
            await js.fetch(url, to_js(options, dict_converter=js.Object.fromEntries))
        except JsException:
            return False
        finally:
            js.clearTimeout(timer)
            controller.abort()
        return True

    async def _permission(self) -> Permission:
        found = Permission.UNKNOWN
        for name in _NAMES:
            try:
                asked = to_js({"name": name}, dict_converter=js.Object.fromEntries)
                state = Permission(str((await js.navigator.permissions.query(asked)).state))
            except (JsException, AttributeError, ValueError):
                continue  # this browser has no such permission
            if state is Permission.DENIED:
                return state
            found = state if found is Permission.UNKNOWN else found
        return found
