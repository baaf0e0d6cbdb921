"""An image that was asked for comes whole, or with a sentence that says why not."""

from __future__ import annotations

import asyncio

import pytest

from halt.chat.image import LIMIT_BYTES, Image, ImageError, ImageRequest, media_type_of
from tests.servers import Answer, ProviderServer, SocketTransport

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def load(answer: Answer) -> Image | None:
    with ProviderServer() as server:
        server.files["/x"] = answer
        request = ImageRequest(SocketTransport(), f"http://127.0.0.1:{server.port}/x")
        try:
            return asyncio.run(request.load())
        finally:
            server.wait_no_connections()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg"),
        (b"GIF89a" + bytes(20), "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(20), "image/webp"),
        (b"\0\0\0\x1cftypavif" + bytes(20), "image/avif"),
    ],
)
def test_the_bytes_say_what_an_image_is_whatever_the_server_says(data: bytes, media_type: str) -> None:
    assert load(Answer(body=data, headers={"Content-Type": "text/html"})) == Image(data, media_type)


@pytest.mark.parametrize(
    "data", [SVG, b"<!doctype html><img src=x onerror=alert(1)>", b"", b"\x89PNG", b"RIFF\0\0\0\0WAVE"]
)
def test_what_is_no_raster_image_is_refused(data: bytes) -> None:
    assert media_type_of(data) is None
    with pytest.raises(ImageError, match=r"127\.0\.0\.1 sent is no PNG"):
        load(Answer(body=data, headers={"Content-Type": "image/png"}))


def test_a_status_is_said() -> None:
    with pytest.raises(ImageError, match=r"127\.0\.0\.1 answered 404 instead of an image"):
        load(Answer(status=404))


def test_too_large_an_image_is_not_loaded_to_its_end() -> None:
    with pytest.raises(ImageError, match="larger than 10 MB"):
        load(Answer(body=PNG + bytes(LIMIT_BYTES)))
    endless = Answer(raw=[PNG + bytes(1_000_000)] * 1000)
    with pytest.raises(ImageError, match="larger than 10 MB"):
        load(endless)


def test_a_connection_that_breaks_is_said() -> None:
    with pytest.raises(ImageError, match="broke"):
        load(Answer(cut_after=1, headers={"Content-Type": "image/png"}))


def test_a_host_that_does_not_answer_is_said() -> None:
    with ProviderServer() as server:
        port = server.port
    with pytest.raises(ImageError, match=r"127\.0\.0\.1 can't be reached"):
        asyncio.run(ImageRequest(SocketTransport(), f"http://127.0.0.1:{port}/x").load())


def test_an_abort_closes_the_connection() -> None:
    with ProviderServer() as server:
        server.files["/x"] = Answer(stall_after=1)

        async def load_and_abort() -> Image | None:
            request = ImageRequest(SocketTransport(), f"http://127.0.0.1:{server.port}/x")
            loading = asyncio.create_task(request.load())
            await asyncio.to_thread(server.wait_other_request)
            request.abort()
            return await loading

        assert asyncio.run(load_and_abort()) is None
        server.wait_no_connections()
