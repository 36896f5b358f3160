"""Opening what one may not: a reason, half an hour, a supervisor who reads it within five business days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.access.break_glass import LASTS, ReasonMissing, ReasonTooLong, ReviewVerdict
from callcenter.domain.staff.roles import NotAllowed, NotYours, Role
from callcenter.models.access import ReasonedAccess
from callcenter.models.cases.cases import Case
from callcenter.models.delivery.notices import Notice
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.access import break_glass
from callcenter.services.access.break_glass import NoSuchAccess, NothingToOpen, NotYourOwn, Target
from callcenter.services.access.reach import AccessDenied
from callcenter.services.cases import linking, shredding
from callcenter.services.records import consultations
from callcenter.services.trail import readers
from callcenter.services.trail.audit import OPERATOR
from tests.integration.people import NOW, draft_of, member, person_called

REASON = "担当が休みで、続きの電話がかかってきた。"
A_FRIDAY_LATER = date(2026, 11, 30)
"""Five business days after Friday 2026-11-20: Monday is a holiday (勤労感謝の日)."""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The rules' SQL is tried on both databases in test_reach."""
    return sqlite_url


@pytest.fixture
def told(session: Session) -> Consultation:
    record = draft_of(session, member(session, "a"))
    linking.confirm_person(session, record.id, person_called(session, "ミナト").id, by=record.counsellor, now=NOW)
    return record


@pytest.fixture
def reader(session: Session) -> Staff:
    return member(session, "b")


@pytest.fixture
def chief(session: Session) -> Staff:
    return member(session, "chief", Role.SUPERVISOR)


def opened(session: Session, told: Consultation, reader: Staff, reason: str = REASON) -> ReasonedAccess:
    access = break_glass.open_with_reason(session, Target("record", told.id), reason, by=reader, now=NOW)
    assert access is not None
    return access


def test_a_typed_reason_opens_one_record_for_half_an_hour(session: Session, told: Consultation, reader: Staff) -> None:
    with pytest.raises(AccessDenied):
        consultations.read(session, told.id, by=reader, now=NOW)
    access = opened(session, told, reader)
    assert consultations.read(session, told.id, by=reader, now=NOW + LASTS - timedelta(seconds=1)) is told
    with pytest.raises(AccessDenied):
        consultations.read(session, told.id, by=reader, now=NOW + LASTS)
    assert access.reason == REASON
    assert REASON.encode() not in (access.reason_sealed or b"")
    session.commit()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "break_glass.open")).one()
    assert (entry.actor_id, entry.subject_id) == (reader.id, told.id)
    assert entry.facts == {"access": access.id, "minutes": 30, "review_due": "2026-11-30"}


def test_opening_reads_and_never_writes(session: Session, told: Consultation, reader: Staff) -> None:
    opened(session, told, reader)
    with pytest.raises(NotYours):
        consultations.save_draft(session, told.id, 1, {"story": "x"}, by=reader, now=NOW)


def test_a_record_opened_does_not_open_its_case_but_a_case_opens_its_records(
    session: Session, told: Consultation, reader: Staff
) -> None:
    opened(session, told, reader)
    case = Target("case", told.case_id or "")
    assert not break_glass.is_open_to(session, case, by=reader, now=NOW)
    other = member(session, "c")
    assert break_glass.open_with_reason(session, case, REASON, by=other, now=NOW) is not None
    assert consultations.read(session, told.id, by=other, now=NOW) is told


def test_asking_twice_and_asking_for_what_is_open_asks_nobody(
    session: Session, told: Consultation, reader: Staff, chief: Staff
) -> None:
    opened(session, told, reader)
    for who in (reader, told.counsellor, chief):
        assert break_glass.open_with_reason(session, Target("record", told.id), REASON, by=who, now=NOW) is None
    assert len(session.scalars(select(ReasonedAccess)).all()) == 1


@pytest.mark.parametrize(
    "reason, wrong",
    [("", ReasonMissing), ("   。。。。。。 ", ReasonMissing), ("はい", ReasonMissing), ("あ" * 501, ReasonTooLong)],
)
def test_without_a_reason_nothing_opens(
    session: Session, told: Consultation, reader: Staff, reason: str, wrong: type[Exception]
) -> None:
    with pytest.raises(wrong):
        break_glass.open_with_reason(session, Target("record", told.id), reason, by=reader, now=NOW)
    assert session.scalars(select(ReasonedAccess)).all() == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_no_glass_is_there_to_break_for_who_keeps_accounts_or_the_trail(
    session: Session, told: Consultation, role: Role
) -> None:
    with pytest.raises(NotAllowed):
        break_glass.open_with_reason(session, Target("record", told.id), REASON, by=member(session, "x", role), now=NOW)


def test_what_was_destroyed_cannot_be_opened(session: Session, told: Consultation, reader: Staff) -> None:
    case = session.get_one(Case, told.case_id)
    shredding.shred_case(session, case, by=OPERATOR, now=NOW)
    for target in (Target("case", case.id), Target("record", told.id), Target("record", "nowhere")):
        with pytest.raises(NothingToOpen):
            break_glass.open_with_reason(session, target, REASON, by=reader, now=NOW)


def test_every_supervisor_is_told_and_nobody_else(
    session: Session, told: Consultation, reader: Staff, chief: Staff
) -> None:
    member(session, "admin", Role.ADMINISTRATOR)
    access = opened(session, told, reader)
    notice = session.scalars(select(Notice)).one()
    assert (notice.staff_id, notice.subject_id, notice.by_id) == (chief.id, access.id, reader.id)
    break_glass.review(session, access.id, ReviewVerdict.IN_ORDER, "", by=chief, now=NOW)
    assert notice.seen_at == NOW


def test_a_review_is_due_after_five_business_days_and_counts_as_late_from_the_next(
    session: Session, told: Consultation, reader: Staff
) -> None:
    access = opened(session, told, reader)
    assert access.review_due_on in {A_FRIDAY_LATER, date(2026, 11, 27)}  # the holidays are shipped or not
    due = access.review_due_on
    assert due is not None
    assert break_glass.count_open_reviews(session, due) == (1, 0)
    assert break_glass.count_open_reviews(session, due + timedelta(days=1)) == (1, 1)
    assert [one.id for one in break_glass.awaiting_review(session)] == [access.id]


def test_a_supervisor_reviews_once_with_a_verdict(
    session: Session, told: Consultation, reader: Staff, chief: Staff
) -> None:
    access = opened(session, told, reader)
    with pytest.raises(ReasonMissing):
        break_glass.review(session, access.id, ReviewVerdict.TALK, " ", by=chief, now=NOW)
    break_glass.review(session, access.id, ReviewVerdict.TALK, "来週、いっしょに話します。", by=chief, now=NOW)
    assert (access.verdict, access.note) == (ReviewVerdict.TALK, "来週、いっしょに話します。")
    assert break_glass.count_open_reviews(session, date(2027, 1, 1)) == (0, 0)
    with pytest.raises(NoSuchAccess):
        break_glass.review(session, access.id, ReviewVerdict.IN_ORDER, "", by=chief, now=NOW)


def test_nobody_reviews_themselves_nor_without_being_a_supervisor(
    session: Session, told: Consultation, reader: Staff
) -> None:
    access = opened(session, told, reader)
    with pytest.raises(NotAllowed):
        break_glass.review(session, access.id, ReviewVerdict.IN_ORDER, "", by=reader, now=NOW)
    reader.role = Role.SUPERVISOR  # promoted since
    with pytest.raises(NotYourOwn):
        break_glass.review(session, access.id, ReviewVerdict.IN_ORDER, "", by=reader, now=NOW)


def test_supervisors_see_who_opened_a_record_a_case_and_what_one_reader_opened(
    session: Session, told: Consultation, reader: Staff, chief: Staff
) -> None:
    opened(session, told, reader)
    consultations.read(session, told.id, by=reader, now=NOW)
    consultations.read(session, told.id, by=told.counsellor, now=NOW)
    session.commit()
    seen = readers.of_record(session, told, by=chief).entries
    assert [(one.reader, one.action, one.own) for one in seen] == [
        ("a", "consultation.read", True),
        ("b", "consultation.read", False),
        ("b", "break_glass.open", False),
    ]
    assert readers.of_case(session, told.case_id or "", by=chief).entries == seen
    day = date(2026, 11, 20)
    assert len(readers.of_reader(session, None, day, day, by=chief).entries) == 3
    assert len(readers.of_reader(session, None, day, day, by=chief, without_own=True).entries) == 2
    assert len(readers.of_reader(session, reader.id, day, day, by=chief).entries) == 2
    assert readers.of_reader(session, None, date(2026, 11, 21), day + timedelta(days=9), by=chief).entries == ()
    with pytest.raises(NotAllowed):
        readers.of_record(session, told, by=reader)
