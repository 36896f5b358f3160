"""Opening a case, adding people to it, and finding them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.domain.names.nickname_cues import Cues
from callcenter.domain.records.record_codes import Relation
from callcenter.models.base import new_id
from callcenter.models.cases.cases import UNKNOWN, Case, Person
from callcenter.models.cases.family import Merge
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.records import Consultation
from callcenter.models.trail.audit import ActorKind
from callcenter.services.names import nickname_search, nicknames
from callcenter.services.names.nickname_search import Candidate
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject


class NoSuchPerson(HelplineError):
    """Raised when a person or their case does not exist."""

    message = "その方の記録が見つかりません。もう一度、名前で探してください。"


@dataclass(frozen=True)
class NewPerson:
    """A person to add, to be found again by *nickname*; all else may stay unknown."""

    nickname: str
    reading: str = ""
    relation: str = Relation.UNKNOWN
    age_band: str = UNKNOWN
    how_to_address: str | None = None
    last_contact_on: date | None = None
    """Known from before this system."""
    before: str | None = None
    """What records of before this system say of their talks."""


@dataclass(frozen=True)
class NewCase:
    """A case to open, with its first person."""

    person: NewPerson
    prefecture: str = UNKNOWN
    municipality: str = UNKNOWN
    opened_on: date | None = None
    summary: str | None = None
    demo: bool = False


def open_case(session: Session, new: NewCase, *, by: Actor, now: datetime) -> Person:
    """Open a case and return its first person; ``person.case`` is the case."""
    ring = ring_of(session)
    case = Case(
        id=new_id(),
        data_key=DataKey.fresh(ring),
        opened_on=new.opened_on or local_date(now),
        last_contact_on=new.person.last_contact_on,
        prefecture=new.prefecture,
        municipality=new.municipality,
        created_at=now,
        demo=new.demo,
        owner_id=by.id if by.kind is ActorKind.STAFF else None,
    )
    session.add(case)
    case.summary = new.summary
    audit.record(session, actor=by, action="case.open", subject=Subject("case", case.id), now=now)
    return add_person(session, case, new.person, by=by, now=now)


def add_person(session: Session, case: Case, new: NewPerson, *, by: Actor, now: datetime) -> Person:
    """Add a person to a case, with the nickname they are found by."""
    person = Person(
        id=new_id(),
        data_key=case.data_key,
        case=case,
        relation=new.relation,
        is_subject=new.relation == Relation.SELF,
        age_band=new.age_band,
        last_contact_on=new.last_contact_on,
        contact_before_on=new.last_contact_on,
        created_at=now,
    )
    session.add(person)
    person.how_to_address, person.before = new.how_to_address, new.before
    session.flush()
    facts = {"case": case.id, "relation": new.relation}
    audit.record(session, actor=by, action="person.add", subject=Subject("person", person.id), facts=facts, now=now)
    since = new.last_contact_on or case.opened_on
    nicknames.add_nickname(session, person, new.nickname, new.reading, by=by, now=now, since=since)
    return person


def search_and_audit(session: Session, text: str, cues: Cues, *, by: Actor, now: datetime) -> list[Candidate]:
    """Return the candidates for a nickname and cues, recorded in the trail."""
    found = nickname_search.search(session, text, cues)
    nickname_search.record_search(session, found, by=by, now=now)
    return found


def get_person(session: Session, person_id: str) -> Person:
    """Return the person, or ``NoSuchPerson``; a merged entry leads to the one it was merged into."""
    person = session.get(Person, person_id)
    while person is not None and person.merged_into_id is not None:
        person = session.get(Person, person.merged_into_id)
    if person is None or person.case.purged_at is not None:
        raise NoSuchPerson
    return person


def lock_case(session: Session, person: Person) -> None:
    """Lock the person's case until the end of the transaction, so that it is neither destroyed nor merged.

    Raises ``NoSuchPerson`` if somebody just did.
    """
    query = select(Case).where(Case.id == person.case_id).with_for_update(of=Case, key_share=True)
    case = session.scalar(query.execution_options(populate_existing=True))
    if case is None or case.purged_at is not None or case.merged_into_id is not None:
        raise NoSuchPerson


def refresh_last_contact(session: Session, person: Person) -> None:
    """Recompute the last contact of a person and their case from the linked consultations."""
    session.flush()
    before_us = select(Person.contact_before_on).where(Person.id.in_([person.id, *_taken_in(session, person.id)]))
    person.last_contact_on = _newest(_last_consultation(session, [person.id]), *session.scalars(before_us))
    people = session.scalars(select(Person).where(Person.case_id == person.case_id)).all()
    before = [other.contact_before_on for other in people]
    person.case.last_contact_on = _newest(_last_consultation(session, [other.id for other in people]), *before)
    session.flush()
    nicknames.update_recency(session, person)


def earlier_background(session: Session, person: Person) -> str:
    """Return the texts on earlier talks of this person, over all merged entries."""
    taken_in = select(Person).where(Person.id.in_(_taken_in(session, person.id))).order_by(Person.id)
    return "\n\n".join(one.before for one in [person, *session.scalars(taken_in)] if one.before)


def _taken_in(session: Session, person_id: str) -> list[str]:
    """Return the entries of the same person that were merged into this one, at any depth."""
    into = select(Merge.absorbed_person_id).where(Merge.kept_person_id == person_id, Merge.undone_at.is_(None))
    found = [one for one in session.scalars(into) if one is not None]
    return found + [deeper for one in found for deeper in _taken_in(session, one)]


def _last_consultation(session: Session, person_ids: Iterable[str]) -> date | None:
    query = select(func.max(Consultation.local_date)).where(Consultation.person_id.in_(list(person_ids)))
    return session.scalar(query)


def _newest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)
