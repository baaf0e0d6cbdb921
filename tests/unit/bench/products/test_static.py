"""What is static is served alike: compressed where that pays, and to be cached."""

from __future__ import annotations

import gzip
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bench.products.static import serving


def test_a_page_comes_compressed_and_cached(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>Here</p>", encoding="utf-8")
    (tmp_path / "package.whl").write_bytes(b"PK")
    with serving(tmp_path, "?provider=x") as url:
        assert url.endswith("/?provider=x")
        with urllib.request.urlopen(url) as response:  # noqa: S310 - our own address
            assert response.headers["Content-Encoding"] == "gzip"
            assert response.headers["Cache-Control"] == "max-age=600"
            assert gzip.decompress(response.read()) == b"<p>Here</p>"
        with urllib.request.urlopen(url.partition("?")[0] + "package.whl") as response:  # noqa: S310
            assert (response.headers["Content-Encoding"], response.read()) == (None, b"PK")


def test_who_only_asks_whether_a_page_is_there_is_told(tmp_path: Path) -> None:
    """As Halt's service worker does, which goes where nothing answers it."""
    (tmp_path / "index.html").write_text("<p>Here</p>", encoding="utf-8")
    with serving(tmp_path, "?provider=x") as url:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD")) as response:  # noqa: S310
            assert int(response.headers["Content-Length"]) > 0
            assert response.read() == b""
        for method in ("GET", "HEAD"):
            nothing = urllib.request.Request(url.partition("?")[0] + "nothing", method=method)  # noqa: S310
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(nothing)  # noqa: S310
