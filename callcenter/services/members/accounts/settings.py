"""What a member changes themselves: what they told, mails and their address, and whether a password can be reset."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.members import addresses
from callcenter.domain.members.registration import Profile
from callcenter.domain.members.threads import LinkKind
from callcenter.domain.places import Prefecture
from callcenter.domain.records.record_codes import Period, Relation, Sex
from callcenter.models.members.accounts import Member
from callcenter.services.members import mails
from callcenter.services.members.accounts import links, registering
from callcenter.services.members.accounts.registering import record
from callcenter.services.members.mails import MailKind


def profile_of(member: Member) -> Profile:
    """Return what a member told, as of ``told_on``."""
    return Profile(
        relation=Relation(member.relation),
        nickname=member.nickname or "",
        prefecture=Prefecture(member.prefecture),
        age=member.age,
        sex=Sex(member.sex),
        period=Period(member.period),
        subject_age=member.subject_age,
        subject_sex=Sex(member.subject_sex),
    )


def tell_anew(session: Session, member: Member, told: Profile, *, now: datetime) -> None:
    """Change what a member told; it is of today then, also where nothing else changed."""
    told = told.about_oneself()
    before = profile_of(member)
    changed = [name for name in Profile.__dataclass_fields__ if getattr(told, name) != getattr(before, name)]
    for name, value in registering.codes_of(told).items():
        setattr(member, name, value)
    if "nickname" in changed:
        member.nickname = told.nickname
    member.told_on = local_date(now)
    record(session, member, "member.tell", fields=changed, now=now)


def choose_mails(
    session: Session, member: Member, *, notices: bool, links_in: bool, named: bool, now: datetime
) -> None:
    """Choose whether there are notices, whether they hold a link, and what their subject says."""
    member.notices, member.notice_links, member.named_subject = notices, links_in, named
    chosen = {"notices": notices, "links": links_in, "named": named}
    record(session, member, "member.set_mails", fields=[name for name, on in chosen.items() if on], now=now)


def choose_resets(session: Session, member: Member, allowed: bool, *, now: datetime) -> None:
    """Choose whether a forgotten password can be set anew by mail; links under way are worth nothing then."""
    member.resets_by_mail = allowed
    if not allowed:
        links.kill(session, member, LinkKind.RESET, now=now)
    record(session, member, "member.resets_on" if allowed else "member.resets_off", now=now)


def ask_address(session: Session, member: Member, address: str, *, now: datetime) -> None:
    """Begin to change the address: a link to the new one has to be used first."""
    links.lock(session, member)
    member.new_address = address
    record(session, member, "member.ask_address", now=now)
    mails.put_link(session, MailKind.ADDRESS, links.make(session, member, LinkKind.ADDRESS, now=now), now=now)


def confirm_address(session: Session, token: str, *, now: datetime) -> Member:
    """Use the link that was mailed to the new address, which becomes the member's; ``LinkOver``.

    Links that went to the old address are worth nothing from now on.
    """
    member = links.use(session, token, LinkKind.ADDRESS, now=now)
    links.lock(session, member)
    if member.new_address is None:
        raise links.LinkOver
    registering.set_address(session, member, member.new_address)
    member.new_address, member.mail_refused_at = None, None
    links.kill(session, member, *LinkKind, now=now)
    record(session, member, "member.set_address", now=now)
    return member


def drop_address(session: Session, member: Member, *, now: datetime) -> None:
    """Give up a change of the address that was not confirmed."""
    member.new_address = None
    links.kill(session, member, LinkKind.ADDRESS, now=now)
    record(session, member, "member.drop_address", now=now)


def same_address(member: Member, address: str) -> bool:
    """Return whether that is the member's address already."""
    return addresses.same(member.address or "", address)
