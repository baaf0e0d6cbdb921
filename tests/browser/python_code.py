"""What the tests of people's own Python bring along: programs, and an index of packages on the test provider."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer
from tools.places import PUBLIC

from .halt_page import HaltPage
from .settings_dialog import Settings

# A worker starts a Python of its own; on a machine with other work that takes its time.
START_MS = 60_000

ECHO = "async def reply(messages, settings):\n    yield 'You said: ' + messages[-1]['content']\n"

# Pyodide's makers have built these two for the browser, and on PyPI there are none: LangChain only has to find them.
STAND_INS: Mapping[tuple[str, str], str] = {
    (
        "orjson",
        "3.13.0",
    ): "import json\n\nJSONDecodeError = ValueError\nFragment = object\nloads = json.loads\n\n"
    "def dumps(value, default=None, option=0):\n    return json.dumps(value, default=default or str).encode()\n\n"
    "def __getattr__(name):\n    if name.startswith('OPT_'):\n        return 0\n    raise AttributeError(name)\n",
    ("zstandard", "0.25.0"): "class ZstdCompressor:\n    def __init__(self, *args, **kwargs): ...\n",
}


def wheel(name: str, version: str, code: str) -> tuple[str, bytes]:
    """Make a wheel of one module; give its file name and its bytes."""
    info = f"{name}-{version}.dist-info"
    contents = {
        f"{name}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for path, text in contents.items():
        hashed = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={hashed},{len(text.encode())}\n")
    contents[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\n"])
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, text in contents.items():
            archive.writestr(path, text)
    return f"{name}-{version}-py3-none-any.whl", made.getvalue()


def offer(provider: ProviderServer, *wheels: tuple[str, bytes]) -> str:
    """Let the provider serve an index with these wheels (PEP 691); give the line that names it in a program."""
    by_name: dict[str, list[dict[str, object]]] = {}
    for file_name, data in wheels:
        name = file_name.split("-")[0].replace("_", "-").lower()
        provider.files[f"/wheels/{file_name}"] = Answer(body=data, headers={"Content-Type": "application/zip"})
        link = {
            "filename": file_name,
            "url": f"{provider.url.removesuffix('/v1')}/wheels/{file_name}",
            "hashes": {"sha256": hashlib.sha256(data).hexdigest()},
        }
        by_name.setdefault(name, []).append(link)
    for name, files in by_name.items():
        page = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
        answer = Answer(body=json.dumps(page), headers={"Content-Type": "application/vnd.pypi.simple.v1+json"})
        provider.files[f"/simple/{name}/"] = answer
    return f'# index_urls = ["{provider.url.removesuffix("/v1")}/simple"]'


def offer_langchain(provider: ProviderServer, folder: Path) -> str:
    """Offer LangChain and all that it needs, from the folder with the wheels."""
    wheels = [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.whl"))]
    return offer(provider, *wheels, *(wheel(*name, code) for name, code in STAND_INS.items()))


def with_index(code: str, index: str) -> str:
    """Make a program take its packages from the index."""
    return code.replace("\n# ///\n", f"\n# [tool.micropip]\n{index}\n# ///\n", 1)


def example(name: str) -> str:
    return (PUBLIC / "examples" / f"{name}.py").read_text("utf-8")


def use(halt: HaltPage, code: str, **fields: str) -> None:
    """Choose this program in the settings, as a person would."""
    dialog = Settings(halt).open()
    dialog.choose("python")
    dialog.fill(**{"url": "", "model": "python", **fields})
    halt.page.get_by_label("Your Python", exact=True).fill(code)
    dialog.save()


def wait_begun(halt: HaltPage, text: str) -> None:
    expect(halt.body).to_contain_text(text, timeout=START_MS)


def stop(halt: HaltPage) -> float:
    """Press Stop, see it stopped, and give when the press was made, in ms of the page's clock."""
    halt.outlast_guard()
    halt.message.press("Escape")
    halt.expect_status("stopped")
    return halt.presses()[-1].made
