from __future__ import annotations

from datetime import date, datetime, time

import pytest

from callcenter.context import settings, unit_of_work
from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.duty.presence import Work
from callcenter.domain.phone_numbers import CallerKind
from callcenter.domain.staff.roles import Contact
from callcenter.models.calls.calls import Call, Presence
from callcenter.services.calendar import special_days
from callcenter.services.calls import crowd
from callcenter.services.duty import presence
from callcenter.web.top import HEARD
from ivr import words
from tests.integration.people import member
from tests.pages import OpenSite, Site


def add_special(site: Site, day: date, kind: SpecialKind, reason: str, **times: time) -> None:
    with site.app.app_context(), unit_of_work() as session:
        special = SpecialDay(kind, times.get("open_at"), times.get("close_at"), reason)
        special_days.decide(session, day, special, now=site.clock.now(), by=None)


def test_in_opening_hours_the_page_says_that_the_line_is_open_and_until_when(open_site: OpenSite) -> None:
    words_seen = open_site("2026-11-26T14:07").open("/").words
    assert "ただいま電話を受け付けています。 今日は午後5時までです。" in words_seen


@pytest.mark.parametrize(
    "at, band",
    [
        ("2026-11-26T09:59:59", "今日の受付は午前10時からです。 お待ちしています。"),
        ("2026-11-26T17:00", "今日の電話の受付は終わりました。 次はあした(金)午前10時からです。"),
        ("2026-11-27T17:00", "今日の電話の受付は終わりました。 次は11月30日(月)午前10時からです。"),
        ("2026-11-28T12:00", "土曜日と日曜日はお休みです。 次は11月30日(月)午前10時からです。"),
        ("2027-01-02T12:00", "12月29日から1月3日までお休みです。 次は1月4日(月)午前10時からです。"),
        ("2026-12-30T12:00", "12月29日から1月3日までお休みです。 次は2027年1月4日(月)午前10時からです。"),
    ],
)
def test_outside_opening_hours_the_page_says_why_and_when_next(open_site: OpenSite, at: str, band: str) -> None:
    assert band in open_site(at).open("/").words


def test_on_a_holiday_the_page_names_it(open_site: OpenSite) -> None:
    site = open_site("2026-11-23T11:00")
    seen = site.open("/").words
    assert "今日は勤労感謝の日のためお休みです。 次はあした(火)午前10時からです。" in seen


def test_on_a_special_closure_the_page_gives_the_reason(open_site: OpenSite) -> None:
    site = open_site("2026-11-26T11:00")
    add_special(site, date(2026, 11, 26), SpecialKind.CLOSED, "台風の影響")
    assert "台風の影響のため、今日の電話の受付はお休みします。 次はあした(金)" in site.open("/").words


def test_on_a_shortened_day_the_page_says_until_when(open_site: OpenSite) -> None:
    site = open_site("2026-11-26T11:00")
    add_special(site, date(2026, 11, 26), SpecialKind.PARTIAL, "大雪", close_at=time(15))
    assert "大雪のため、今日は午後3時までです。" in site.open("/").words
    assert "10時から15時" in site.open("/").words


def test_after_a_shortened_day_the_page_still_gives_the_reason(open_site: OpenSite) -> None:
    site = open_site("2026-11-26T15:00")
    add_special(site, date(2026, 11, 26), SpecialKind.PARTIAL, "大雪", close_at=time(15))
    assert "大雪のため、今日の電話の受付は終わりました。" in site.open("/").words


def test_on_a_day_that_opens_late_the_page_says_from_when(open_site: OpenSite) -> None:
    site = open_site("2026-11-26T11:00")
    add_special(site, date(2026, 11, 26), SpecialKind.PARTIAL, "点検", open_at=time(13))
    assert "点検のため、今日の受付は午後1時からです。" in site.open("/").words


def test_an_extra_opening_is_open(open_site: OpenSite) -> None:
    site = open_site("2026-11-28T13:00")
    add_special(site, date(2026, 11, 28), SpecialKind.EXTRA_OPEN, "", open_at=time(12), close_at=time(16))
    assert "臨時に受け付けています。今日は午後4時までです。" in site.open("/").words


def test_the_week_ahead_shows_open_and_closed_days(open_site: OpenSite) -> None:
    site = open_site("2026-11-20T09:00")
    seen = site.open("/").words
    assert "11月21日(土) お休み" in seen
    assert "11月23日(月) お休み 勤労感謝の日" in seen


def test_a_line_with_many_waiting_callers_is_shown_as_crowded(open_site: OpenSite) -> None:
    site = open_site()
    with site.app.app_context(), unit_of_work() as session:
        now = site.clock.now()
        session.add_all(a_waiting_call(number, now) for number in range(3))
        session.flush()
        assert crowd.is_crowded(session, now=now, policy=settings().policy) is True
    assert "こみ合っています" in site.open("/").words


def test_a_line_at_which_nobody_can_come_to_the_telephone_says_so(open_site: OpenSite) -> None:
    site = open_site()
    nobody = "いまは、相談員が電話に出られません"
    assert nobody in site.open("/").words
    with site.app.app_context(), unit_of_work() as session:
        now = site.clock.now()
        staff = member(session, "tanto01")
        row = presence.lock_or_create(session, staff, now=now)
        row.work, row.contact = Work.AWAY, Contact.PHONE
    assert nobody in site.open("/").words
    with site.app.app_context(), unit_of_work() as session:
        session.get_one(Presence, staff.id).work = Work.AVAILABLE
    assert "すぐつながりそうです" in site.open("/").words
    assert nobody not in open_site("2026-11-26T18:00").open("/").words


def a_waiting_call(number: int, now: datetime) -> Call:
    return Call(
        caller_sid=f"CA{number:032d}",
        state=CallState.WAITING,
        arrived_at=now,
        arrived_on=date(2026, 11, 26),
        waiting_since=now,
        last_news_at=now,
        caller_kind=CallerKind.WITHHELD,
    )


def test_the_number_can_be_dialled_from_the_page(open_site: OpenSite) -> None:
    page = open_site().open("/")
    assert "tel:0120529528" in page.links
    assert "0120-529-528" in page.words


def test_the_page_promises_no_free_call(open_site: OpenSite) -> None:
    seen = open_site().open("/").words
    assert "電話代や通信費は、ご利用の方のご負担になります。" in seen
    assert "通話料無料" not in seen


def test_what_the_page_says_will_be_heard_is_what_the_line_says() -> None:
    assert words.A01.text.format(service=words.SERVICE) + words.A04.text == HEARD


@pytest.mark.parametrize("path", ["/", "/staff/login", "/no-such-page"])
def test_no_link_leads_nowhere(open_site: OpenSite, path: str) -> None:
    site = open_site()
    assert site.dead_links(site.open(path)) == []


@pytest.mark.parametrize("path", ["/", "/staff/login", "/no-such-page"])
def test_every_page_of_a_trial_is_marked(open_site: OpenSite, path: str) -> None:
    assert "試験用" in open_site(env="development").open(path).words


def test_a_page_in_production_is_not_marked_as_a_trial(open_site: OpenSite) -> None:
    assert "試験用" not in open_site().open("/").words


def test_every_public_page_names_the_numbers_for_danger_and_other_lines(open_site: OpenSite) -> None:
    page = open_site("2026-11-26T23:00").open("/no-such-page")
    assert {"tel:119", "tel:110", "tel:%237119", "tel:0120279338"} <= set(page.links)


def test_a_reader_may_ask_for_larger_letters_without_scripts(open_site: OpenSite) -> None:
    site = open_site()
    site.open("/reading?size=largest&back=/")
    page = site.open("/")
    assert ("html", {"lang": "ja", "data-size": "largest", "data-theme": "auto"}) in page.reader.tags


def test_choosing_colours_keeps_the_size(open_site: OpenSite) -> None:
    site = open_site()
    site.open("/reading?size=large&back=/")
    site.open("/reading?theme=dark&back=/")
    assert site.open("/").reader.tags[0][1] == {"lang": "ja", "data-size": "large", "data-theme": "dark"}


def test_an_unknown_size_is_the_usual_one(open_site: OpenSite) -> None:
    site = open_site()
    site.open("/reading?size=giant&back=/")
    assert site.open("/").reader.tags[0][1]["data-size"] == "standard"


def test_the_way_back_stays_on_this_site(open_site: OpenSite) -> None:
    answer = open_site().get("/reading?size=large&back=https://elsewhere.example/")
    assert answer.headers["Location"] == "/"


def test_a_visitor_gets_no_session(open_site: OpenSite) -> None:
    assert "Set-Cookie" not in open_site().get("/").headers


def test_the_first_page_is_light(open_site: OpenSite) -> None:
    site = open_site()
    page = site.open("/")
    assets = {link for link in page.links if link.startswith("/assets/")}
    assets |= {given["src"] for tag, given in page.reader.tags if tag == "script"}
    assets |= {given["href"].split("#")[0] for tag, given in page.reader.tags if tag == "use"}
    assert len(assets) <= 14
    sizes = [len(site.get(path, headers={"Accept-Encoding": "gzip"}).data) for path in assets]
    assert sum(sizes) + len(page.response.data) < 60_000
