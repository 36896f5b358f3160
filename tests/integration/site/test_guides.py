"""What the public pages say, and that they lead on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import text

from callcenter.context import unit_of_work
from callcenter.domain.announcements.wording import Change
from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.domain.directory.institutions import Entry
from callcenter.domain.places import municipalities
from callcenter.services.announcements import changed_phrases
from callcenter.services.calendar import special_days
from callcenter.services.directory import institutions
from callcenter.ui.pages import WEATHER
from tests.integration.consoles import Console
from tests.integration.people import member
from tests.integration.site.pages import LIGHT, MISSING, USUAL, choose
from tests.pages import ORIGIN, OpenSite, Site, read_page


@pytest.mark.parametrize("path", [*USUAL, *LIGHT, *MISSING])
def test_no_link_of_a_public_page_leads_nowhere(open_site: OpenSite, path: str) -> None:
    site = open_site()
    assert site.dead_links(site.open(path)) == []


@pytest.mark.parametrize("path", [*USUAL, *LIGHT, *MISSING])
def test_every_public_page_names_the_danger_numbers_another_line_and_the_way_out(
    open_site: OpenSite, path: str
) -> None:
    page = open_site("2026-11-26T23:00").open(path)
    assert {"tel:119", "tel:110", "tel:%237119", "tel:0120279338", WEATHER} <= set(page.links)
    assert "見た記録は、お使いの機器に残ることがあります。" in page.words


@pytest.mark.parametrize("path", [*USUAL, *LIGHT])
def test_the_consultation_is_free_and_no_page_calls_the_call_free(open_site: OpenSite, path: str) -> None:
    seen = open_site().open(path).words
    assert "通話料無料" not in seen
    assert "電話は無料" not in seen
    if "相談は無料" in seen:
        assert "ご負担になります" in seen


def test_each_of_the_three_doors_of_the_first_page_leads_to_its_guide(open_site: OpenSite) -> None:
    assert {"tel:0120529528", "/phone", "/mail", "/visit"} <= set(open_site().open("/").links)


def test_the_guide_to_the_telephone_says_what_is_heard_and_that_nothing_need_be_pressed(desk: Console) -> None:
    page = read_page("/phone", desk.app.test_client().get("/phone", base_url=ORIGIN))
    assert "ご本人は1、ご家族などは2、声を出しにくいときは3を、押してください。" in page.words
    assert "何も押さなくても、相談員におつなぎします。" in page.words
    assert "番号をよくお確かめのうえ、おかけください。" in page.words
    assert "<audio" not in page.response.text


def test_where_somebody_has_recorded_the_greeting_it_can_be_listened_to(desk: Console) -> None:
    with desk.work() as session:
        by = member(session, "tanto01")
        sound = changed_phrases.store_recording(session, b"RIFF", "wav", 3.0, by=by.id, now=desk.clock.now())
        changed_phrases.change(session, "A01", Change(None, (), sound), by=by.id, now=desk.clock.now())
        changed_phrases.refresh_if_changed(session, 1)
    answer = desk.app.test_client().get("/phone", base_url=ORIGIN)
    assert "/audio/" in answer.text
    assert "<audio" not in desk.app.test_client().get("/m/phone", base_url=ORIGIN).text


@pytest.mark.parametrize("below", ["", "/m"])
def test_the_guide_to_writing_leads_to_registering_and_to_signing_in(site: Site, below: str) -> None:
    page = site.open(f"{below}/mail")
    assert {f"{below}/mail/register", f"{below}/mail/login"} <= set(page.links)


def test_people_are_told_before_they_register_to_let_our_mail_through(site: Site) -> None:
    assert "「hikikomori-tokyo.net」からのメールを受け取れるようにしてください。" in site.open("/mail").words


def test_a_telephone_is_offered_the_light_page_and_a_computer_is_not(site: Site) -> None:
    phone = {"User-Agent": "DoCoMo/2.0 P07A3(c500;TB;W24H15)"}
    computer = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0"}
    assert "古い携帯電話でうまく開かないときは、 軽いページ を" in site.open("/mail", headers=phone).words
    assert 'class="light-hint"' not in site.open("/mail", headers=computer).response.text


def test_a_visit_is_for_three_conditions_five_times_and_applied_for_at_the_municipality(site: Site) -> None:
    seen = site.open("/visit").words
    for words in ("義務教育を終えた15歳以上", "ご本人が都内にお住まい", "6か月以上続いている", "おひとり5回まで"):
        assert words in seen
    assert "ご紹介先によっては、費用がかかることがあります。" in seen
    assert "訪問を控えることがあります。" in seen
    assert "ご本人が伝えてよいと思う範囲が基本です。" in seen


def test_all_62_municipalities_stand_by_area_with_their_own_sites(site: Site) -> None:
    page = site.open("/visit")
    assert len(municipalities()) == 62
    assert all(place.name in page.words and place.official_url in page.links for place in municipalities().values())
    assert page.response.text.count("連絡先を確認しています") == 62
    assert [area in page.words for area in ("区部(23の区)", "多摩(30の市町村)", "島しょ(9の町と村)")] == [True] * 3


def test_the_picture_of_a_visit_has_its_words_beneath(site: Site) -> None:
    page = site.open("/visit")
    picture = next(given for tag, given in page.reader.tags if tag == "svg" and given.get("class") == "flow")
    assert picture["role"] == "img"
    assert picture["aria-describedby"] == "flow-words"
    for step in (
        "窓口へ連絡",
        "お話をうかがう",
        "対象の確認",
        "訪問(5回まで)",
        "支援を考える",
        "関係機関のご紹介",
        "訪問の終わり",
    ):
        assert step in page.words


def listed(page_words: str) -> list[str]:
    """Return the names of lines on the page of other lines, as far as these tests ask for them, in their order."""
    names = ("よりそいホットライン", "いのちの電話(ナビダイヤル)", "東京自殺防止センター", "チャイルドライン")
    list_of_lines = page_words.split("いま、ほかに話せるところ", maxsplit=1)[0]
    return sorted((name for name in names if name in list_of_lines), key=list_of_lines.index)


def test_the_list_of_other_lines_begins_with_those_that_answer_now(open_site: OpenSite) -> None:
    at_noon, at_night = (open_site(at).open("/lines").words for at in ("2026-11-26T12:00", "2026-11-26T23:00"))
    assert listed(at_noon).index("いのちの電話(ナビダイヤル)") < listed(at_noon).index("東京自殺防止センター")
    assert listed(at_night).index("東京自殺防止センター") < listed(at_night).index("いのちの電話(ナビダイヤル)")
    assert listed(at_night)[0] == "よりそいホットライン"


def test_a_line_whose_hours_nobody_has_checked_is_on_no_page(open_site: OpenSite) -> None:
    site = open_site()
    assert "#いのちSOS" not in site.open("/lines").words + site.open("/").words


def test_a_line_says_when_it_was_checked_and_what_it_costs(site: Site) -> None:
    seen = site.open("/lines").words
    assert "2024年3月時点" in seen
    assert "通話料がかかります" in seen


def test_what_staff_correct_in_the_directory_is_on_the_page_at_once(site: Site) -> None:
    with site.app.app_context(), unit_of_work() as session:
        by, now = member(session, "tanto01"), site.clock.now()
        row = next(row for row in institutions.everything(session) if row.slug == "yorisoi")
        entry = replace(Entry.of(row), number="0120-000-000")
        institutions.change(session, row.id, row.version, entry, verified=True, by=by, now=now)
        gone = next(row for row in institutions.everything(session) if row.slug == "childline")
        institutions.retire(session, gone.id, back=False, by=by, now=now)
    seen = site.open("/lines").words
    assert "0120-000-000" in seen
    assert "2026年11月時点" in seen
    assert "チャイルドライン" not in listed(seen)


def test_the_privacy_notice_tells_the_periods_that_are_set_and_who_handles_calls(open_site: OpenSite) -> None:
    site = open_site(CALL_NUMBER_DAYS="12", PHONE_RECORD_YEARS="3", VISIT_RECORD_YEARS="4", TWILIO_LOG_DAYS="9")
    seen = site.open("/privacy").words
    for words in ("最後のご相談から3年", "終わってから4年", "12日。", "9日で消します", "Twilio", "米国", "35日。"):
        assert words in seen
    assert "例外" in seen
    assert "tel:0120529528" in site.open("/privacy").links


def test_without_a_database_the_public_pages_say_what_this_process_remembers(open_site: OpenSite) -> None:
    site = open_site("2026-11-26T11:00")
    with site.app.app_context(), unit_of_work() as session:
        special = SpecialDay(SpecialKind.PARTIAL, None, time(15), "大雪")
        special_days.decide(session, date(2026, 11, 26), special, now=site.clock.now(), by=None)
    assert "大雪のため、今日は午後3時までです。" in site.open("/").words
    lose_tables(site.app, "special_days", "holidays", "institutions", "leaflets")
    assert "大雪のため、今日は午後3時までです。" in site.open("/").words
    assert "大雪のため、今日は午後3時までです。" in site.open("/m/").words
    assert "0120-279-338" in site.open("/lines").words
    assert site.open("/leaflet").status == 200


def lose_tables(app: Flask, *names: str) -> None:
    with app.app_context(), unit_of_work() as session:
        for name in names:
            session.execute(text(f"ALTER TABLE {name} RENAME TO lost_{name}"))


@pytest.fixture
def site(open_site: OpenSite) -> Site:
    return open_site()


@pytest.mark.parametrize("path", ["/", "/phone", "/mail", "/visit"])
@pytest.mark.parametrize("below", ["", "/m"])
def test_easy_japanese_is_another_text_with_furigana_and_the_same_number(site: Site, path: str, below: str) -> None:
    usual = site.open(below + path).words
    choose(site, words="easy")
    page = site.open(below + path)
    assert page.words != usual
    assert "<ruby>" in page.response.text
    if path != "/mail":
        assert "tel:0120529528" in page.links
