"""What is kept from one call to the next: form of address, wishes, promises, caller code, usual counsellor."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.domain.cases.continuity import (
    CODE_DIGITS,
    LOOKED_AT,
    NoCodeLeft,
    NothingPromised,
    PromiseEnd,
    Wish,
    easily_mistyped,
    short_note,
    usual_counsellor,
)
from callcenter.domain.cases.wall import Speaker
from callcenter.domain.records.record_codes import Channel
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Person
from callcenter.models.cases.continuity import CallerCode, CallerWish, Promise
from callcenter.models.cases.family import WallOpening
from callcenter.models.keys import DataKey, reseal
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import wall
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

TRIES = 20
"""Chances that a random number is free while most are not."""

# ---- how to meet them


def set_how_to_address(session: Session, person: Person, text: str, *, by: Staff, now: datetime) -> None:
    """Set how the person is best addressed."""
    note = short_note(text) or None
    if note != person.how_to_address:
        person.how_to_address = note
        _note(session, person.id, "person.address", by, now)


def wishes(session: Session, person_id: str) -> Sequence[CallerWish]:
    """Return the wishes in force, oldest first."""
    query = select(CallerWish).where(CallerWish.person_id == person_id, CallerWish.ended_at.is_(None))
    return session.scalars(query.order_by(CallerWish.noted_at, CallerWish.id)).all()


def add_wish(session: Session, person: Person, wish: Wish, text: str = "", *, by: Staff, now: datetime) -> None:
    """Store a wish; the same one with the same words is stored once."""
    note = short_note(text) or None
    if any(one.wish == wish and one.note == note for one in wishes(session, person.id)):
        return
    row = CallerWish(
        id=new_id(), data_key=person.data_key, person_id=person.id, wish=wish, noted_at=now, noted_by=by.id
    )
    session.add(row)
    row.note = note
    session.flush()
    _note(session, person.id, "wish.add", by, now, wish=wish.value)


def end_wish(session: Session, person: Person, wish_id: str, *, by: Staff, now: datetime) -> None:
    """End a wish."""
    row = session.get(CallerWish, wish_id)
    if row is not None and row.person_id == person.id and row.ended_at is None:
        row.ended_at, row.ended_by = now, by.id
        _note(session, person.id, "wish.end", by, now, wish=row.wish)


# ---- what we promised


def promises(session: Session, person_id: str) -> Sequence[Promise]:
    """Return the person's open promises, the next one due first; those without a day come last."""
    query = select(Promise).where(Promise.person_id == person_id, Promise.settled_at.is_(None))
    return session.scalars(query.order_by(Promise.due_on.is_(None), Promise.due_on, Promise.id)).all()


def make_promise(
    session: Session,
    person: Person,
    text: str,
    *,
    due_on: date | None,
    owner: Staff,
    record: Consultation | None,
    by: Staff,
    now: datetime,
) -> Promise:
    """Store a promise that *owner* will see to; ``NothingPromised`` without words."""
    note = short_note(text)
    if not note:
        raise NothingPromised
    row = Promise(
        id=new_id(),
        data_key=person.data_key,
        person_id=person.id,
        consultation_id=record.id if record else None,
        owner_id=owner.id,
        due_on=due_on,
        made_at=now,
        made_by=by.id,
    )
    session.add(row)
    row.note = note
    session.flush()
    _note(session, person.id, "promise.make", by, now, promise=row.id, owner=owner.id)
    return row


def settle_promise(
    session: Session, person: Person, promise_id: str, end: PromiseEnd, *, by: Staff, now: datetime
) -> None:
    """End a promise as kept or dropped. Settling twice is settling once."""
    row = session.get(Promise, promise_id)
    if row is not None and row.person_id == person.id and row.settled_at is None:
        row.settled_at, row.settled_by, row.settled_as = now, by.id, end
        _note(session, person.id, "promise.settle", by, now, promise=row.id, end=end.value)


# ---- the number somebody may be known by


def code_of(session: Session, person_id: str) -> CallerCode | None:
    """Return the caller code in force, the newest where a merge brought two together."""
    query = select(CallerCode).where(CallerCode.person_id == person_id, CallerCode.withdrawn_at.is_(None))
    return session.scalars(query.order_by(CallerCode.given_at.desc()).limit(1)).first()


def person_by_code(session: Session, digits: str) -> str | None:
    """Return the person this caller code names as a candidate; it opens nothing."""
    query = select(CallerCode.person_id).where(CallerCode.digits == digits, CallerCode.withdrawn_at.is_(None))
    return session.scalar(query)


def give_code(session: Session, person: Person, *, by: Staff, now: datetime) -> CallerCode:
    """Give the person a new caller code in place of a former one; ``NoCodeLeft`` if all are in use."""
    withdraw_code(session, person, by=by, now=now)
    for digits in _free_codes(session):
        code = CallerCode(id=new_id(), person_id=person.id, digits=digits, given_at=now, given_by=by.id)
        try:
            with session.begin_nested():  # the database says who was first
                session.add(code)
        except IntegrityError:
            continue
        _note(session, person.id, "caller_code.give", by, now)
        return code
    raise NoCodeLeft


def withdraw_code(session: Session, person: Person, *, by: Staff, now: datetime) -> None:
    """Withdraw the person's caller code; somebody else may be given it one day."""
    live = select(CallerCode).where(CallerCode.person_id == person.id, CallerCode.withdrawn_at.is_(None))
    for code in session.scalars(live).all():
        code.withdrawn_at, code.withdrawn_by = now, by.id
        _note(session, person.id, "caller_code.withdraw", by, now)
    session.flush()


def _free_codes(session: Session) -> Iterable[str]:
    """Yield unused caller codes in random order, those never used first."""
    is_free = func.count(CallerCode.withdrawn_at) == func.count()
    had = dict(session.execute(select(CallerCode.digits, is_free).group_by(CallerCode.digits)).all())
    every = [f"{number:0{CODE_DIGITS}}" for number in range(10**CODE_DIGITS)]
    usable = [digits for digits in every if not easily_mistyped(digits)]
    never = [digits for digits in usable if digits not in had]
    again = [digits for digits in usable if had.get(digits)]
    for pool in (never, again):
        for _ in range(min(TRIES, len(pool))):
            yield secrets.choice(pool)


# ---- who they know here


def came_back(session: Session, record: Consultation, counsellor: Staff) -> Consultation | None:
    """Return the newest record of the same person that somebody else has begun since; it is not opened."""
    others = select(Consultation).where(
        Consultation.person_id == record.person_id,
        Consultation.id != record.id,
        Consultation.counsellor_id != counsellor.id,
        Consultation.opened_at > record.opened_at,
    )
    return session.scalar(others.order_by(Consultation.opened_at.desc()).limit(1))


def usual_counsellor_of(session: Session, person: Person, *, without: str | None = None) -> str | None:
    """Return the usual counsellor (いつもの担当): as named, else who answered most lately."""
    if person.usual_staff_id is not None:
        return person.usual_staff_id
    own = select(Consultation.counsellor_id).where(Consultation.person_id == person.id)
    if without is not None:
        own = own.where(Consultation.id != without)
    newest_first = own.order_by(Consultation.opened_at.desc(), Consultation.id.desc()).limit(LOOKED_AT)
    return usual_counsellor(session.scalars(newest_first).all())


def set_usual_counsellor(session: Session, person: Person, staff: Staff | None, *, by: Staff, now: datetime) -> None:
    """Set the person's usual counsellor; None leaves it to the records."""
    wanted = staff.id if staff else None
    if person.usual_staff_id != wanted:
        person.usual_staff_id = wanted
        _note(session, person.id, "person.usual", by, now, staff=wanted)


# ---- counts, each drawn through the wall


def count_earlier_talks(session: Session, speaker: Speaker, *, without: str) -> int:
    """Return how often this person has talked with us by telephone before (promise P7)."""
    own = select(func.count()).where(
        Consultation.person_id == speaker.person_id, Consultation.channel == Channel.PHONE, Consultation.id != without
    )
    return session.scalar(own) or 0


def count_visits(session: Session, speaker: Speaker) -> int:
    """Return how many visits took place, as far as the speaker's side may know."""
    held = wall.visible_consultations(speaker).where(
        Consultation.channel == Channel.VISIT, Consultation.state == ConsultationState.FINISHED
    )
    return session.scalar(select(func.count()).select_from(held.order_by(None).subquery())) or 0


# ---- keys and forgetting


def move_texts(session: Session, person_id: str, key: DataKey) -> None:
    """Seal everything noted about a person again with another case's key."""
    reseal(session.get_one(Person, person_id, populate_existing=True), key)
    noted: list[CallerWish | Promise] = [
        *session.scalars(select(CallerWish).where(CallerWish.person_id == person_id)),
        *session.scalars(select(Promise).where(Promise.person_id == person_id)),
    ]
    for row in noted:
        reseal(row, key)


def forget(session: Session, person_ids: Sequence[str], *, case_id: str) -> None:
    """Delete what was noted about these people, and the reasons for opening their case's wall."""
    for model in (CallerWish, Promise, CallerCode):
        session.execute(delete(model).where(model.person_id.in_(person_ids)))
    session.execute(update(WallOpening).where(WallOpening.case_id == case_id).values(reason_sealed=None))


def _note(session: Session, person_id: str, action: str, by: Staff, now: datetime, **facts: str | None) -> None:
    subject = Subject("person", person_id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)
