"""What a member told at the registration, as staff read it and as a record takes it over: always with its day.

It may have gone stale since: nobody asked them today. So a record marks it as taken over, and what somebody chose, or
what a joined person told later, stands before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.codes import AnyCode
from callcenter.domain.members.threads import Author
from callcenter.domain.places import Prefecture
from callcenter.domain.records.record_codes import AgeBand, Novelty, Period, Relation, Sex, age_band
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Message
from callcenter.models.records import UNKNOWN, Consultation
from callcenter.services.records import record_fields


@dataclass(frozen=True)
class Registration:
    """The registration in words; ages in years as they were on the day."""

    nickname: str = field(repr=False)
    relation: str
    prefecture: str
    age: int
    sex: str
    period: str
    subject_age: int | None
    subject_sex: str | None
    """None where it was not told."""
    told_on: date
    refused_at: datetime | None
    """When a notice could not be delivered for good; None once a later one was."""
    registered_on: date

    @classmethod
    def of(cls, member: Member) -> Registration:
        return cls(
            nickname=member.nickname or "",
            relation=_code(Relation, member.relation).label,
            prefecture=_code(Prefecture, member.prefecture).label,
            age=member.age,
            sex=_code(Sex, member.sex).label,
            period=_code(Period, member.period).label,
            subject_age=member.subject_age,
            subject_sex=None if member.subject_sex == UNKNOWN else _code(Sex, member.subject_sex).label,
            told_on=member.told_on,
            refused_at=member.mail_refused_at,
            registered_on=member.registered_on,
        )


def prefill(
    session: Session, record: Consultation, member: Member, *, taken_back: Collection[str] = (), now: datetime
) -> None:
    """Take over into *record* what was told at the registration, where nobody has chosen anything yet.

    *taken_back* are the fields that were taken over before the record was linked, or unlinked, just now.
    """
    found = {name: (value, member.told_on) for name, value in _told(member) if value != UNKNOWN}
    novelty = Novelty.REPEAT if _was_answered(session, member) else Novelty.NEW
    found["first_or_repeat"] = (novelty.value, record.local_date)
    taken = {name: one for name, one in found.items() if _is_open(record, name, taken_back)}
    if not taken:
        return
    for name, (value, _) in taken.items():
        record_fields.write(record, name, value, now=now)
    record.version += 1
    record.prefilled = record.prefilled | {name: day.isoformat() for name, (_, day) in taken.items()}
    record.field_versions = record.field_versions | dict.fromkeys(taken, record.version)
    session.flush()


def _was_answered(session: Session, member: Member) -> bool:
    replies = select(Message.id).where(Message.member_id == member.id, Message.author == Author.STAFF)
    return bool(session.scalar(select(replies.exists())))


def _is_open(record: Consultation, name: str, taken_back: Collection[str]) -> bool:
    untouched = name in taken_back or name not in record.field_versions
    return record_fields.current(record, name) == UNKNOWN and untouched


def _told(member: Member) -> Iterator[tuple[str, str]]:
    relation = _code(Relation, member.relation)
    yield "relation", relation.value
    yield "prefecture", _code(Prefecture, member.prefecture).value
    yield "period", _code(Period, member.period).value
    yield "caller_age", _band(member.age)
    yield "caller_sex", _code(Sex, member.sex).value
    is_subject = relation is Relation.SELF
    yield "subject_age", _band(member.age if is_subject else member.subject_age)
    yield "subject_sex", _code(Sex, member.sex if is_subject else member.subject_sex).value


def _band(age: int | None) -> str:
    return AgeBand.UNKNOWN.value if age is None or not 0 <= age <= record_fields.OLDEST else age_band(age).value


def _code(codes: type[AnyCode], code: str) -> AnyCode:
    """Return the code; one that an older list held is unknown."""
    return codes(code) if code in set(codes) else codes(UNKNOWN)
