"""User numbers: given once, found again by their keyed hash, and given to nobody else when their member is gone."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.domain.members import user_numbers
from callcenter.models.members.accounts import Member, UserNumber
from callcenter.services.members.accounts import hashes


def give(session: Session, member: Member, made_up: Callable[[], str] = user_numbers.new) -> str:
    """Give *member* a number that nobody has or ever had, and return it."""
    while True:
        number = made_up()
        if _was_given(session, number):
            continue
        row = UserNumber(number_hash=hashes.of_number(session, number)[0], member_id=member.id)
        try:
            with session.begin_nested():  # somebody else may be given the same in this very moment
                session.add(row)
        except IntegrityError:
            continue
        member.number = number
        return number


def find(session: Session, number: str) -> Member | None:
    """Return the member with that number, as ``user_numbers.read`` returns it."""
    query = select(Member).join(UserNumber, UserNumber.member_id == Member.id)
    return session.scalar(query.where(UserNumber.number_hash.in_(hashes.of_number(session, number))))


def _was_given(session: Session, number: str) -> bool:
    given = UserNumber.number_hash.in_(hashes.of_number(session, number))
    return session.scalar(select(UserNumber.number_hash).where(given)) is not None
