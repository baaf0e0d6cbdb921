"""The page's HTML with all in it that its tags fetch from beside it, and the policy that fits."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from halt_chat.files import MEDIA_TYPES
from tools.errors import ProgramError
from tools.policy import file_policy

# What only helps a browser to fetch early, or belongs to a site that is installed.
_DROPPED = {"modulepreload", "manifest", "apple-touch-icon"}

_TAG = re.compile(r"<(script|link|img)\b([^>]*)>(?:</script>)?")
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:="([^"]*)")?""")
_POLICY = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*(">)')
_BYTES = re.compile(r'data-boot-bytes="\d*"')
_SNAPSHOT = re.compile(r'data-snapshot-file="[^"]*"')
_NEEDS_FILE = re.compile(r"url\(|@import")


@dataclass
class Page:
    """A page that is being made: its text so far, the modules that it starts with, and the hashes of what is inline."""

    site: Path
    text: str
    starts: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    def fill(self) -> None:
        """Put into the page what its tags name, and leave out what one file has no use for.

        Raises ProgramError for a tag of a kind that this does not know.
        """
        self.text = _TAG.sub(self._tag, self.text)
        # Nothing is downloaded, so there is no progress to tell.
        self.text = _BYTES.sub('data-boot-bytes=""', self.text)
        # It is left out, see maker.py.
        self.text = _SNAPSHOT.sub('data-snapshot-file=""', self.text)

    def add_script(self, text: str) -> str:
        """Give the tag for an inline script, and note its hash for the policy."""
        self.scripts.append(_source(text))
        return f"<script>{text}</script>\n"

    def close(self, tail: str) -> str:
        """Give the whole page, with `tail` as the last of its body, and with its policy."""
        body, end, rest = self.text.rpartition("</body>")
        policy = escape(file_policy(self.scripts, self.styles))
        whole, found = _POLICY.subn(lambda meta: meta[1] + policy + meta[2], body + tail + end + rest)
        if found != 1 or not end:
            raise ProgramError("index.html has no policy or no </body> where tools/standalone/page.py looks for it.")
        return whole

    def _tag(self, found: re.Match[str]) -> str:
        name, attributes = found[1], dict(_ATTRIBUTE.findall(found[2]))
        rel = attributes.get("rel", "")
        if name == "script" and attributes.get("type") in ("py", "application/json"):
            return found[0]
        if name == "script" and attributes.get("type") == "module" and "src" in attributes:
            self.starts.append(attributes["src"])
            return ""
        if name == "script" and "type" not in attributes and "src" in attributes:
            return self.add_script(self._read(attributes["src"]).decode())
        if name == "link" and rel == "stylesheet":
            return self._style(attributes["href"])
        if name == "link" and rel in _DROPPED:
            return ""
        if (name, rel) == ("link", "icon") or name == "img":
            address = attributes["href" if name == "link" else "src"]
            return found[0] if address.startswith("data:") else found[0].replace(address, self._data(address), 1)
        raise ProgramError(f"tools/standalone/page.py does not know what to do with {found[0].strip()}")

    def _style(self, path: str) -> str:
        text = self._read(path).decode()
        if _NEEDS_FILE.search(text):
            raise ProgramError(f"{path} names another file, which a style inside of the page can't.")
        self.styles.append(_source(text))
        return f"<style>{text}</style>\n"

    def _data(self, path: str) -> str:
        kind = MEDIA_TYPES[Path(path).suffix]
        return f"data:{kind};base64,{base64.b64encode(self._read(path)).decode()}"

    def _read(self, path: str) -> bytes:
        return (self.site / path).read_bytes()


def _source(text: str) -> str:
    """Give what a policy says of an inline script or style (CSP 3, section 2.3.1)."""
    if "</script" in text or "</style" in text or "\r" in text:
        raise ProgramError(
            "A script or style can't stand inside of the page: it contains an end tag or a carriage return."
        )
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
