"""Who is on the line with a counsellor, and which records of that family stay shut meanwhile.

What a call's record was linked to once counts until the call is written up: unlinking it, or linking it to somebody
else, takes down no wall. Which people were named is read from the trail, which nobody can take back.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.domain.cases.wall import BehindTheWall, Speaker
from callcenter.domain.duty.presence import TALKING, Work
from callcenter.models.calls.calls import Offer, Presence
from callcenter.models.cases.cases import Person
from callcenter.models.cases.family import WallOpening
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry


def record_at_hand(session: Session, row: Presence | None) -> Consultation | None:
    """Return the record of the call this counsellor is in, or is still writing up."""
    if row is None or row.work not in (Work.OFFERED, *TALKING, Work.WRAP_UP):
        return None
    # The ids of offers rise even where a trial's clock was put back.
    mine = select(Offer.call_id).where(Offer.staff_id == row.staff_id, Offer.claimed_at.is_not(None))
    call_id = session.scalar(mine.order_by(Offer.id.desc()).limit(1))
    if row.work is Work.OFFERED and session.get_one(Offer, row.offer_id).call_id != call_id:
        return None  # another caller; one who was cut off comes back to the record that was being written
    record = session.scalar(select(Consultation).where(Consultation.call_id == call_id)) if call_id else None
    if record is None or record.state is not ConsultationState.DRAFT or record.counsellor_id != row.staff_id:
        return None
    return record


def is_running(session: Session, record: Consultation, staff: Staff) -> bool:
    """Return whether *record* is of the call that *staff* is talking in at this moment."""
    row = session.get(Presence, staff.id)
    here = record_at_hand(session, row) if row is not None and row.work in TALKING else None
    return here is not None and here.id == record.id


def speaker_of(session: Session, record: Consultation, staff: Staff) -> Speaker | None:
    """Return who speaks in *record*, as *staff* sees it; None until a person was chosen."""
    return _speaker(session, record, staff, _named(session, record)) if record.person_id is not None else None


def speakers(session: Session, staff: Staff) -> dict[str, Speaker]:
    """Return who is on the line with *staff*, by case.

    It is one person; another case is in it where the record at hand was linked to somebody there before.
    """
    record = record_at_hand(session, session.get(Presence, staff.id))
    return _speakers(session, record, staff) if record is not None else {}


def speaker_in_case(session: Session, staff: Staff, case_id: str) -> Speaker | None:
    """Return who of a case is on the line with *staff*: as the record at hand says, or as it said before."""
    return speakers(session, staff).get(case_id)


def is_shut(session: Session, staff: Staff, record: Consultation) -> bool:
    """Return whether *record* is of somebody else in the family of the person on the line.

    The record that is being written for them is never shut.
    """
    here = record_at_hand(session, session.get(Presence, staff.id)) if record.case_id is not None else None
    if here is None or here.id == record.id:
        return False
    there = _speakers(session, here, staff).get(record.case_id or "")
    return there is not None and there.is_walled_from(record.person_id)


def check_record(session: Session, staff: Staff, record: Consultation) -> None:
    """Raise ``BehindTheWall`` if *record* ``is_shut``."""
    if is_shut(session, staff, record):
        raise BehindTheWall


def check_person(session: Session, staff: Staff, person: Person) -> None:
    """Raise ``BehindTheWall`` if *person* is somebody else in the family of the person on the line."""
    there = speaker_in_case(session, staff, person.case_id)
    if there is not None and there.is_walled_from(person.id):
        raise BehindTheWall


def is_open(session: Session, record: Consultation, staff: Staff) -> bool:
    """Return whether *staff* has opened the wall for *record* and its present person, and is still writing it."""
    if record.state is not ConsultationState.DRAFT or record.person_id is None:
        return False
    query = (
        select(func.count())
        .select_from(WallOpening)
        .where(
            WallOpening.consultation_id == record.id,
            WallOpening.staff_id == staff.id,
            WallOpening.case_id == record.case_id,
            WallOpening.person_id == record.person_id,
            WallOpening.closed_at.is_(None),
        )
    )
    return bool(session.scalar(query))


def _speakers(session: Session, record: Consultation, staff: Staff) -> dict[str, Speaker]:
    named = _named(session, record)
    before: dict[str, list[str]] = {}
    for one in named:
        before.setdefault(one.case_id, []).append(one.id)
    found = {case_id: Speaker(case_id, ids[-1], doubted=len(set(ids)) > 1) for case_id, ids in before.items()}
    now = _speaker(session, record, staff, named)
    return found if now is None else found | {now.case_id: now}


def _speaker(session: Session, record: Consultation, staff: Staff, named: list[Person]) -> Speaker | None:
    if record.person_id is None or record.case_id is None:
        return None
    others = {one.id for one in named if one.case_id == record.case_id} - {record.person_id}
    return Speaker(record.case_id, record.person_id, is_open(session, record, staff), bool(others))


def _named(session: Session, record: Consultation) -> list[Person]:
    """Return the people a call's record was linked to while it was written, in that order."""
    if record.call_id is None or record.state is not ConsultationState.DRAFT:
        return []
    session.flush()
    links = select(AuditEntry.facts).where(
        AuditEntry.subject_id == record.id,
        AuditEntry.subject_kind == "consultation",
        AuditEntry.action == "consultation.link",
    )
    ids = [facts.get("to") for facts in session.scalars(links.order_by(AuditEntry.seq))]
    return [one for one in (_standing(session, person_id) for person_id in ids if person_id) if one is not None]


def _standing(session: Session, person_id: str) -> Person | None:
    """Return the entry of a person that was not merged into another."""
    person = session.get(Person, person_id)
    while person is not None and person.merged_into_id is not None:
        person = session.get(Person, person.merged_into_id)
    return person
