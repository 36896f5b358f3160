"""The keyed hashes by which a member is found: of the user number and of the address.

Both of a member are under the key that ``Member.ring_key_id`` names, or under the ring's first; look-ups ask for every
key of the ring.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from callcenter.domain.members import addresses
from callcenter.models.keys import ring_of
from callcenter.models.members.accounts import Member, UserNumber

NUMBER = "user numbers"
ADDRESS = "member addresses"
"""What each hash is for; no key is used for two things."""


def of_number(session: Session, number: str) -> Sequence[bytes]:
    """Return the hashes of a user number as ``user_numbers.read`` returns it, that of the first key first."""
    return ring_of(session).blind_indexes(NUMBER, number)


def of_address(session: Session, address: str) -> Sequence[bytes]:
    """Return the hashes of a mail address, that of the first key first."""
    return ring_of(session).blind_indexes(ADDRESS, addresses.compared(address))


def renew(session: Session, member: Member) -> None:
    """Hash the number and the address of a member under the ring's first key; nothing changes the second time."""
    if (number := member.number) is not None:
        row = update(UserNumber).where(UserNumber.member_id == member.id)
        session.execute(row.values(number_hash=of_number(session, number)[0]))
    member.address_hash = of_address(session, member.address or "")[0]
    member.ring_key_id = ring_of(session).current_id
