"""What an auditor sees: every act, never what was said; and that the keeper of accounts sees no consultation."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest

from callcenter.domain.staff.roles import Role
from callcenter.jobs import audit_heads, heavy
from callcenter.models.keeping.retention import Purge
from callcenter.services.cases import cases
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.delivery import heavy_jobs
from callcenter.services.trail import audit_watch
from callcenter.services.trail.audit import OPERATOR
from tests.integration.consoles import Console, Seat

STORY = "昨日、父と話せた。"
NUMBER = "+819012345675"
NICKNAME = "ミナト"


@pytest.fixture
def auditor(desk: Console) -> Seat:
    """An auditor, after a call that was written up under a name."""
    with desk.work() as session:
        cases.open_case(session, NewCase(NewPerson(NICKNAME)), by=OPERATOR, now=desk.clock.now())
    seat = desk.seat()
    seat.takes_the_line()
    seat.is_rung_by(desk.line.dial(NUMBER))
    record = seat.answers()
    seat.saves(record, 1, story=STORY)
    seat.opens()
    seat.sends(f"/console/records/{record}/search", nickname_heard=NICKNAME)
    return desk.seat("kansa", role=Role.AUDITOR)


def test_the_trail_tells_who_did_what_and_never_what_was_said(auditor: Seat) -> None:
    page = auditor.opens("/admin/trail")
    for words in ("担当07", "記録に書いた", "名前で探した", "開いた", "書いた欄: 主なお話"):
        assert words in page.words
    for secret in (STORY, NICKNAME, NUMBER[3:]):
        assert secret not in page.response.text


def acts(seat: Seat, asked: str = "") -> list[str]:
    return re.findall(r'data-label="操作">([^<]+)<', seat.opens(f"/admin/trail{asked}").response.text)


def test_the_trail_is_narrowed_by_person_act_and_period(auditor: Seat) -> None:
    assert {"記録に書いた", "名前で探した"} <= set(acts(auditor))
    assert set(acts(auditor, "?group=search")) == {"名前で探した"}
    assert "アカウントをつくった" in acts(auditor, "?who=operator")
    assert "名前で探した" not in acts(auditor, "?who=operator")
    assert acts(auditor, "?from=2020-01-01&to=2020-01-02") == []
    assert auditor.get("/admin/trail?from=soon").status_code == 409


def test_the_trail_goes_on_to_older_entries(desk: Console, auditor: Seat) -> None:
    with desk.work() as session:
        for number in range(120):
            cases.open_case(session, NewCase(NewPerson(f"名前{number}")), by=OPERATOR, now=desk.clock.now())
    page = auditor.opens("/admin/trail")
    (older,) = [link for link in page.links if "before=" in link]
    assert auditor.opens(older).words != page.words


def test_the_history_of_settings_names_who_decided(desk: Console, auditor: Seat) -> None:
    with desk.app.app_context():
        audit_heads.note_policy()
        audit_heads.note_policy()  # nothing changed, so nothing is added
    page = auditor.opens("/admin/settings-history")
    assert page.words.count("運用の設定が変わった") == 1
    assert "受付終了後にお受けする時間: 15分" in page.words
    assert "drain" not in page.words
    assert "アカウントをつくった" in page.words
    assert "記録に書いた" not in page.words


def test_a_purge_is_proven_without_naming_anybody(desk: Console, auditor: Seat) -> None:
    assert "まだ、消した記録はありません。" in auditor.opens("/admin/purges").words
    now = desk.clock.now()
    with desk.work() as session:
        session.add(
            Purge(
                id_hash="f" * 64,
                subject_kind="case",
                record_class="phone",
                at=now,
                due_on=now.date(),
                consultations=3,
                people=2,
                incidents=0,
            )
        )
    page = auditor.opens("/admin/purges")
    assert "電話の記録" in page.words
    assert "3件" in page.words
    assert "2人" in page.words


def test_the_chain_is_checked_when_an_auditor_asks(desk: Console, auditor: Seat) -> None:
    page = auditor.opens("/admin/chain")
    assert "送り先が決まっていません" in page.words
    auditor.token = page.value("csrf_token")
    assert auditor.sends("/admin/chain/check", script=False).status_code == 303
    assert "確かめています。" in auditor.opens("/admin/chain").words
    with desk.app.app_context():
        heavy.hand_out(threading.Event())
    checked = auditor.opens("/admin/chain")
    assert "すべてつながっています" in checked.words
    assert "kansa" in checked.words


def test_a_walk_that_could_not_be_done_is_told_and_may_be_asked_for_again(
    desk: Console, auditor: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_job: object) -> str:
        raise ValueError

    auditor.token = auditor.opens("/admin/chain").value("csrf_token")
    auditor.sends("/admin/chain/check", script=False)
    with monkeypatch.context() as patched:
        patched.setitem(heavy.KINDS, audit_watch.CHECK, fails)
        for _ in range(heavy_jobs.TRIES):
            with desk.app.app_context():
                heavy.hand_out(threading.Event())
            desk.line.at(desk.clock.now() + timedelta(minutes=2))
    page = auditor.opens("/admin/chain")
    assert "終わりまで確かめられませんでした" in page.words
    auditor.token = page.value("csrf_token")
    auditor.sends("/admin/chain/check", script=False)
    assert "確かめています。" in auditor.opens("/admin/chain").words
    with desk.app.app_context():
        heavy.hand_out(threading.Event())
    assert "すべてつながっています" in auditor.opens("/admin/chain").words


def test_a_walk_shows_how_far_it_is(desk: Console, auditor: Seat) -> None:
    auditor.token = auditor.opens("/admin/chain").value("csrf_token")
    auditor.sends("/admin/chain/check", script=False)
    now = desk.clock.now()
    with desk.work() as session:
        (ticket,) = heavy_jobs.due(session, now=now)
        held = heavy_jobs.take(session, ticket.job_id, heavy.KINDS, now=now)
        assert held is not None
        assert heavy_jobs.advance(session, held, 12000, 34567, now=now)
    assert "34,567件のうち12,000件まで終わりました。" in auditor.opens("/admin/chain").words


def test_figures_are_counted_by_month(auditor: Seat) -> None:
    page = auditor.opens("/admin/figures")
    assert "2026年11月 1 0 0 0 0" in page.words  # the call is still going on
    assert "いちばん多いのは2026年11月の1件、うちお話ししたのは0件。" in page.words  # the same as a picture


def test_an_auditor_starts_at_the_trail_and_finds_nothing_of_a_caller_anywhere(auditor: Seat) -> None:
    assert auditor.get("/staff/").location.endswith("/admin/trail")
    for path in ("/console/", "/console/cases", "/console/events", "/reports/board", "/reports/readers"):
        assert auditor.get(path).status_code == 403, path
