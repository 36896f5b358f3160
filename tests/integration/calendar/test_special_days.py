"""Deciding about a day on a phone: three taps, nothing said that was not shown before, and a second person told."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from sqlalchemy import select

from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.domain.calendar.public_reason import UnspeakableReason, public_reason
from callcenter.domain.staff.roles import Role
from callcenter.models.calendar import SpecialDayRow
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.calendar import special_days
from tests.integration.consoles import Console, Seat
from tests.pages import Page

TODAY = date(2026, 11, 25)


@pytest.fixture
def supervisor(desk: Console) -> Seat:
    return desk.seat("tanto01", role=Role.SUPERVISOR)


def link(page: Page, words: str) -> str:
    """Return where the link with these words leads."""
    found = re.search(rf'href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?<span>{re.escape(words)}</span>', page.response.text)
    assert found is not None, words
    return found.group(1).replace("&amp;", "&")


def without_readings(page: Page) -> str:
    return re.sub(r"<rp>.*?</rp>|<rt>.*?</rt>|<[^>]+>", "", page.response.text)


def taps(seat: Seat, *words: str) -> Page:
    page = seat.opens("/admin/days")
    for one in words:
        page = seat.opens(link(page, one))
    return page


def confirm(seat: Seat, page: Page) -> Page:
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.response.text))
    seat.sends("/admin/days/decide", fields | {"csrf_token": seat.token}, script=False)
    return seat.opens("/admin/days")


def rows(desk: Console) -> list[SpecialDayRow]:
    with desk.work() as session:
        return list(session.scalars(select(SpecialDayRow).order_by(SpecialDayRow.decided_at)))


def test_a_day_off_is_three_taps_and_shows_its_words_before(desk: Console, supervisor: Seat) -> None:
    page = taps(supervisor, "今日は休み", "台風の影響")
    assert rows(desk) == []  # looking decides nothing
    assert "台風の影響で、今日の受付を、お休みしています。次は、" in without_readings(page)
    assert "台風の影響のため、今日の電話の受付はお休みします。" in page.words
    assert "次はあした(木)午前10時からです。" in page.words
    after = confirm(supervisor, page)
    assert "11月25日(水)は、一日お休み" in after.words
    assert desk.line.dial().verbs()[0] == "Say"
    assert "台風の影響" in supervisor.get("/").text


def test_closing_early_is_three_taps_too_and_only_hours_ahead_are_offered(desk: Console, supervisor: Seat) -> None:
    assert "14時まで" not in supervisor.opens("/admin/days").words
    page = taps(supervisor, "15時まで", "職員の研修")
    assert "今日の受付は、午後3時までといたしました" in without_readings(page)
    confirm(supervisor, page)
    assert [(row.kind, row.close_at, row.reason) for row in rows(desk)] == [("partial", time(15), "職員の研修")]


def test_a_disaster_is_closed_without_a_promise(desk: Console, supervisor: Seat) -> None:
    page = taps(supervisor, "今日は休み", "災害の影響")
    assert "まず、ご自分の身を、守ってください" in page.words
    confirm(supervisor, page)
    assert rows(desk)[0].disaster
    assert "次は" not in "".join(desk.line.dial().heard)


def test_taking_back_shows_what_comes_then_and_opens_the_line_at_once(desk: Console, supervisor: Seat) -> None:
    confirm(supervisor, taps(supervisor, "今日は休み", "停電"))
    page = taps(supervisor, "取り消す")
    assert "ただいま電話を受け付けています。" in page.words
    supervisor.sends(f"/admin/days/undo/{TODAY}", script=False)
    assert desk.line.dial().verbs() != ["Say"]
    assert "取り消しました" in supervisor.opens("/admin/days").words
    assert supervisor.sends(f"/admin/days/undo/{TODAY}", script=False).status_code == 409


def test_taking_back_an_early_end_says_that_the_line_goes_on(desk: Console, supervisor: Seat) -> None:
    asked = taps(supervisor, "15時まで")
    assert "「◯◯のため、今日の受付は午後3時までです」とお知らせします。" in asked.words
    confirm(supervisor, taps(supervisor, "15時まで", "台風の影響"))
    page = taps(supervisor, "取り消す")
    assert page.heading == "午後3時で終える予定を取り消しますか"
    assert "受付は午後5時まで続きます。" in page.words
    assert "受付が始まります" not in page.words


def test_those_who_wait_are_shown_with_what_they_will_hear(desk: Console, supervisor: Seat) -> None:
    desk.line.dial()
    page = taps(supervisor, "今日は休み", "停電")
    assert "いま待っている1人の方" in page.words
    assert "停電で、今日の受付を、ここまでといたします。" in page.words


def test_a_second_decision_for_the_same_day_takes_the_place_of_the_first(desk: Console, supervisor: Seat) -> None:
    confirm(supervisor, taps(supervisor, "16時まで", "停電"))
    page = taps(supervisor, "今日は休み", "大雪の影響")
    assert "の代わりになります" in page.words
    confirm(supervisor, page)
    assert [(row.kind, row.withdrawn_at is None) for row in rows(desk)] == [("partial", False), ("closed", True)]


def test_the_others_are_told_until_they_have_seen_it_and_who_decided_is_not(desk: Console, supervisor: Seat) -> None:
    other = desk.seat("tanto02", role=Role.SUPERVISOR)
    chief = desk.seat("tanto03", role=Role.ADMINISTRATOR)
    counsellor = desk.seat("tanto04")
    confirm(supervisor, taps(supervisor, "今日は休み", "停電"))
    assert supervisor.get("/admin/notices").text.strip() == ""
    for seat in (other, chief):
        assert "担当01が、「11月25日(水)は、一日お休み(停電)」に決めました。" in seat.get("/admin/notices").text
    assert counsellor.get("/admin/notices").status_code == 403
    seen = re.search(r'action="(/admin/notices/\w+/seen)"', other.get("/admin/notices").text)
    assert seen is not None
    chief.sends(seen.group(1))  # somebody else's notice is not theirs to put away
    assert "停電" in other.get("/admin/notices").text
    assert other.sends(seen.group(1)).status_code == 204
    assert other.get("/admin/notices").text.strip() == ""
    assert "停電" in chief.get("/admin/notices").text


def test_every_decision_is_in_the_trail_without_its_words(desk: Console, supervisor: Seat) -> None:
    confirm(supervisor, taps(supervisor, "15時まで", "停電"))
    supervisor.sends(f"/admin/days/undo/{TODAY}", script=False)
    with desk.work() as session:
        wanted = AuditEntry.action.like("special_day.%")
        trail = list(session.scalars(select(AuditEntry).where(wanted).order_by(AuditEntry.seq)))
    assert [(entry.action, entry.actor_id) for entry in trail] == [
        ("special_day.set", supervisor.staff_id),
        ("special_day.withdraw", supervisor.staff_id),
    ]
    assert trail[0].facts["close_at"] == "15:00"
    assert "停電" not in str(trail[0].facts)


@pytest.mark.parametrize(
    "sent, words",
    [
        ({"day": "", "what": "closed"}, "日を選んでください"),
        ({"day": "2026-11-24", "what": "closed"}, "過ぎた日は変えられません"),
        ({"day": "2026-11-30"}, "どのように変えるか"),
        ({"day": "2026-11-30", "what": "until", "to": "25:00"}, "時刻を、15:00 のように"),
        ({"day": "2026-11-29", "what": "extra", "from": "15:00", "to": "10:00"}, "終わりの時刻は、始まりより後"),
        ({"day": "2026-11-30", "what": "closed", "reason": "★祭り★"}, "「★」は、電話の声で読めません"),
    ],
)
def test_what_cannot_be_is_answered_kindly_and_keeps_what_was_typed(
    desk: Console, supervisor: Seat, sent: dict[str, str], words: str
) -> None:
    answer = supervisor.get("/admin/days/decide", query_string=sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert all(value in answer.text for value in sent.values())
    assert supervisor.sends("/admin/days/decide", sent, script=False).status_code == 422
    assert rows(desk) == []


def test_an_extra_opening_is_shown_as_it_begins_and_opens_the_line_then(desk: Console, supervisor: Seat) -> None:
    sent = {"day": "2026-11-28", "what": "extra", "from": "10:00", "to": "15:00"}
    assert "臨時に受け付けています。" in supervisor.get("/admin/days/decide", query_string=sent).text
    supervisor.sends("/admin/days/decide", sent, script=False)
    with desk.work() as session:
        assert special_days.lock_in_force(session, date(2026, 11, 28)) is not None


def test_administrators_decide_and_counsellors_do_not(desk: Console) -> None:
    assert desk.seat("tanto05", role=Role.ADMINISTRATOR).opens("/admin/days").status == 200
    assert desk.seat("tanto06").get("/admin/days").status_code == 403
    assert desk.seat("tanto07", role=Role.AUDITOR).get("/admin/days").status_code == 403


@pytest.mark.parametrize(
    "typed, kept", [("台風のため、", "台風"), (" 大雪で。", "大雪"), ("設備点検により", "設備点検")]
)
def test_a_reason_is_brought_into_the_sentence_it_is_spoken_in(typed: str, kept: str) -> None:
    assert public_reason(typed) == kept


@pytest.mark.parametrize("typed", ["", "のため", "あ" * 41, "台風/大雪", "台風 15号"])
def test_a_reason_that_nobody_could_hear_is_refused(typed: str) -> None:
    with pytest.raises(UnspeakableReason):
        public_reason(typed)


def test_two_who_decide_about_a_day_at_once_do_not_both(desk: Console) -> None:
    with desk.work() as session:
        closed = SpecialDay(SpecialKind.CLOSED, reason="停電")
        special_days.decide(session, TODAY, closed, now=desk.clock.now(), by=None)
        with pytest.raises(special_days.DayTaken):
            special_days.decide(session, TODAY, closed, now=desk.clock.now(), by=None)
    assert len(rows(desk)) == 1
