"""Images and links of a reply: nothing loads by itself, links are seen through, a selection copies text alone."""

from __future__ import annotations

import struct
import zlib

import pytest
from playwright.sync_api import Locator, expect

from tests.servers import Answer, ProviderServer

from .halt_page import HaltPage
from .test_accessibility import findings


def png(width: int, height: int) -> bytes:
    """Make a grey image."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x99" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PNG = Answer(body=png(80, 40), headers={"Content-Type": "image/png"})


def address(provider: ProviderServer, path: str = "/a.png") -> str:
    return f"http://127.0.0.1:{provider.port}{path}"


def show(halt: HaltPage, provider: ProviderServer, text: str) -> None:
    provider.answer(Answer(text=text))
    halt.ask("Show me")
    halt.expect_status("complete")


def image_button(halt: HaltPage, does: str = "Load image") -> Locator:
    return halt.body.get_by_role("button", name=f"{does} from 127.0.0.1")


def copied_selection(halt: HaltPage) -> str:
    """Select the whole body of the reply and copy it by keyboard."""
    halt.page.evaluate("navigator.clipboard.writeText('nothing was copied')")
    halt.body.evaluate("body => getSelection().selectAllChildren(body)")
    halt.page.keyboard.press("Control+C")
    return str(halt.page.evaluate("navigator.clipboard.readText()"))


def test_an_image_loads_when_its_button_is_pressed_and_not_before(
    connected: HaltPage, provider: ProviderServer
) -> None:
    provider.files["/a.png"] = PNG
    show(connected, provider, f"Before ![a *grey* box]({address(provider)}) after")
    button = image_button(connected)
    expect(button).to_have_accessible_name("Load image from 127.0.0.1: a grey box")
    assert connected.requests.count(address(provider)) == 0
    button.focus()
    connected.page.keyboard.press("Enter")
    image = connected.body.get_by_role("img", name="a grey box")
    expect(image).to_be_visible()
    assert image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [80, 40]
    assert connected.body.locator(".image").get_attribute("data-size") == f"127.0.0.1, {len(PNG.body or '')} B"
    expect(image_button(connected, "Hide the image")).to_be_focused()
    provider.wait_no_connections()
    asked = provider.other_requests[-1]
    assert not {"cookie", "referer", "authorization"} & {*asked.headers}
    assert " ".join(copied_selection(connected).split()) == "Before a grey box after"

    connected.page.keyboard.press("Enter")
    expect(image).to_have_count(0)
    expect(image_button(connected)).to_be_focused()


def test_the_bytes_of_an_image_are_given_back(connected: HaltPage, provider: ProviderServer) -> None:
    """S25: the address of a shown image holds nothing any more."""
    provider.files["/a.png"] = PNG
    show(connected, provider, f"![box]({address(provider)})")
    image_button(connected).click()
    image = connected.body.get_by_role("img", name="box")
    expect(image).to_be_visible()
    connected.expect_faults("blob:")
    assert image.evaluate("image => fetch(image.src).then(() => 'still held', () => 'given back')") == "given back"
    assert image.evaluate("image => image.naturalWidth") == 80


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(status=404, body="no"), "127.0.0.1 answered 404 instead of an image."),
        (Answer(body="<svg xmlns='http://www.w3.org/2000/svg'/>"), "What 127.0.0.1 sent is no PNG"),
        (Answer(body=png(80, 40)[:20] + bytes(60)), "The image is damaged."),
        (Answer(body=PNG.body, headers={"Access-Control-Allow-Origin": "https://else.example"}), "can't be reached"),
    ],
    ids=["missing", "svg", "damaged", "forbidden"],
)
def test_an_image_that_cannot_be_shown_says_why_and_can_be_opened_apart(
    connected: HaltPage, provider: ProviderServer, answer: Answer, sentence: str
) -> None:
    provider.files["/a.png"] = answer
    connected.expect_faults("127.0.0.1", "Failed to load")
    show(connected, provider, f"Before ![box]({address(provider)}) after")
    image_button(connected).click()
    expect(connected.status).to_contain_text(sentence)
    expect(connected.body).to_contain_text(sentence)
    link = connected.body.get_by_role("link", name="Open it in a new tab")
    expect(link).to_have_attribute("href", address(provider))
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(link).to_have_attribute("target", "_blank")
    assert copied_selection(connected) == "Before box after"

    provider.files["/a.png"] = PNG
    image_button(connected, "Try the image again").click()
    expect(connected.body.get_by_role("img", name="box")).to_be_visible()
    expect(link).to_have_count(0)


def test_loading_can_be_called_off_and_ends_with_the_reply(connected: HaltPage, provider: ProviderServer) -> None:
    provider.files["/a.png"] = Answer(stall_after=1)
    show(connected, provider, f"![box]({address(provider)})")
    image_button(connected).click()
    expect(image_button(connected, "Stop loading the image")).to_be_visible()
    image_button(connected, "Stop loading the image").click()
    expect(image_button(connected)).to_be_visible()
    provider.wait_no_connections()
    image_button(connected).click()
    expect(image_button(connected, "Stop loading the image")).to_be_visible()
    connected.press_in_reply("Delete")
    provider.wait_no_connections()


def test_an_image_stays_while_the_text_around_it_grows(connected: HaltPage, provider: ProviderServer) -> None:
    """What is open of a reply is written anew with each piece of text; an image in it is the same node all the time."""
    provider.files["/a.png"] = PNG
    twice = f"![box]({address(provider)}) and ![box]({address(provider)})"
    provider.answer(Answer(text=[f"{twice} then", *" more words" * 3, "\n\nA new paragraph. ", "[r]"], step=True))
    connected.ask("Show me")
    exchange = provider.wait_request()
    exchange.release(3)
    connected.wait_text("then")
    image_button(connected).first.click()
    image = connected.body.get_by_role("img", name="box")
    expect(image).to_be_visible()
    image.evaluate("image => window.shown = image")
    exchange.release(12)
    connected.wait_text("more")
    exchange.release_all()
    connected.expect_status("complete")
    expect(image).to_have_count(1)
    assert image.evaluate("image => image === window.shown && image.naturalWidth === 80")
    expect(image_button(connected)).to_have_count(1)
    connected.page.evaluate("delete window.shown")


def test_a_picture_in_a_link_has_its_button_and_the_link_works(connected: HaltPage, provider: ProviderServer) -> None:
    provider.files["/a.png"] = PNG
    show(connected, provider, f"[![badge]({address(provider)})]({address(provider, '/page')})")
    opened: list[str] = []
    connected.page.context.on("page", lambda page: opened.append(page.url))
    image_button(connected).click()
    expect(connected.body.get_by_role("img", name="badge")).to_be_visible()
    assert opened == []
    with connected.page.context.expect_page() as other:
        connected.body.get_by_role("img", name="badge").click()
    assert other.value.evaluate("window.opener") is None
    other.value.close()


TABLE = "| Name | Sum |\n|:--|--:|\n| Ann | 5 |\n| Bob | 2 |\n"
LINKS = "[one](https://bank.example@evil.example:8080/a 'bank.example') [two](mailto:ann@post.example)\n\nThe end."


def test_where_a_link_leads_is_seen_on_hover_and_on_focus(connected: HaltPage, provider: ProviderServer) -> None:
    page = connected.page
    show(connected, provider, LINKS)
    line = page.locator("#link-line")
    one, two = (connected.body.get_by_role("link", name=name) for name in ("one", "two"))
    expect(line).to_be_hidden()
    before = connected.button.bounding_box(), one.bounding_box()
    one.hover()
    expect(line).to_have_text("evil.example:8080")
    expect(line).to_be_in_viewport()
    assert (connected.button.bounding_box(), one.bounding_box()) == before, "something moved"
    two.hover()
    expect(line).to_have_text("ann@post.example")
    connected.body.get_by_text("The end.").hover()
    expect(line).to_be_hidden()
    connected.message.focus()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if two.evaluate("link => link === document.activeElement"):
            break
    expect(line).to_have_text("ann@post.example")
    page.keyboard.press("Shift+Tab")
    expect(line).to_have_text("evil.example:8080")
    connected.message.focus()
    expect(line).to_be_hidden()


def test_a_selection_is_copied_without_the_words_of_any_button(connected: HaltPage, provider: ProviderServer) -> None:
    """Only the author's own words, and no doubled ones."""
    text = f"# Title\n\nText ![a box]({address(provider)}) with [a link](https://a.example).\n\n{TABLE}\n- [x] done\n"
    show(connected, provider, text)
    said = copied_selection(connected)
    assert "Title" in said
    assert "Text a box with a link." in said
    assert "Name\tSum" in said
    for word in ("Copy", "CSV", "Load", "127.0.0.1", "a.example"):
        assert word not in said, said
    assert connected.stored_text() == text


def test_axe_finds_nothing_in_any_state_of_an_image(connected: HaltPage, provider: ProviderServer) -> None:
    provider.files |= {"/a.png": PNG, "/b.png": Answer(body="<svg/>"), "/c.png": Answer(stall_after=1)}
    images = " ".join(f"![{name}]({address(provider, f'/{name}.png')})" for name in "abc")
    show(connected, provider, f"{images} [![d]({address(provider)})](https://a.example)\n\n{TABLE}")
    for name in "abc":
        connected.body.get_by_role("button", name=f"Load image from 127.0.0.1: {name}").click()
    expect(connected.body.get_by_role("img", name="a")).to_be_visible()
    expect(connected.body.get_by_role("link", name="Open it in a new tab")).to_be_visible()
    expect(image_button(connected, "Stop loading the image")).to_be_visible()
    connected.body.get_by_role("button", name="Copy as CSV").focus()
    assert findings(connected.page) == []
    image_button(connected, "Stop loading the image").click()


def test_nothing_is_wider_than_a_phone(connected: HaltPage, provider: ProviderServer) -> None:
    provider.files["/a.png"] = Answer(body=png(3000, 2000))
    connected.page.set_viewport_size({"width": 320, "height": 568})
    wide = "| " + " | ".join(f"column {n}" for n in range(20)) + " |\n|" + "---|" * 20 + "\n"
    show(connected, provider, f"![{'a long description ' * 9}]({address(provider)})\n\n{wide}\nend")
    image_button(connected).click()
    expect(connected.body.locator("img")).to_be_visible()
    assert connected.page.evaluate("[scroller.scrollWidth - scroller.clientWidth, scrollX]") == [0, 0]
    box = connected.body.locator("img").bounding_box()
    assert box
    assert box["width"] <= 320
