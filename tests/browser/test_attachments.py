"""Files go with a message: chosen, pasted or dropped, scaled down, sent, kept, taken out and brought back."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

from playwright.sync_api import FilePayload, Locator, expect

from tests.servers import Answer, ProviderServer, endless

from .halt_page import HaltPage
from .test_accessibility import findings
from .test_embeds import png
from .test_transfer import bring, save

NOTES = "One ``` fence,\r\ntwo words.\n"

# Hands files to the page as the system does, by an event of its own kind; tells whether the page took them.
ARRIVE = """([kind, target, files, text, key]) => {
    const data = new DataTransfer()
    for (const [name, base64] of files) {
        data.items.add(new File([Uint8Array.from(atob(base64), one => one.charCodeAt(0))], name))
    }
    if (text) data.setData('text/plain', text)
    const how = {bubbles: true, cancelable: true}
    const event = kind === 'paste' ? new ClipboardEvent(kind, {...how, clipboardData: data})
        : new DragEvent(kind, {...how, dataTransfer: data})
    document.querySelector(target).dispatchEvent(event)
    if (key) document.querySelector(target).dispatchEvent(new KeyboardEvent('keydown', {...how, key}))
    return event.defaultPrevented
}"""

PHOTO = """async () => {
    const canvas = new OffscreenCanvas(60, 20)
    canvas.getContext('2d').fillRect(0, 0, 60, 20)
    const bytes = new Uint8Array(await (await canvas.convertToBlob({type: 'image/jpeg'})).arrayBuffer())
    return btoa(String.fromCharCode(...bytes))
}"""

# The database as it was before there were attachments.
OLDER = """() => new Promise((done, fail) => {
    const request = indexedDB.open('halt', 1)
    request.onerror = () => fail(request.error)
    request.onupgradeneeded = () => {
        const keys = {conversations: ['id'], messages: ['conversation', 'id'],
            growth: ['conversation', 'message', 'from']}
        for (const [name, keyPath] of Object.entries(keys)) request.result.createObjectStore(name, {keyPath})
        const {transaction} = request
        transaction.objectStore('conversations').put({id: 'c', version: 1, first_words: 'An old question', chosen: 'p'})
        transaction.objectStore('messages').put({id: 'p', version: 1, conversation: 'c', parent: '', place: 0,
            chosen: '', role: 'user', text: 'An old question', columns: [], attachments: []})
    }
    request.onsuccess = () => { request.result.close(); done() }
})"""


def file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def choose(halt: HaltPage, *files: FilePayload) -> None:
    with halt.page.expect_file_chooser() as chooser:
        halt.page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files(files)


def arrive(
    halt: HaltPage, kind: str, files: dict[str, bytes], target: str = "#message", text: str = "", key: str = ""
) -> bool:
    told = [[name, base64.b64encode(data).decode()] for name, data in files.items()]
    return bool(halt.page.evaluate(ARRIVE, [kind, target, told, text, key]))


def chips(halt: HaltPage) -> Locator:
    return halt.page.get_by_role("list", name="Attached files").get_by_role("listitem")


def expect_names(place: Locator, names: list[str]) -> None:
    expect(place.locator("[data-part=name]")).to_have_text(names)


def sent_images(message: Any) -> list[bytes]:
    urls = [part["image_url"]["url"] for part in message["content"] if part["type"] == "image_url"]
    return [base64.b64decode(url.partition(",")[2]) for url in urls]


def sides(image: bytes) -> tuple[int, int]:
    """Read the width and the height of a PNG or a JPEG (its first frame header)."""
    if image.startswith(b"\x89PNG"):
        return struct.unpack(">II", image[16:24])
    place = 2
    while image[place + 1] not in (0xC0, 0xC1, 0xC2):
        place += 2 + struct.unpack(">H", image[place + 2 : place + 4])[0]
    height, width = struct.unpack(">HH", image[place + 5 : place + 9])
    return width, height


def turned(jpeg: bytes) -> bytes:
    """Note in a JPEG that the camera was held upright: Exif 2.3, orientation 6."""
    tiff = b"MM\0*\0\0\0\x08" + b"\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + b"\0\0\0\0"
    exif = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def test_files_are_sent_and_kept_and_come_back_from_an_export(visitor: HaltPage, provider: ProviderServer) -> None:
    """S2, S21: a draft's files are left where they are by Stop and by a reload, and go with a prompt asked again."""
    visitor.open()
    visitor.connect(provider)
    provider.answer(Answer(text=endless(), tokens_per_second=50), Answer(text="A long grey box."))
    choose(visitor, file("wide.png", png(3136, 40)), file("notes.md", NOTES.encode("utf-8-sig")))
    expect_names(chips(visitor), ["wide.png", "notes.md"])
    expect(visitor.status).to_contain_text("Attached: wide.png")
    visitor.page.evaluate("new Promise(done => setTimeout(done, 400))")
    visitor.reload()
    expect_names(chips(visitor), ["wide.png", "notes.md"])
    visitor.ask("What is this?")
    visitor.wait_text()
    expect(chips(visitor)).to_have_count(0)
    message = provider.wait_request().json["messages"][0]
    (image,) = sent_images(message)
    assert sides(image) == (1568, 20)
    assert message["content"][-1]["text"] == f"File notes.md:\n````md\n{NOTES}````\n\nWhat is this?"
    expect_names(visitor.prompts, ["wide.png", "notes.md"])

    assert arrive(visitor, "paste", {"later.txt": b"Later"})
    expect_names(chips(visitor), ["later.txt"])
    visitor.page.keyboard.press("Escape")
    visitor.expect_status("stopped")
    expect_names(chips(visitor), ["later.txt"])
    visitor.press_in_reply("Edit")
    expect_names(chips(visitor), ["wide.png", "notes.md"])
    chips(visitor).get_by_role("button", name="Remove wide.png").click()
    expect(visitor.message).to_be_focused()
    visitor.ask("And now?")
    visitor.expect_status("complete")
    assert provider.exchanges[-1].json["messages"][0]["content"] == f"File notes.md:\n````md\n{NOTES}````\n\nAnd now?"
    expect_names(chips(visitor), ["later.txt"])
    visitor.prompts.first.get_by_role("button", name="notes.md").click()
    dialog = visitor.page.get_by_role("dialog", name="notes.md")
    assert dialog.locator("pre").text_content() == NOTES
    dialog.get_by_role("button", name="Copy text").click()
    expect(visitor.status).to_have_text("Copied")
    assert visitor.page.evaluate("navigator.clipboard.readText()") == NOTES
    dialog.get_by_role("button", name="Close").click()
    visitor.prompts.first.get_by_role("button", name="Previous branch").click()
    expect(visitor.prompts.first.get_by_role("listitem")).to_have_count(2)
    visitor.prompts.first.get_by_role("button", name="wide.png").click()
    expect(visitor.page.get_by_role("img", name="wide.png")).to_be_visible()
    visitor.page.keyboard.press("Escape")

    _, html = save(visitor, "HTML page")
    assert f'src="data:image/png;base64,{base64.b64encode(image).decode()}"' in html
    _, first = save(visitor, "JSON")
    visitor.page.keyboard.press("Escape")
    visitor.press_in_row("What is this?", "Delete")
    expect(visitor.notices).to_contain_text("was deleted")
    visitor.notices.get_by_role("button", name="Dismiss").click()
    visitor.page.evaluate("new Promise(done => setTimeout(done, 400))")
    visitor.reload()
    assert visitor.titles() == ["Nothing asked yet"]
    bring(visitor, "export.json", first)
    expect(visitor.notices).to_contain_text("1 conversation imported.")
    visitor.page.evaluate("new Promise(done => setTimeout(done, 400))")
    visitor.reload()
    visitor.list.get_by_role("button", name="What is this?", exact=True).click()
    expect_names(visitor.prompts, ["wide.png", "notes.md"])
    expect_names(chips(visitor), ["later.txt"])
    _, second = save(visitor, "JSON")
    assert json.loads(first)["conversations"] == json.loads(second)["conversations"]
    visitor.page.keyboard.press("Escape")
    provider.answer(Answer(text="The same."))
    visitor.press_in_reply("Regenerate")
    visitor.expect_status("complete")
    assert sent_images(provider.exchanges[-1].json["messages"][0]) == [image]
    assert visitor.faults == []


def test_files_arrive_in_every_way_or_are_refused_with_a_reason(connected: HaltPage, provider: ProviderServer) -> None:
    provider.answer(Answer(text="Seen."))
    photo = base64.b64decode(connected.page.evaluate(PHOTO))
    assert arrive(connected, "dragover", {"photo.jpg": turned(photo)}, "#log")
    expect(connected.page.get_by_text("Drop images, text or code here")).to_be_visible()
    assert arrive(connected, "drop", {"photo.jpg": turned(photo)}, "#log")
    expect(connected.page.get_by_text("Drop images, text or code here")).to_be_hidden()
    expect_names(chips(connected), ["photo.jpg"])
    # A text that was copied from an office program has a picture beside it, which nobody meant.
    assert not arrive(connected, "paste", {"image.png": png(4, 4)}, text="A cell")
    assert arrive(connected, "paste", {"image.png": png(4, 4)})
    expect(chips(connected).locator("img")).to_have_count(2)
    assert findings(connected.page) == []
    connected.message.press("Enter")  # files are question enough
    connected.expect_status("complete")
    content = provider.exchanges[-1].json["messages"][0]["content"]
    assert [part["type"] for part in content] == ["image_url", "image_url"]
    upright, small = sent_images(provider.exchanges[-1].json["messages"][0])
    assert (sides(upright), sides(small)) == ((20, 60), (4, 4))
    assert b"Exif" not in upright
    assert connected.titles()[0] == "photo.jpg, image.png"
    connected.prompts.get_by_role("button", name="photo.jpg").click()
    expect(connected.page.get_by_role("dialog", name="photo.jpg")).to_be_visible()
    assert findings(connected.page) == []
    connected.page.keyboard.press("Escape")
    # Who sends while a file is being read means to send it, too.
    connected.message.fill("And this?")
    assert arrive(connected, "paste", {"late.txt": b"Late"}, key="Enter")
    expect(connected.replies).to_have_count(2)
    connected.expect_status("complete")
    assert provider.exchanges[-1].json["messages"][-1]["content"] == "File late.txt:\n```txt\nLate\n```\n\nAnd this?"

    for name, data, reason in (
        ("paper.pdf", b"%PDF-1.7 \0\1", "“paper.pdf” is a PDF."),
        ("tool.bin", b"\x7fELF\0\1", "neither a PNG, JPEG, WebP, GIF or AVIF image nor text"),
        ("long.txt", b"x" * 400_001, "longer than 400,000 characters"),
        ("broken.png", png(9, 9)[:40], "is damaged"),
        ("empty.txt", b"", "is empty"),
    ):
        choose(connected, file(name, data))
        expect(connected.notices).to_contain_text(reason)
        expect(chips(connected)).to_have_count(0)
        connected.notices.get_by_role("button", name="Dismiss").click()
    choose(connected, *(file(f"{number}.txt", b"x") for number in range(12)))
    expect(connected.notices).to_contain_text("10 files at most")
    expect(connected.notices).to_contain_text("And 1 more could not be attached")
    expect(chips(connected)).to_have_count(10)
    for _ in range(10):
        chips(connected).first.get_by_role("button", name="Remove").click()
    expect(connected.page.get_by_role("list", name="Attached files")).to_be_hidden()


def test_what_an_older_halt_has_kept_is_there(visitor: HaltPage) -> None:
    """S7: the database gets a place for files, and nothing in it changes."""
    visitor.open_blank()
    visitor.page.evaluate(OLDER)
    visitor.open()
    visitor.list.get_by_role("button", name="An old question", exact=True).click()
    expect(visitor.prompts).to_contain_text("An old question")
    choose(visitor, file("notes.md", b"New"))
    expect_names(chips(visitor), ["notes.md"])
    visitor.page.evaluate("new Promise(done => setTimeout(done, 400))")
    visitor.reload()
    expect_names(chips(visitor), ["notes.md"])
    expect(visitor.prompts).to_contain_text("An old question")
    assert visitor.faults == []
