"""Registering for mail consultation, and asking for the user number again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.members.registration import Profile, Registration
from callcenter.domain.members.threads import LinkKind
from callcenter.models.base import new_id
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.members.accounts import Member
from callcenter.models.trail.audit import ActorKind
from callcenter.services.members import mails
from callcenter.services.members.accounts import hashes, links, numbers
from callcenter.services.members.mails import MailKind
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Actor, Subject

MOST_OF_ONE_ADDRESS = 10
"""So many numbers are mailed at most when one is asked for; a mailbox is shared by a family, not by a town."""


def register(session: Session, given: Registration, *, now: datetime, demo: bool = False) -> Member:
    """Register somebody, who gets a user number and a mail with it and a link to the first consultation."""
    ring, told = ring_of(session), given.profile.about_oneself()
    member = Member(
        id=new_id(),
        data_key=DataKey.fresh(ring),
        registered_at=now,
        registered_on=local_date(now),
        address_hash=b"",
        ring_key_id=ring.current_id,
        resets_by_mail=True,
        notices=True,
        notice_links=True,
        named_subject=given.named_subject,
        demo=demo,
        **codes_of(told),
        told_on=local_date(now),
    )
    session.add(member)
    member.nickname = told.nickname
    set_address(session, member, given.address)
    session.flush()
    numbers.give(session, member)
    record(session, member, "member.register", now=now)
    mails.put_link(session, MailKind.NUMBER, links.make(session, member, LinkKind.FIRST, now=now), now=now)
    return member


def mail_number_again(session: Session, address: str, *, now: datetime) -> None:
    """Mail the user number to whoever is registered with that address; what is answered never tells whether one is.

    Who has written nothing yet gets a new link to the first consultation as well.
    """
    found = by_address(session, address)
    for member in found:
        mail_number(session, member, now=now)
    if not found:
        audit.record(session, actor=SYSTEM, action="member.ask_number", subject=Subject("member"), now=now)


def mail_number(session: Session, member: Member, *, now: datetime) -> None:
    """Mail one member their number, with a new link while they have no password."""
    record(session, member, "member.ask_number", now=now)
    if member.password_hash is None:
        mails.put_link(session, MailKind.NUMBER, links.make(session, member, LinkKind.FIRST, now=now), now=now)
    else:
        mails.put_number(session, member, now=now)


def by_address(session: Session, address: str) -> Sequence[Member]:
    """Return who is registered with that address, the newest first."""
    query = (
        select(Member)
        .where(Member.address_hash.in_(hashes.of_address(session, address)))
        .order_by(Member.registered_at.desc(), Member.id)
    )
    return session.scalars(query.limit(MOST_OF_ONE_ADDRESS)).all()


def set_address(session: Session, member: Member, address: str) -> None:
    """Store an address with its hash; that of the number comes along to the same key."""
    member.address = address
    hashes.renew(session, member)


def codes_of(told: Profile) -> dict[str, str | int | None]:
    """Return what is stored of a profile in the clear, by column."""
    return {
        "relation": told.relation,
        "prefecture": told.prefecture,
        "age": told.age,
        "sex": told.sex,
        "period": told.period,
        "subject_age": told.subject_age,
        "subject_sex": told.subject_sex,
    }


def record(session: Session, member: Member, action: str, *, now: datetime, **facts: str | int | list[str]) -> None:
    """Record what a member did to their own account."""
    actor, subject = Actor(ActorKind.MEMBER, member.id), Subject("member", member.id)
    audit.record(session, actor=actor, action=action, subject=subject, facts=facts, now=now)
