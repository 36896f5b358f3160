"""The card of the person a record is about, with nothing of others behind the wall."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from callcenter.casefile import contacts
from callcenter.casefile.contacts import EarlierContact, EarlierContacts
from callcenter.casefile.words import Options, called, name_of, name_of_person
from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.continuity import MOST_VISITS, Wish, practice_words
from callcenter.domain.cases.linking import MergeKind
from callcenter.domain.cases.wall import CaseRisk, Part, Speaker
from callcenter.domain.codes import Code
from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.models.cases.cases import Case, Person
from callcenter.models.cases.family import Merge
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line
from callcenter.services.cases import cases, consents, continuity, merging, visit_counts, wall
from callcenter.services.records import consultations


@dataclass(frozen=True)
class Wished:
    """A wish of the person."""

    id: str
    label: str
    note: str | None


@dataclass(frozen=True)
class Promised:
    """A promise to the person."""

    id: str
    note: str
    owner: str
    due_on: date | None
    is_due: bool


@dataclass(frozen=True)
class Agreed:
    """A channel whose records may be joined with the others."""

    id: str
    channel: Code
    on: date


@dataclass(frozen=True)
class Joined:
    """A merge that can be undone, and what was written since."""

    id: str
    words: str
    at: datetime
    since: Options
    just_now: bool
    """Whether I did it beside the record at hand, where it can be taken back at once."""


@dataclass(frozen=True)
class Card:
    """The card's content."""

    person_id: str
    name: str
    relation: Code
    how_to_address: str | None
    last_contact_on: date | None
    """Known from before this system."""
    before: str
    """What the records of before this system say."""
    past: EarlierContacts
    practice: str | None
    """How often they have talked with us (promise P7)."""
    wishes: tuple[Wished, ...]
    promises: tuple[Promised, ...]
    visits_used: int
    risk: CaseRisk | None
    code: str | None
    """Their 呼び番号."""
    usual_id: str | None
    """The counsellor who was named as the usual one."""
    consents: tuple[Agreed, ...]
    merges: tuple[Joined, ...]
    family: Options
    """Others of the case who may be named beside them."""
    opened: bool
    may_open: bool
    """Whether the wall can be opened from here: while the record is being written."""
    certain: bool
    """Whether it is certain who of the family this is; what they told waits until then."""

    most_visits: int = MOST_VISITS

    @property
    def last_contact(self) -> EarlierContact | None:
        return next((one for one in self.past.entries if one.whose is None), None)

    @property
    def last_next_step(self) -> str:
        """Return the newest note for the next time, of their own."""
        return next((one.next_step for one in self.past.entries if one.next_step and one.whose is None), "")


def build(session: Session, record: Consultation, staff: Staff, *, now: datetime) -> Card | None:
    """Return the card; opening what the linked person told before is recorded in the trail."""
    person, speaker = record.person, on_the_line.speaker_of(session, record, staff)
    if person is None or speaker is None:
        return None
    code = continuity.code_of(session, person.id)
    return Card(
        person_id=person.id,
        name=called(person.nicknames[0].text) if person.nicknames else name_of(record),
        relation=Relation(person.relation),
        how_to_address=person.how_to_address if speaker.is_certain else None,
        last_contact_on=person.contact_before_on,
        before=cases.earlier_background(session, person) if speaker.is_certain else "",
        past=earlier_contacts(session, record, staff, now=now),
        practice=_practice(session, record, speaker),
        wishes=_wishes(session, person, speaker),
        promises=_promises(session, person, now) if speaker.is_certain else (),
        visits_used=_visits(session, person, speaker),
        risk=wall.risk_of(session, person.case_id),
        code=code.digits if code and speaker.is_certain else None,
        usual_id=person.usual_staff_id,
        consents=tuple(
            Agreed(one.id, Channel(one.channel), one.given_on) for one in consents.standing(session, person.id)
        ),
        merges=_merges(session, record, speaker, staff),
        family=tuple(
            (one.id, name_of_person(one)) for one in wall.visible_people(session, speaker) if one.id != person.id
        ),
        opened=speaker.opened,
        may_open=record.state is ConsultationState.DRAFT,
        certain=speaker.is_certain,
    )


def earlier_contacts(
    session: Session, record: Consultation, staff: Staff, *, now: datetime, before: datetime | None = None
) -> EarlierContacts:
    """Open what may be shown to the linked person's side, before this record or *before*, twenty at a time."""
    speaker = on_the_line.speaker_of(session, record, staff)
    if speaker is None:
        return EarlierContacts((), None)
    found = wall.history(session, speaker, by=staff, now=now, beside=record.id, before=before)
    older_before = found[-1][0].opened_at if len(found) == consultations.EARLIER_AT_ONCE else None
    shared = wall.shared_parts(session, [one.id for one, _ in found])
    entries = tuple(
        _shown(session, one, parts, speaker, frozenset(shared.get(one.id, ()))) for one, parts in found if parts
    )
    return EarlierContacts(entries, older_before)


def _shown(
    session: Session, record: Consultation, parts: frozenset[Part], speaker: Speaker, shared: frozenset[Part]
) -> EarlierContact:
    contact = contacts.earlier_contact(session, record)
    is_own = record.person_id == speaker.person_id
    return replace(
        contact,
        story=contact.story if Part.STORY in parts else "",
        response=contact.response if Part.RESPONSE in parts else "",
        next_step=contact.next_step if Part.NEXT_STEP in parts else "",
        topic=contact.topic if is_own else "",
        whose=None if is_own else name_of_person(record.person) if record.person else "ご家族",
        shared=shared,
        linked_later=is_own and record.linked_by not in (None, record.counsellor_id),
    )


def _practice(session: Session, record: Consultation, speaker: Speaker) -> str | None:
    if record.channel != Channel.PHONE or not speaker.is_certain:
        return None
    known = record.person is not None and record.person.contact_before_on is not None
    return practice_words(continuity.count_earlier_talks(session, speaker, without=record.id), known=known)


def _visits(session: Session, person: Person, speaker: Speaker) -> int:
    """Return the visits this side may know of, and those of the subject that outlived an earlier case."""
    before = visit_counts.used_before(session, person.case, person) if person.is_subject else 0
    return before + continuity.count_visits(session, speaker)


def _wishes(session: Session, person: Person, speaker: Speaker) -> tuple[Wished, ...]:
    """Return the wishes; what a note says waits until it is certain who is on the line."""
    standing = continuity.wishes(session, person.id)
    return tuple(Wished(one.id, Wish(one.wish).label, one.note if speaker.is_certain else None) for one in standing)


def _promises(session: Session, person: Person, now: datetime) -> tuple[Promised, ...]:
    today = local_date(now)
    return tuple(
        Promised(
            one.id,
            one.note or "",
            session.get_one(Staff, one.owner_id).name,
            one.due_on,
            one.due_on is not None and one.due_on <= today,
        )
        for one in continuity.promises(session, person.id)
    )


def _merges(session: Session, record: Consultation, speaker: Speaker, staff: Staff) -> tuple[Joined, ...]:
    """Return the merges that can be undone from here.

    Those of the case tell of others: they wait until the wall was opened, but for what was just done from here.
    """

    def is_just_now(merge: Merge) -> bool:
        return merge.by_id == staff.id and merge.at >= record.opened_at

    def may_show(merge: Merge) -> bool:
        return merge.kind is MergeKind.PEOPLE or speaker.opened or is_just_now(merge)

    found = merging.undoable_merges(session, record.person) if record.person is not None else ()
    return tuple(
        Joined(one.id, _joined_words(session, one), one.at, _since(session, one), is_just_now(one))
        for one in found
        if may_show(one)
    )


def _joined_words(session: Session, merge: Merge) -> str:
    if merge.kind is MergeKind.PEOPLE:
        return "もう1つの記録とまとめました"
    opened_on = session.get_one(Case, merge.absorbed_case_id).opened_on
    return f"{opened_on.month}月{opened_on.day}日からのケースとまとめました"


def _since(session: Session, merge: Merge) -> Options:
    since = merging.written_since(session, merge)
    written = ((one.id, f"{one.local_date.month}月{one.local_date.day}日の相談") for one in since.consultations)
    return (*written, *((one.id, f"{name_of_person(one)}(あとから加わった方)") for one in since.people))
