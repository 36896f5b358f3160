"""The only access to a case's consultations: what the wall inside its family lets be shown.

Every list of consultations of a case — history, card, timeline, counts, last contacts, follow-ups, cues of
candidates, print — begins with ``visible_consultations(speaker)`` and shows of each row the parts that
``visible_parts_of`` returns. The speaker comes from ``services.access.on_the_line`` on a record's page, and from
``reading_as`` on every page that is about a person or a case; the latter gives way to the one who is on the line at
that moment. No speaker, no rows. A single record is held back where it is opened, in ``consultations``.

Only ``whole_case`` passes the wall by: for what is bound to the case as such (the disclosure that a supervisor
answers for, retention, shredding), never for a list that is shown beside a call.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, exists, or_, select
from sqlalchemy.orm import Session

from callcenter.domain.cases.continuity import short_note
from callcenter.domain.cases.wall import CaseRisk, Part, ReasonNeeded, Speaker, may_name_person
from callcenter.domain.cases.wall import visible_parts as parts_surfacing
from callcenter.domain.records.record_codes import Risk
from callcenter.domain.staff.roles import NotAllowed
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Person
from callcenter.models.cases.family import ConsultationShare, WallOpening
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line, reach
from callcenter.services.records import consultations, prefill
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

LATEST = 50
"""Openings that are listed for those who look after them."""

CALM = (Risk.UNKNOWN, Risk.NONE)


# ---- from whose side it is read


def reading_as(session: Session, staff: Staff, person: Person) -> Speaker:
    """Return from whose side *staff* reads about *person*: one of the same case on the line comes first."""
    there = on_the_line.speaker_in_case(session, staff, person.case_id)
    return there if there is not None else Speaker(person.case_id, person.id)


# ---- what may surface


def visible_consultations(speaker: Speaker | None) -> Select[Consultation]:
    """Return the query of every consultation that may be shown to *speaker*, newest first.

    Their own, others' that share any part in the family, and all of the case once that was opened. It is
    open to further conditions; counts and last contacts are drawn from it too.
    """
    newest_first = select(Consultation).order_by(Consultation.opened_at.desc(), Consultation.id.desc())
    if speaker is None:
        return newest_first.where(Consultation.id.is_(None))
    own = Consultation.person_id == speaker.person_id
    if speaker.opened:
        return newest_first.where(or_(own, Consultation.case_id == speaker.case_id))
    shared = (Consultation.case_id == speaker.case_id) & exists().where(
        ConsultationShare.consultation_id == Consultation.id
    )
    return newest_first.where(shared if speaker.doubted else or_(own, shared))


def visible_parts_of(
    session: Session, speaker: Speaker | None, rows: Iterable[Consultation]
) -> dict[str, frozenset[Part]]:
    """Return by id which parts of *rows* may be shown; an empty set where not even the contact may."""
    found = list(rows)
    marked = shared_parts(session, [row.id for row in found])
    return {row.id: parts_surfacing(speaker, row.person_id, marked.get(row.id, ())) for row in found}


def shared_parts(session: Session, consultation_ids: Collection[str]) -> dict[str, set[Part]]:
    """Return which parts of these consultations are shared in the family."""
    query = select(ConsultationShare).where(ConsultationShare.consultation_id.in_(list(consultation_ids)))
    marked: dict[str, set[Part]] = {}
    for mark in session.scalars(query):
        marked.setdefault(mark.consultation_id, set()).add(mark.part)
    return marked


def history(
    session: Session,
    speaker: Speaker,
    *,
    by: Staff,
    now: datetime,
    beside: str | None = None,
    before: datetime | None = None,
) -> list[tuple[Consultation, frozenset[Part]]]:
    """Open what may be shown to *speaker*, newest first, twenty at a time (*before* goes on).

    Every opening is in the trail. *beside* is the record being written, which is left out.
    """
    query = visible_consultations(speaker).where(reach.records_allowed(by, now=now, beside=speaker))
    if beside is not None:
        query = query.where(Consultation.id != beside)
    if before is not None:
        query = query.where(Consultation.opened_at < before)
    session.flush()
    found = session.scalars(query.limit(consultations.EARLIER_AT_ONCE)).all()
    parts = visible_parts_of(session, speaker, found)
    for record in found:
        facts = {"beside": beside, "speaker": speaker.person_id, "parts": sorted(parts[record.id])}
        subject = Subject("consultation", record.id)
        audit.record(
            session, actor=staff_member(by.id), action="consultation.read", subject=subject, facts=facts, now=now
        )
    return [(record, parts[record.id]) for record in found]


def whole_case(case_id: str) -> Select[Consultation]:
    """Return the query of every consultation of a case, without the wall; see the head of this module."""
    newest_first = select(Consultation).order_by(Consultation.opened_at.desc(), Consultation.id.desc())
    return newest_first.where(Consultation.case_id == case_id)


def visible_people(session: Session, speaker: Speaker) -> list[Person]:
    """Return the people of the speaker's case who may be named to them, in the order they were added."""
    query = select(Person).where(Person.case_id == speaker.case_id, Person.merged_into_id.is_(None))
    people = session.scalars(query.order_by(Person.created_at, Person.id)).all()
    sharing = select(Consultation.person_id).join(
        ConsultationShare, ConsultationShare.consultation_id == Consultation.id
    )
    share = set(session.scalars(sharing.where(Consultation.case_id == speaker.case_id).distinct()))
    return [
        one for one in people if may_name_person(speaker, case_id=one.case_id, person_id=one.id, shares=one.id in share)
    ]


def is_hidden(session: Session, speaker: Speaker | None, person: Person | None) -> bool:
    """Return whether the wall hides *person* from *speaker*: same case, somebody else, nothing shared."""
    if speaker is None or person is None or person.case_id != speaker.case_id:
        return False
    return person.id not in {one.id for one in visible_people(session, speaker)}


def hidden_people(session: Session, staff: Staff) -> set[str]:
    """Return the ids of those who may not be named to the one on the line with *staff*."""
    hidden: set[str] = set()
    for speaker in on_the_line.speakers(session, staff).values():
        family = session.scalars(select(Person.id).where(Person.case_id == speaker.case_id))
        hidden |= set(family) - {one.id for one in visible_people(session, speaker)}
    return hidden


def risk_of(session: Session, case_id: str) -> CaseRisk | None:
    """Return the newest risk level in the case and its day, whoever's record it is from."""
    query = select(Consultation.risk, Consultation.local_date).where(
        Consultation.case_id == case_id, Consultation.risk.not_in([level.value for level in CALM])
    )
    found = session.execute(query.order_by(Consultation.opened_at.desc()).limit(1)).one_or_none()
    return CaseRisk(Risk(found.risk), found.local_date) if found else None


# ---- marks and openings


def share(
    session: Session,
    consultation_id: str,
    parts: Collection[Part],
    *,
    beside: Consultation | None = None,
    by: Staff,
    now: datetime,
) -> None:
    """Set which parts of a consultation are shared in the family; none removes every mark.

    Its own counsellor may, and a supervisor; and whoever writes a record *beside* it with the same person,
    as it is theirs to allow.
    """
    record = session.get(Consultation, consultation_id)
    if record is None:
        raise consultations.NoSuchConsultation
    if beside is None or beside.person_id is None or beside.person_id != record.person_id:
        consultations.lock_for_writing(session, consultation_id, by)
    on_the_line.check_record(session, by, record)
    wanted, marked = set(parts), shared_parts(session, [record.id]).get(record.id, set())
    if wanted == marked:
        return
    gone = delete(ConsultationShare).where(
        ConsultationShare.consultation_id == record.id, ConsultationShare.part.in_(marked - wanted)
    )
    session.execute(gone.execution_options(synchronize_session="fetch"))
    session.add_all(
        ConsultationShare(consultation_id=record.id, part=part, at=now, by_id=by.id) for part in wanted - marked
    )
    session.flush()
    facts = {"parts": sorted(part.value for part in wanted)}
    subject = Subject("consultation", record.id)
    audit.record(session, actor=staff_member(by.id), action="wall.share", subject=subject, facts=facts, now=now)


def open_for(session: Session, record_id: str, reason: str, *, by: Staff, now: datetime) -> None:
    """Open what others of the case said, for the record being written and for this counsellor alone.

    Raises ``ReasonNeeded``. It is over as soon as the record is finished. Opening twice is opening once.
    """
    record = consultations.lock_for_writing(session, record_id, by)
    speaker = on_the_line.speaker_of(session, record, by)
    if speaker is None or record.state is not ConsultationState.DRAFT:
        raise NotAllowed
    note = short_note(reason)
    if not note:
        raise ReasonNeeded
    if speaker.opened:
        return
    opening = WallOpening(
        id=new_id(),
        data_key=record.data_key,
        consultation_id=record.id,
        case_id=speaker.case_id,
        person_id=speaker.person_id,
        staff_id=by.id,
        at=now,
    )
    session.add(opening)
    opening.reason = note
    session.flush()
    prefill.prefill_from_person(session, record, now=now)  # what waited for it to be certain who this is
    facts = {"record": record.id, "person": speaker.person_id, "opening": opening.id}
    subject = Subject("case", speaker.case_id)
    audit.record(session, actor=staff_member(by.id), action="wall.open", subject=subject, facts=facts, now=now)


def close_for(session: Session, record_id: str, *, by: Staff, now: datetime) -> None:
    """Close again what this counsellor opened for the record being written. Closing twice is closing once."""
    record = consultations.lock_for_writing(session, record_id, by)
    mine = select(WallOpening).where(
        WallOpening.consultation_id == record.id, WallOpening.staff_id == by.id, WallOpening.closed_at.is_(None)
    )
    for opening in session.scalars(mine).all():
        opening.closed_at = now
        facts = {"record": record.id, "person": opening.person_id, "opening": opening.id}
        subject = Subject("case", opening.case_id)
        audit.record(session, actor=staff_member(by.id), action="wall.close", subject=subject, facts=facts, now=now)


def latest_openings(session: Session) -> Sequence[WallOpening]:
    """Return the latest openings with their reasons, newest first."""
    return session.scalars(
        select(WallOpening).order_by(WallOpening.at.desc(), WallOpening.id.desc()).limit(LATEST)
    ).all()
