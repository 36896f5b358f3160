"""Whom a member is joined to, and whether the wall inside that family stands before their mail just now."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.models.cases.cases import Person
from callcenter.models.members.accounts import MemberJoin
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line
from callcenter.services.cases import cases
from callcenter.services.cases.cases import NoSuchPerson


def standing(session: Session, member_id: str) -> MemberJoin | None:
    """Return the join in force, if the member is joined to anybody."""
    query = select(MemberJoin).where(MemberJoin.member_id == member_id, MemberJoin.parted_at.is_(None))
    return session.scalar(query)


def person_of(session: Session, member_id: str) -> Person | None:
    """Return the person the member is joined to; None if they are not, or the case was destroyed since."""
    join = standing(session, member_id)
    if join is None:
        return None
    try:
        return cases.get_person(session, join.person_id)
    except NoSuchPerson:
        return None


def is_walled(session: Session, staff: Staff, member_id: str) -> bool:
    """Return whether somebody else of the member's family is on the line with *staff*."""
    person = person_of(session, member_id)
    there = on_the_line.speaker_in_case(session, staff, person.case_id) if person is not None else None
    return there is not None and person is not None and there.is_walled_from(person.id)
