"""Error pages of the public site, usual and light: what happened, and at least three ways on."""

from __future__ import annotations

import pytest
from flask import abort

from callcenter.ui import access
from tests.integration.site.light import ALLOWED, Tags
from tests.pages import ORIGIN, OpenSite, Site, read_page

HEADINGS = {
    404: "ページが見つかりませんでした。",
    405: "このページは、その開き方ではお使いになれません。",
    413: "送られたものが大きすぎました。",
    429: "今、たくさんの方が使っています。",
    500: "うまく動きませんでした。",
    503: "ただいま、つながりにくくなっています。",
}
STUMBLES = {"": "/stumbles", "/m": "/m/slips"}
"""Pages that stumble; no two are twins, or the one would lead to the other."""


@access.public
def stumbles(code: int) -> str:
    if code == 500:
        raise RuntimeError("a secret of the machine")
    abort(code)


@pytest.fixture
def site(open_site: OpenSite) -> Site:
    """A site with a page that answers with the error that is asked for."""
    site = open_site()
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    for below, path in STUMBLES.items():
        site.app.add_url_rule(f"{path}/<int:code>", f"stumbles{below}", stumbles)
    return site


@pytest.mark.parametrize("below", ["", "/m"])
@pytest.mark.parametrize("code", HEADINGS)
def test_an_error_says_what_happened_and_leads_on(site: Site, below: str, code: int) -> None:
    page = site.open(f"{STUMBLES[below]}/{code}")
    assert (page.status, page.heading) == (code, HEADINGS[code])
    assert {"tel:0120529528", f"{below}/", f"{below}/lines", "tel:119"} <= set(page.links)
    assert "月曜から金曜の10時から17時です" in page.words
    assert "secret" not in page.response.text
    assert site.dead_links(page) == []


@pytest.mark.parametrize("code", HEADINGS)
def test_an_error_of_a_light_page_is_light_too(site: Site, code: int) -> None:
    answer = site.get(f"{STUMBLES['/m']}/{code}")
    assert Tags(answer.text).tags - ALLOWED == set()
    assert len(answer.data) <= 4096


@pytest.mark.parametrize("path", ["/phone", "/m/phone"])
def test_a_page_that_is_only_read_refuses_to_be_sent_to_in_words(site: Site, path: str) -> None:
    page = read_page(path, site.reader.post(path, base_url=ORIGIN))
    assert (page.status, page.heading) == (405, HEADINGS[405])
    assert "GET" in page.response.headers["Allow"]


@pytest.mark.parametrize("path", ["/reading", "/m/phone"])
def test_an_endless_address_is_refused_before_anything_looks_at_it(site: Site, path: str) -> None:
    page = site.open(f"{path}?back={'x' * 5000}")
    assert (page.status, page.heading) == (413, HEADINGS[413])
