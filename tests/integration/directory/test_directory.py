"""Keeping the directory, and noting what a caller was told of."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from callcenter.domain.directory.helplines import shipped_helplines
from callcenter.domain.directory.institutions import Entry
from callcenter.domain.records.record_codes import Channel
from callcenter.domain.staff.roles import Role
from callcenter.models.directory import Institution, Referral
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.directory import institutions
from callcenter.services.records import consultations
from tests.integration.consoles import Console, Seat

FORM = {
    "name": "みなと居場所",
    "kind": "place_to_be",
    "number": "03-1111-2222",
    "hours": "平日",
    "topics": "loneliness",
}


@pytest.fixture
def chief(desk: Console) -> Seat:
    return desk.seat("tokatsu", role=Role.SUPERVISOR)


@pytest.fixture
def record(desk: Console, seat: Seat) -> str:
    with desk.work() as session:
        return consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=seat.staff_id, hint=None, now=desk.clock.now()
        ).id


def entry_of(desk: Console, slug: str) -> Institution:
    with desk.work() as session:
        return session.scalars(select(Institution).where(Institution.slug == slug)).one()


def test_what_is_shipped_is_there_and_is_shipped_once(desk: Console, seat: Seat) -> None:
    with desk.work() as session:
        assert institutions.store_shipped(session, shipped_helplines(), now=desk.clock.now()) == 0
        assert institutions.disagreements(session, shipped_helplines()) == []
    page = seat.opens("/console/directory")
    assert "よりそいホットライン" in page.words
    assert "最終確認: 5年以上前" in page.words  # 110, last looked up in July 2021


def test_a_counsellor_finds_by_reading_without_a_word_in_the_address(seat: Seat) -> None:
    answer = seat.sends("/console/directory", words="ちゃいるど")
    assert "チャイルドライン" in answer.text
    assert "よりそい" not in answer.text
    assert "見つかりませんでした。" in seat.sends("/console/directory", words="どこにもない").text


def test_an_entry_is_added_changed_checked_and_taken_out_with_its_history(desk: Console, chief: Seat) -> None:
    refused = chief.sends("/admin/directory/new", FORM | {"number": "だめ"}, script=False)
    assert refused.status_code == 422
    assert "電話番号は、数字と" in refused.text
    assert 'value="みなと居場所"' in refused.text
    chief.sends("/admin/directory/new", FORM, script=False)
    with desk.work() as session:
        row = session.scalars(select(Institution).where(Institution.name == "みなと居場所")).one()
    path = f"/admin/directory/{row.id}"
    chief.sends(path, FORM | {"version": "1", "number": "03-3333-4444"}, script=False)
    late = chief.sends(path, FORM | {"version": "1", "hours": "土日"}, script=False)
    assert "ほかの人が、この窓口を先に直しました。" in late.text
    assert 'value="土日"' in late.text
    chief.sends(path, script=False, what="retire")
    page = chief.opens(path)
    assert "03-1111-2222" in page.words
    assert "03-3333-4444" in page.words
    assert "一覧から外しています" in page.words
    assert "みなと居場所" not in desk.seat("tanto08").sends("/console/directory", words="みなと居場所").text
    chief.sends(path, script=False, what="back")
    with desk.work() as session:
        assert [one.version for one in institutions.history(session, row.id)] == [4, 3, 2, 1]
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == row.id)).all()
    assert set(acts) == {"institution.change"}


def test_checking_an_entry_takes_its_warning_away(desk: Console, chief: Seat) -> None:
    row = entry_of(desk, "police")
    assert "最終確認: " in chief.opens(f"/admin/directory/{row.id}").words
    chief.sends(f"/admin/directory/{row.id}", script=False, what="verify")
    assert "最終確認: " not in chief.opens(f"/admin/directory/{row.id}").words
    assert entry_of(desk, "police").verified_on == date(2026, 11, 25)


def test_a_new_shipped_table_reaches_what_nobody_edited(desk: Console, chief: Seat) -> None:
    row = entry_of(desk, "yorisoi")
    chief.sends(f"/admin/directory/{row.id}", script=False, what="verify")
    lines = [replace(line, hours="毎日") for line in shipped_helplines()]
    with desk.work() as session:
        institutions.store_shipped(session, lines, now=desk.clock.now())
    assert entry_of(desk, "police").hours == "毎日"
    assert entry_of(desk, "yorisoi").hours == "24時間"
    with desk.work() as session:
        assert institutions.disagreements(session, lines) == ["yorisoi"]  # doctor says so


def test_the_lines_at_hand_in_a_call_are_those_of_the_directory(desk: Console, chief: Seat, record: str) -> None:
    before = chief.opens(f"/console/records/{record}").words
    row = entry_of(desk, "yorisoi")
    assert f"{row.name} {row.number}" in before
    with desk.work() as session:
        staff = session.get_one(Staff, chief.staff_id)
        entry = replace(Entry.of(session.get_one(Institution, row.id)), number="0120-000-111")
        institutions.change(session, row.id, row.version, entry, verified=True, by=staff, now=desk.clock.now())
    assert f"{row.name} 0120-000-111" in chief.opens(f"/console/records/{record}").words
    with desk.work() as session:
        staff = session.get_one(Staff, chief.staff_id)
        institutions.retire(session, row.id, back=False, by=staff, now=desk.clock.now())
    assert f"{row.name} 0120" not in chief.opens(f"/console/records/{record}").words


def test_a_referral_outlives_edits_of_the_directory(desk: Console, seat: Seat, chief: Seat, record: str) -> None:
    row = entry_of(desk, "yorisoi")
    parts = [seat.sends(f"/console/records/{record}/referrals", institution=row.id, how="told").text for _ in "twice"]
    assert "よりそいホットライン" in parts[0]
    with desk.work() as session:
        by = session.get_one(Staff, chief.staff_id)
        entry = replace(Entry.of(row), name="新しい名前", number="0120-000-000")
        institutions.change(session, row.id, row.version, entry, verified=True, by=by, now=desk.clock.now())
        kept = session.scalars(select(Referral)).one()
        assert (kept.name, kept.number, kept.how.value) == ("よりそいホットライン", "0120-279-338", "told")
    page = seat.opens(f"/console/records/{record}")
    assert "0120-279-338" in page.words
    taken = re.search(r'action="(/console/records/\w+/referrals/\w+/take-back)"', page.response.text)
    assert taken is not None
    seat.sends(taken.group(1))
    with desk.work() as session:
        assert session.scalars(select(Referral)).all() == []


def test_nobody_notes_a_referral_on_the_record_of_another(desk: Console, seat: Seat, record: str) -> None:
    row, other = entry_of(desk, "yorisoi"), desk.seat("tanto08")
    assert other.sends(f"/console/records/{record}/referrals", institution=row.id, how="told").status_code == 409
    assert seat.sends(f"/console/records/{record}/referrals", institution="none", how="told").status_code == 409
    assert other.get("/admin/directory").status_code == 403
