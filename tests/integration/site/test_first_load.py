"""What the first page costs its reader: few bytes, nobody else's server, nothing that a cache may share."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from callcenter.models.base import db
from callcenter.web import top
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


def test_of_many_readers_at_once_one_asks_the_database(open_site: OpenSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(top, "KEPT", 60.0)
    site, asked = open_site(), list[object]()
    with site.app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *statement: asked.append(statement))
    pages = [site.get("/").text]
    assert asked
    asked.clear()
    pages += [site.get("/").text for _ in range(10)]
    assert asked == []
    assert len(set(pages)) == 1
    assert top.HEARD in pages[0]


def test_what_is_kept_of_the_line_still_closes_on_time(open_site: OpenSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(top, "KEPT", 60.0)
    site = open_site("2026-11-26T16:59:59")
    assert "ただいま電話を受け付けています。" in site.open("/").words
    site.clock.at += timedelta(seconds=1)
    assert "今日の電話の受付は終わりました。" in site.open("/").words
