"""Remembered keys: only where a person wants it, under a passphrase or not, and to be found nowhere else."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, expect

from tests.servers import Answer, ProviderServer

from .halt_page import HaltPage
from .settings_dialog import Settings
from .test_accessibility import findings
from .test_transfer import dialog as transfer_dialog
from .test_transfer import save

# Of a shape that nobody could know for a key's, so that only its being the key can keep it out.
KEY = "Zq7Wv3Xk9Tp2/Lm5Rn8By4+Jd6Hc0Gf1"
PASSPHRASE = "seven wet horses"
EVERYTHING = Path(__file__).with_name("everything.js").read_text("utf-8")
# Opens a record by the words of docs/architecture.md alone, without any code of ours.
OPEN_RECORD = """async ([record, origin, passphrase]) => {
    const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const { kdf, rounds, salt, cipher } = record.lock;
    if (kdf !== "PBKDF2-SHA-256" || cipher !== "AES-256-GCM") throw new Error("another format");
    const encoded = new TextEncoder().encode(passphrase);
    const typed = await crypto.subtle.importKey("raw", encoded, "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: rounds };
    const secret = await crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const { iv, ciphertext } = record.keys[origin];
    const about = { name: "AES-GCM", iv: bytes(iv), additionalData: new TextEncoder().encode(origin) };
    return new TextDecoder().decode(await crypto.subtle.decrypt(about, secret, bytes(ciphertext)));
}"""


def remember(halt: HaltPage, provider: ProviderServer, passphrase: str = "") -> None:
    """Give the key in the settings and have it remembered, as a person would."""
    settings = Settings(halt).open()
    settings.choose("custom")
    settings.fill(url=provider.url, key=KEY, model="test-model")
    remember = settings.field("Remember on this device")
    expect(settings.field("Passphrase (optional)")).to_be_hidden()
    remember.check()
    expect(remember).to_have_accessible_description(
        re.compile(re.escape(f"Any page under {halt.url.rstrip('/')} could"))
    )
    settings.field("Passphrase (optional)").fill(passphrase)
    settings.save()
    expect_record(halt, under_passphrase=bool(passphrase))


def expect_record(halt: HaltPage, *, under_passphrase: bool) -> Any:
    """Wait until keys are kept in that way, and give the record; it is written a moment after the dialog closed."""
    for _ in range(200):
        record = json.loads(halt.page.evaluate("localStorage.getItem('halt.keys')") or "null")
        if record and ("lock" in record) == under_passphrase:
            return record
        halt.page.wait_for_timeout(50)
    raise AssertionError("the keys were not kept")


def unlock_dialog(halt: HaltPage) -> Locator:
    return halt.page.get_by_role("dialog", name="Unlock your keys")


def authorization(provider: ProviderServer) -> list[str | None]:
    return [exchange.headers.get("authorization") for exchange in provider.exchanges]


def test_a_key_under_a_passphrase_is_asked_for_by_the_send_that_needs_it(
    visitor: HaltPage, provider: ProviderServer
) -> None:
    visitor.open()
    remember(visitor, provider, PASSPHRASE)
    origin = f"http://127.0.0.1:{provider.port}"
    record = expect_record(visitor, under_passphrase=True)
    assert record["lock"]["rounds"] >= 600_000
    assert KEY not in json.dumps(record)
    assert visitor.page.evaluate(OPEN_RECORD, [record, origin, PASSPHRASE]) == KEY
    moved = {**record, "keys": {"http://other.example": record["keys"][origin]}}
    for wrong in ([record, origin, "seven wet horse"], [moved, "http://other.example", PASSPHRASE]):
        with pytest.raises(PlaywrightError, match="OperationError"):
            visitor.page.evaluate(OPEN_RECORD, wrong)

    visitor.reload()
    dialog, field = unlock_dialog(visitor), unlock_dialog(visitor).get_by_label("Passphrase", exact=True)
    visitor.ask("Do you know me?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text(origin)
    expect(field).to_be_focused()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    expect(visitor.message).to_have_value("Do you know me?")
    expect(visitor.prompts).to_have_count(0)
    visitor.message.press("Enter")
    field.fill("seven dry horses")
    field.press("Enter")
    expect(field).to_have_accessible_description(re.compile("That is not the passphrase."))
    expect(field).to_be_focused()
    assert findings(visitor.page) == [], "asked"
    field.fill(PASSPHRASE)
    dialog.get_by_role("button", name="Show").click()
    expect(field).to_have_attribute("type", "text")
    dialog.get_by_role("button", name="Unlock").click()
    expect(dialog).to_be_hidden()
    visitor.expect_status("complete")
    expect(visitor.message).to_have_value("")
    expect(visitor.page.locator("#unlock-passphrase")).to_have_value("")
    visitor.ask("Once more")
    expect(visitor.replies).to_have_count(2)
    visitor.expect_status("complete")
    # Two replies and the title of the chat, which asked for nothing.
    assert set(authorization(provider)) == {f"Bearer {KEY}"}

    settings = Settings(visitor).open()
    expect(settings.field("API key")).to_have_value(KEY)
    expect(settings.field("Remember on this device")).to_be_checked()
    settings.press("Forget key")
    expect(settings.field("API key")).to_have_value("")
    expect(settings.dialog.get_by_text("Forgotten, in this tab")).to_be_visible()
    assert visitor.page.evaluate("localStorage.getItem('halt.keys')") is None
    settings.press("Cancel")
    count = len(provider.exchanges)
    visitor.ask("And now?")
    expect(visitor.replies).to_have_count(3)
    visitor.expect_status("complete")
    assert set(authorization(provider)[count:]) == {None}
    assert visitor.faults == []


def test_a_locked_key_is_unlocked_or_given_up_in_the_settings(visitor: HaltPage, provider: ProviderServer) -> None:
    visitor.open()
    remember(visitor, provider, PASSPHRASE)
    visitor.reload()
    settings = Settings(visitor).open()
    expect(settings.field("API key")).to_have_value("")
    expect(settings.field("Remember on this device")).to_be_checked()
    assert findings(visitor.page) == [], "locked"
    settings.press("Test connection")
    settings.expect_wrong("API key", "is locked. Unlock it with your passphrase")
    assert provider.other_requests == []
    settings.fill(key="another")
    settings.press("Save")
    settings.expect_wrong("Remember on this device", "The remembered keys are locked.")
    settings.fill(key="")
    settings.save()  # which needs no key
    settings.open().press("Unlock…")
    field = unlock_dialog(visitor).get_by_label("Passphrase", exact=True)
    field.fill(PASSPHRASE)
    field.press("Enter")
    expect(settings.field("API key")).to_have_value(KEY)
    settings.press("Test connection")
    settings.expect_finding("fine", "The model streams")
    expect(settings.dialog.get_by_text("A passphrase is set")).to_be_visible()
    assert findings(visitor.page) == [], "unlocked"
    settings.press("Remove passphrase")
    settings.save()
    record = expect_record(visitor, under_passphrase=False)
    assert list(record["keys"].values()) == [{"key": KEY}]
    visitor.reload()
    visitor.ask("Do you know me?")
    visitor.expect_status("complete")
    assert authorization(provider)[-1] == f"Bearer {KEY}"

    settings.open().field("Passphrase (optional)").fill(PASSPHRASE)
    settings.save()
    expect_record(visitor, under_passphrase=True)
    visitor.reload()
    visitor.message.fill("Locked out")
    visitor.message.press("Enter")
    unlock_dialog(visitor).get_by_role("button", name="Forget this key").click()
    settings.expect_wrong("API key", "was forgotten. Enter it again")
    settings.press("Cancel")
    expect(visitor.message).to_have_value("Locked out")
    assert visitor.page.evaluate("localStorage.getItem('halt.keys')") is None
    assert visitor.faults == []


def forms() -> Iterator[str]:
    """Give the key as it could hide: its parts, in base64 wherever it begins, as hex, in an address, as JSON."""
    parts = [KEY[start : start + 8] for start in range(len(KEY) - 7)]
    yield from parts
    yield from (part[::-1] for part in parts)
    for start in range(3):
        # The characters at the edges hold bits of what stands beside them.
        yield b64encode(b"x" * start + KEY.encode()).decode()[4:-4]
    yield KEY.encode().hex()
    yield quote(KEY, safe="")
    yield json.dumps(KEY.replace("/", "\\/")).strip('"')


FORMS = tuple(forms())


def places_of(texts: dict[str, str]) -> set[str]:
    return {place for place, text in texts.items() if any(form in text for form in FORMS)}


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["as it is", "under a passphrase"])
def test_a_key_is_nowhere_but_where_it_belongs(visitor: HaltPage, provider: ProviderServer, passphrase: str) -> None:
    """In the request's one header, and in the one record of remembered keys if there is no passphrase."""
    said: list[str] = []
    visitor.page.on("console", lambda message: said.append(message.text))
    visitor.page.on("pageerror", lambda error: said.append(str(error)))
    visitor.open()
    remember(visitor, provider, passphrase)
    visitor.reload()
    echo = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}. Yes, Bearer {KEY}!", "key": KEY}})
    stream_error = f"data: {json.dumps({'error': {'message': f'Your key {KEY} ran dry.'}})}\n\n".encode()
    provider.answer(
        Answer(text="A first answer."),
        Answer(text="A title"),
        Answer(status=401, body=echo, headers={"x-request-id": KEY}),
        Answer(raw=[stream_error]),
        Answer(status=401, body=echo),
    )
    visitor.ask("Hello?")
    if passphrase:
        field = unlock_dialog(visitor).get_by_label("Passphrase", exact=True)
        field.fill(PASSPHRASE)
        field.press("Enter")
    visitor.expect_status("complete")
    provider.wait_request(2)
    shown: dict[str, str] = {}
    for number, question in enumerate(("And if it fails?", "And in the middle?"), 2):
        visitor.ask(question)
        expect(visitor.replies).to_have_count(number)
        visitor.expect_status("failed")
        visitor.reply.get_by_text("Details", exact=True).click()
        expect(visitor.reply).to_contain_text("[key]")
    shown |= {f"failed, {place}": text for place, text in visitor.page.evaluate(EVERYTHING).items()}

    provider.models_answer = Answer(status=401, body=echo)
    settings = Settings(visitor).open()
    settings.press("Test connection")
    settings.expect_finding("wrong", "refused the API key (401)")
    settings.field("Remember on this device").hover()
    shown |= {f"settings, {place}": text for place, text in visitor.page.evaluate(EVERYTHING).items()}
    settings.save()
    for button in ("Markdown", "HTML page", "JSON", "All conversations (JSON)"):
        name, text = save(visitor, button)
        shown[f"export {button}"] = name + text
    transfer_dialog(visitor).get_by_role("button", name="Close").click()
    search = visitor.page.get_by_role("searchbox", name="Search conversations")
    search.fill(KEY[:12])
    expect(visitor.page.locator("#found-note")).to_have_text("Nothing found")
    search.fill("")
    visitor.reload()
    visitor.expect_status("failed")
    shown |= {f"at the end, {place}": text for place, text in visitor.page.evaluate(EVERYTHING).items()}
    shown["console"] = "\n".join(said)
    shown["addresses"] = "\n".join(visitor.requests)
    for number, exchange in enumerate([*provider.exchanges, *provider.other_requests]):
        headers = {name: value for name, value in exchange.headers.items() if name != "authorization"}
        shown[f"request {number}"] = f"{exchange.path}\n{headers}\n{exchange.body!r}"
        if exchange.method != "OPTIONS":
            assert exchange.headers["authorization"] == f"Bearer {KEY}"

    record = {f"{when}, localStorage halt.keys" for when in ("failed", "settings", "at the end")}
    assert record <= set(shown), "the search looked where the keys are kept"
    assert places_of(shown) == (set() if passphrase else record)
    assert {f"at the end, indexedDB halt {group}" for group in ("conversations", "messages")} <= set(shown)


def test_where_the_browser_has_no_cryptography_the_passphrase_says_why(visitor: HaltPage) -> None:
    visitor.page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })")
    visitor.open()
    settings = Settings(visitor).open()
    settings.choose("custom")
    settings.field("Remember on this device").check()
    expect(settings.field("Passphrase (optional)")).to_be_disabled()
    expect(settings.field("Passphrase (optional)")).to_have_accessible_description(re.compile("over plain http"))
    assert visitor.faults == []
