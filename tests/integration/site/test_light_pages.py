"""The pages for very old telephones: small, of few tags, without scripts, and the whole of what the others say."""

from __future__ import annotations

import pytest

from callcenter.web.blueprint import light
from tests.integration.site.light import ALLOWED, FORBIDDEN, MOST, Tags
from tests.integration.site.pages import EASY, KANA, LIGHT, choose
from tests.pages import OpenSite


@pytest.mark.parametrize("choices", [{}, KANA, EASY], ids=["usual", "kana", "easy"])
@pytest.mark.parametrize("path", [*LIGHT, "/m/no-such-page"])
def test_a_light_page_is_small_and_of_few_tags(open_site: OpenSite, path: str, choices: dict[str, str]) -> None:
    site = open_site("2026-12-30T23:00", env="development")
    choose(site, **choices)
    page = site.get(path)
    found = Tags(page.text)
    assert found.tags - ALLOWED == set()
    assert FORBIDDEN & found.attributes == set()
    if not choices:
        assert len(page.data) <= MOST, path


def test_every_light_page_is_walked(open_site: OpenSite) -> None:
    rules = open_site().app.url_map.iter_rules()
    assert {rule.rule for rule in rules if rule.endpoint.startswith(f"{light.name}.")} == set(LIGHT)


@pytest.mark.parametrize(
    "at, words",
    [
        ("2026-11-26T14:00", "ただいま電話を受け付けています。 今日は午後5時までです。"),
        ("2026-11-26T23:00", "今日の電話の受付は終わりました。 次はあした(金)午前10時からです。"),
        ("2026-11-23T12:00", "今日は勤労感謝の日のためお休みです。 次はあした(火)午前10時からです。"),
    ],
)
def test_the_light_first_page_says_whether_the_line_is_open_and_when_next(
    open_site: OpenSite, at: str, words: str
) -> None:
    assert words in open_site(at).open("/m/").words


@pytest.mark.parametrize("path", LIGHT)
def test_who_reads_light_pages_stays_on_them(open_site: OpenSite, path: str) -> None:
    ours = [link for link in open_site().open(path).links if link.startswith("/")]
    assert ours
    assert [link for link in ours if not link.startswith("/m/")] in ([], ["/leaflet.pdf"])


def test_a_page_names_its_light_twin_and_one_without_a_twin_the_first_light_page(open_site: OpenSite) -> None:
    site = open_site()
    assert "/m/visit" in site.open("/visit").links
    assert "/m/" in site.open("/no-such-page").links


def test_the_address_without_its_last_stroke_leads_to_the_light_pages(open_site: OpenSite) -> None:
    assert open_site().open("/m").path == "/m/"
