"""Demo data for a trial installation: accounts and invented callers, all marked as demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.hours import Calendar, windows
from callcenter.domain.calendar.times import at_japan, local_date
from callcenter.domain.records.record_codes import Channel, Novelty, Relation
from callcenter.domain.staff.roles import Contact, Role
from callcenter.models.cases.cases import Case, Person
from callcenter.models.staff.accounts import Staff
from callcenter.services.calendar import opening_hours
from callcenter.services.cases import cases, continuity, linking
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.moving.demo_stories import Character, Talk, characters
from callcenter.services.records import consultations
from callcenter.services.staff.accounts import NewStaff, add_staff
from callcenter.services.staff.passwords import hashed, made_up
from callcenter.services.trail.audit import Actor, staff_member

if TYPE_CHECKING:
    from argon2 import PasswordHasher

HANDSET = "+819000000002"
"""Nobody has this number and nobody can: should a trial ever reach a real line, it rings at no stranger's."""

GROUPS = 2
"""So short that one types it twenty times a day; the trial answers on its own machine only, and guesses are slowed."""

STAFF = (
    NewStaff("tanto01", "担当01", Role.COUNSELLOR, demo=True),
    NewStaff("tanto02", "担当02", Role.COUNSELLOR, demo=True),
    NewStaff("tokatsu", "統括01", Role.SUPERVISOR, demo=True),
    NewStaff("kanri", "管理01", Role.ADMINISTRATOR, demo=True),
    NewStaff("kansa", "監査01", Role.AUDITOR, demo=True),
)
ON_THE_TELEPHONE = "tanto02"
LENGTH = timedelta(minutes=14)


@dataclass(frozen=True)
class SignIn:
    """A demo account with its password, which is shown this once."""

    name: str
    login: str
    password: str
    role: str
    phone: str | None

    def as_json(self) -> dict[str, str | None]:
        return asdict(self)

    def __repr__(self) -> str:
        return f"SignIn({self.login})"


def seed(session: Session, *, by: Actor, now: datetime, hasher: PasswordHasher | None = None) -> list[SignIn]:
    """Fill an empty installation and return the sign-ins; one that holds anybody is left as it is."""
    if session.scalar(select(Staff.id).limit(1)) or session.scalar(select(Case.id).limit(1)):
        return []
    sign_ins, staff = [], dict[str, Staff]()
    for new in STAFF:
        password = made_up(GROUPS)
        kept = hashed(password, hasher, shortest=len(password))
        account = staff[new.login] = add_staff(session, new, kept, by=by, now=now)
        if new.login == ON_THE_TELEPHONE:
            account.phone, account.contact = HANDSET, Contact.PHONE  # past the check that it is a real telephone
        sign_ins.append(SignIn(new.name, new.login, password, new.role.value, account.phone))
    _tell_stories(session, {1: staff["tanto01"], 2: staff["tanto02"]}, now)
    return sign_ins


def _tell_stories(session: Session, counsellors: dict[int, Staff], now: datetime) -> None:
    """Create every invented talk in its order, as the console would have."""
    known: dict[Character, Person] = {}
    for moment, character, talk in sorted(_talks(session, now), key=lambda happening: happening[0]):
        counsellor = counsellors[talk.by]
        first = character not in known
        if first:
            known[character] = _meet(session, character, known, by=staff_member(counsellor.id), now=moment)
        _hold(session, character, talk, known[character], first=first, counsellor=counsellor, now=moment)
    for character, person in known.items():
        _note_thread(session, character, person, counsellors[character.talks[-1].by], now)


def _note_thread(session: Session, character: Character, person: Person, by: Staff, now: datetime) -> None:
    """Store the wishes and the promise of an invented caller."""
    for wish in character.wishes:
        continuity.add_wish(session, person, wish, by=by, now=now)
    if character.promise:
        due_on = local_date(now) + timedelta(days=7)
        continuity.make_promise(
            session, person, character.promise, due_on=due_on, owner=by, record=None, by=by, now=now
        )


def _talks(session: Session, now: datetime) -> Iterator[tuple[datetime, Character, Talk]]:
    days = opening_hours.load(session)
    for character in characters():
        for talk in character.talks:
            yield _in_opening_hours(days, talk, now), character, talk


def _in_opening_hours(days: Calendar, talk: Talk, now: datetime) -> datetime:
    """Return the talk's moment, on the nearest earlier day on which the line was open then."""
    clock, day = time.fromisoformat(talk.at), local_date(now) - timedelta(days=talk.days_ago)
    while not any(clock in hours for hours in windows(days, day)):
        day -= timedelta(days=1)
    return at_japan(day, clock)


def _meet(
    session: Session, character: Character, known: dict[Character, Person], *, by: Actor, now: datetime
) -> Person:
    new = NewPerson(character.nickname, character.reading, character.relation, character.age, character.how_to_address)
    for other, person in known.items():
        if other.nickname == character.family_of:
            return cases.add_person(session, person.case, new, by=by, now=now)
    case = NewCase(new, character.prefecture, character.municipality, summary=character.summary, demo=True)
    return cases.open_case(session, case, by=by, now=now)


def _hold(
    session: Session, character: Character, talk: Talk, person: Person, *, first: bool, counsellor: Staff, now: datetime
) -> None:
    record = consultations.open_draft(
        session, call_id=None, channel=Channel.PHONE, counsellor_id=counsellor.id, hint=None, now=now
    )
    record.demo = True
    linking.link(session, record, person, counsellor, now)
    known_codes = {"caller_sex": character.sex, "caller_age": character.age, "prefecture": character.prefecture}
    if character.relation is Relation.SELF:
        known_codes |= {"subject_sex": character.sex, "subject_age": character.age}
    changes = {
        "nickname_heard": character.nickname,
        "first_or_repeat": Novelty.NEW if first else Novelty.REPEAT,
        "relation": character.relation,
        "municipality": character.municipality,
        **known_codes,
        **character.known,
        "main_topic": talk.topics[0],
        "topics": talk.topics,
        "outcomes": talk.outcomes,
        "story": talk.story,
        "background": talk.background,
        "response": talk.response,
        "next_step": talk.next_step,
    }
    consultations.save_draft(session, record.id, record.version, changes, by=counsellor, now=now + LENGTH)
    consultations.finish(session, record.id, by=counsellor, now=now + LENGTH)
