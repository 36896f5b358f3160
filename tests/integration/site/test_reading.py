"""読みやすくする: choices without scripts, and furigana over every word."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.integration.site.pages import EASY, GUIDES, KANA, MISSING, USUAL, body, choose
from tests.pages import OpenSite

KANJI = re.compile("[\u3400-\u9fff々〆]")
MOMENTS = ("2026-11-26T09:00", "2026-11-26T14:00", "2026-11-26T23:00", "2026-11-23T12:00", "2026-11-28T12:00")
HEADS = re.compile(r"<(header|svg|details|form)\b.*?</\1>|<a class=\"skip\".*?</a>", re.DOTALL)


def bare_kanji(page: str) -> set[str]:
    """Return what stands on a page without a reading; names in the head of every page are left out."""
    words = re.sub(r"<ruby>.*?</ruby>", "", HEADS.sub("", body(page)))
    return {part for part in re.split(r"<[^>]+>|[\s、。・]", unescape(words)) if KANJI.search(part)}


@pytest.mark.parametrize("choices", [KANA, EASY], ids=["kana", "easy"])
@pytest.mark.parametrize("at", [*MOMENTS, "2026-12-30T12:00", "2027-01-02T06:00"])
def test_no_word_of_a_public_page_is_without_its_reading(open_site: OpenSite, at: str, choices: dict[str, str]) -> None:
    site = open_site(at)
    choose(site, **choices)
    paths = [*USUAL, *(f"/m{path}" for path in GUIDES), *MISSING]
    assert {path: bare for path in paths if (bare := bare_kanji(site.get(path).text))} == {}


READINGS = (
    ("/", "<ruby>話<rp>(</rp><rt>はな</rt><rp>)</rp></ruby>してみませんか。"),
    ("/", "お<ruby>話<rp>(</rp><rt>はなし</rt><rp>)</rp></ruby>を"),
    ("/", "12<ruby>月<rp>(</rp><rt>がつ</rt><rp>)</rp></ruby><ruby>1日<rp>(</rp><rt>ついたち</rt><rp>)</rp></ruby>"),
    ("/", "(<ruby>月<rp>(</rp><rt>げつ</rt><rp>)</rp></ruby>)"),
    ("/", "お<ruby>休<rp>(</rp><rt>やす</rt><rp>)</rp></ruby>みの<ruby>日<rp>(</rp><rt>ひ</rt><rp>)</rp></ruby>でも"),
    (
        "/phone",
        "<ruby>声<rp>(</rp><rt>こえ</rt><rp>)</rp></ruby>を<ruby>出<rp>(</rp><rt>だ</rt><rp>)</rp></ruby>しにくい",
    ),
    ("/visit", "<ruby>行<rp>(</rp><rt>おこな</rt><rp>)</rp></ruby>います"),
    ("/visit", "<ruby>檜原村<rp>(</rp><rt>ひのはらむら</rt><rp>)</rp></ruby>"),
    ("/privacy", "35<ruby>日<rp>(</rp><rt>にち</rt><rp>)</rp></ruby>。"),
    ("/privacy", "<ruby>何<rp>(</rp><rt>なん</rt><rp>)</rp></ruby>のために"),
)


@pytest.mark.parametrize("path, ruby", READINGS, ids=[str(number) for number in range(len(READINGS))])
def test_a_word_with_two_readings_has_the_one_that_is_meant(open_site: OpenSite, path: str, ruby: str) -> None:
    site = open_site()
    choose(site, **KANA)
    assert ruby in site.get(path).text


def test_without_the_choice_there_are_no_furigana(open_site: OpenSite) -> None:
    assert "<ruby>" not in open_site().get("/").text


def test_one_choice_leaves_the_others_as_they_were(open_site: OpenSite) -> None:
    site = open_site()
    for choice in ({"size": "largest"}, {"theme": "dark"}, {"kana": "on"}):
        choose(site, **choice)
    tag = next(given for tag, given in site.open("/").reader.tags if tag == "html")
    assert (tag["data-size"], tag["data-theme"]) == ("largest", "dark")
    assert "<ruby>" in site.get("/").text


def test_the_choice_is_kept_in_a_sealed_cookie_that_names_nobody_and_no_script_reads(open_site: OpenSite) -> None:
    cookie = open_site().get("/reading?kana=on").headers["Set-Cookie"]
    assert cookie.startswith("__Host-reading=standard.auto.on.usual;")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_where_there_is_no_https_the_cookie_does_without(open_site: OpenSite) -> None:
    site = open_site(env="development", PUBLIC_BASE_URL="http://127.0.0.1")
    cookie = site.get("/reading?kana=on").headers["Set-Cookie"]
    assert cookie.startswith("reading=standard.auto.on.usual;")
    assert "Secure" not in cookie


@pytest.mark.parametrize("back", ["https://a.example/", "//a.example", "", "javascript:1"])
def test_a_choice_leads_back_to_our_own_pages_only(open_site: OpenSite, back: str) -> None:
    assert open_site().get("/reading", query_string={"back": back, "size": "large"}).headers["Location"] == "/"


def test_a_choice_that_does_not_exist_changes_nothing(open_site: OpenSite) -> None:
    site = open_site()
    choose(site, size="huge", kana="on.off", words="<b>")
    assert ("html", {"lang": "ja", "data-size": "standard", "data-theme": "auto"}) in site.open("/").reader.tags


def test_the_choices_of_a_light_page_lead_back_to_it(open_site: OpenSite) -> None:
    site = open_site()
    page = site.open("/m/visit")
    assert page.value("back") == "/m/visit"
    assert site.open("/reading?kana=on&back=/m/visit").path == "/m/visit"
    assert "ふりがなをとる" in site.open("/m/visit").words
