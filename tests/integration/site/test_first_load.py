"""What the first page costs its reader: few bytes, nobody else's server, nothing that a cache may share."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.integration.site.pages import LIGHT, USUAL
from tests.pages import OpenSite

MOST = 60 * 1024
"""Bytes of the first load, compressed: page, styles, scripts and icons; there are no fonts of ours."""


def test_the_whole_first_load_of_the_first_page_is_small(open_site: OpenSite) -> None:
    site = open_site()
    page = site.get("/", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    text = gzip.decompress(page.data).decode()
    parts = set(re.findall(r'(?:href|src)="(/assets/[^"#]+)', text))
    assert {path.rsplit("/", 1)[1] for path in parts} == {"public.css", "public.js", "icons.svg", "favicon.svg"}
    sizes = {path: len(site.get(path, headers={"Accept-Encoding": "gzip"}).data) for path in parts}
    assert len(page.data) + sum(sizes.values()) <= MOST


@pytest.mark.parametrize("path", [*USUAL, *LIGHT])
def test_no_page_loads_anything_from_elsewhere(open_site: OpenSite, path: str) -> None:
    page = open_site().open(path)
    loaded = [given[name] for tag, given in page.reader.tags for name in ("src", "srcset", "data") if name in given]
    loaded += [given["href"] for tag, given in page.reader.tags if tag in {"link", "use", "image"}]
    assert [one for one in loaded if not one.startswith("/assets/")] == []


@pytest.mark.parametrize("path", [*USUAL, *LIGHT])
def test_no_shared_cache_keeps_a_page_and_none_is_kept_from_its_reader(open_site: OpenSite, path: str) -> None:
    headers = open_site().get(path).headers
    assert headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in headers["Vary"]
    assert "Set-Cookie" not in headers, "whoever only reads is given nothing to carry"
