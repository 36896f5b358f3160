"""Records of contacts that are over, drafts that were left behind, and reading a record through."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from callcenter.domain.calendar.times import in_japan
from callcenter.domain.records.record_codes import Channel
from callcenter.domain.staff.roles import Role
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.records import consultations
from tests.integration.consoles import Console, Seat

PAPER = {"channel": "phone", "why": "paper", "on": "2026-11-24", "at": "16:50"}


@pytest.fixture
def supervisor(desk: Console) -> Seat:
    return desk.seat("tokatsu", role=Role.SUPERVISOR)


def begun(desk: Console, seat: Seat, *, hours_ago: float = 0) -> str:
    with desk.work() as session:
        now = desk.clock.now() - timedelta(hours=hours_ago)
        staff = session.get_one(Staff, seat.staff_id)
        draft = consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=staff.id, hint=None, now=now
        )
        consultations.save_draft(session, draft.id, 1, {"story": "残された話"}, by=staff, now=now)
        return draft.id


def last_act(desk: Console, record_id: str) -> str:
    with desk.work() as session:
        query = select(AuditEntry.action).where(AuditEntry.subject_id == record_id).order_by(AuditEntry.seq.desc())
        return session.scalars(query.limit(1)).one()


def acts(desk: Console, action: str) -> int:
    with desk.work() as session:
        return len(session.scalars(select(AuditEntry.seq).where(AuditEntry.action == action)).all())


# ---- written down afterwards


def test_a_call_taken_on_paper_keeps_its_own_day(desk: Console, seat: Seat) -> None:
    answer = seat.sends("/console/records/afterwards", PAPER, script=False)
    record_id = answer.location.rsplit("/", 1)[-1]
    with desk.work() as session:
        record = session.get_one(Consultation, record_id)
        assert (record.local_date, record.counsellor_id) == (date(2026, 11, 24), seat.staff_id)
        assert (f"{in_japan(record.opened_at):%H:%M}", record.entered_by) == ("16:50", seat.staff_id)
    assert acts(desk, "consultation.enter_afterwards") == 1
    page = seat.opens(f"/console/records/{record_id}")
    assert all(words in page.words for words in ("あとから記入(紙で受けた)", "11月24日(火)", "16:50"))
    assert seat.sends(f"/console/records/{record_id}/finish", next_step="").status_code == 422
    seat.saves(record_id, 1, next_step="未定")
    assert seat.sends(f"/console/records/{record_id}/finish").status_code == 204


@pytest.mark.parametrize("channel", ["mail", "visit", "window"])
def test_other_channels_are_written_down_alike(desk: Console, seat: Seat, channel: str) -> None:
    sent = PAPER | {"channel": channel, "why": "other_channel"}
    record_id = seat.sends("/console/records/afterwards", sent, script=False).location.rsplit("/", 1)[-1]
    with desk.work() as session:
        assert session.get_one(Consultation, record_id).channel == channel


@pytest.mark.parametrize(
    "field, sent",
    [
        ("on", {"on": "2026-12-01"}),
        ("on", {"on": "きのう"}),
        ("at", {"at": ""}),
        ("channel", {"channel": "fax"}),
        ("why", {"why": ""}),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_the_rest_stays(
    desk: Console, seat: Seat, field: str, sent: dict[str, str]
) -> None:
    answer = seat.sends("/console/records/afterwards", PAPER | sent, script=False)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    kept = {"on": "2026-11-24", "at": "16:50"} | sent
    assert all(f'value="{kept[name]}"' in answer.text for name in ("on", "at"))
    with desk.work() as session:
        assert session.scalars(select(Consultation)).all() == []


def test_a_supervisor_enters_a_colleagues_contact_and_a_counsellor_only_their_own(
    desk: Console, seat: Seat, supervisor: Seat
) -> None:
    page = supervisor.opens("/console/records/afterwards")
    assert "担当07" in page.words
    supervisor.sends("/console/records/afterwards", PAPER, script=False, who=seat.staff_id)
    with desk.work() as session:
        record = session.scalars(select(Consultation)).one()
        assert (record.counsellor_id, record.entered_by) == (seat.staff_id, supervisor.staff_id)
    assert seat.sends("/console/records/afterwards", PAPER, who=supervisor.staff_id).status_code == 409


# ---- left behind


def test_a_draft_whose_writer_has_gone_is_taken_up_by_a_supervisor(desk: Console, seat: Seat, supervisor: Seat) -> None:
    record_id = begun(desk, seat, hours_ago=5)
    page = supervisor.opens("/console/records/left-behind")
    assert ("離席したまま" in page.words, "残された話" in page.words) == (True, False)
    assert "残された書きかけ 1件" in supervisor.opens().words
    answer = supervisor.sends(f"/console/records/{record_id}/rescue", script=False)
    assert answer.location.endswith(record_id)
    with desk.work() as session:
        assert session.get_one(Consultation, record_id).counsellor_id == supervisor.staff_id
    assert last_act(desk, record_id) == "consultation.rescue"
    assert supervisor.opens("/console/records/left-behind").words.count("離席したままです") == 0


def test_it_may_be_given_to_a_colleague_who_then_finds_it_among_their_own(
    desk: Console, seat: Seat, supervisor: Seat
) -> None:
    record_id, other = begun(desk, seat, hours_ago=5), desk.seat("tanto11")
    supervisor.sends(f"/console/records/{record_id}/rescue", to=other.staff_id)
    assert f"/console/records/{record_id}" in other.opens().links
    assert f"/console/records/{record_id}" not in seat.opens().links


def test_a_draft_that_is_being_written_is_nobody_elses(desk: Console, seat: Seat, supervisor: Seat) -> None:
    record_id = begun(desk, seat)
    assert supervisor.sends(f"/console/records/{record_id}/rescue").status_code == 409
    assert desk.seat("tanto11").sends(f"/console/records/{record_id}/rescue").status_code == 403


def test_the_draft_of_an_ended_account_is_left_behind_at_once(desk: Console, seat: Seat, supervisor: Seat) -> None:
    begun(desk, seat)
    with desk.work() as session:
        session.get_one(Staff, seat.staff_id).active = False
    assert "アカウントが停止中です" in supervisor.opens("/console/records/left-behind").words


# ---- read through


def test_a_finished_record_is_read_through_until_it_is_corrected(desk: Console, seat: Seat, supervisor: Seat) -> None:
    record_id = begun(desk, seat)
    assert supervisor.sends(f"/console/records/{record_id}/review").status_code == 409
    seat.saves(record_id, 2, next_step="未定")
    seat.sends(f"/console/records/{record_id}/finish")
    assert supervisor.sends(f"/console/records/{record_id}/review").status_code == 204
    assert "統括が読みました・tokatsu" in seat.opens(f"/console/records/{record_id}").words
    assert seat.saves(record_id, 3, story="直した話").get_json()["kept"] == ["story"]
    assert "統括が読みました" not in seat.opens(f"/console/records/{record_id}").words
