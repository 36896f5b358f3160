"""Single-use links in mails: whoever opens one has read the member's mailbox.

A token is derived from the member's data key and stored nowhere but as its hash, so a copy of the database opens
nothing, and a link dies with its member.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callcenter.crypto import derive_key
from callcenter.domain.errors import HelplineError
from callcenter.domain.members.threads import LASTS, LinkKind
from callcenter.models.base import new_id
from callcenter.models.keys import ring_of
from callcenter.models.members.accounts import Member, MemberLink

DIE_AT_SIGN_IN = (LinkKind.FIRST, LinkKind.RESET, LinkKind.DEVICE)
"""Who has signed in needs none of them any more; a new address is still to be confirmed."""

TOKEN_BYTES = 16
"""Not to be guessed, and short enough that its address stays in one line of a mail."""


class LinkOver(HelplineError):
    """Raised for a link that was used, is too old, or was followed by a newer one."""

    message = "このリンクは、もうお使いになれません。新しいメールが届いていれば、そちらのリンクをお使いください。"


def make(session: Session, member: Member, kind: LinkKind, *, now: datetime) -> MemberLink:
    """Make a link of *member*; older ones of its kind are worth nothing from now on."""
    lock(session, member)
    kill(session, member, kind, now=now)
    link = MemberLink(id=new_id(), member_id=member.id, kind=kind, made_at=now, until=now + LASTS[kind])
    link.token_hash = _hashed(_derived(session, member, link.id))
    session.add(link)
    session.flush()
    return link


def token_of(session: Session, member: Member, link: MemberLink) -> str:
    """Return the token of a link, to be mailed."""
    return _derived(session, member, link.id)


def find(session: Session, token: str, kind: LinkKind, *, now: datetime) -> tuple[Member, str]:
    """Return whose link it is, and its id, while it can be used, which looking does not change; ``LinkOver``."""
    query = select(Member, MemberLink.id).join(MemberLink, MemberLink.member_id == Member.id)
    usable = (MemberLink.used_at.is_(None), MemberLink.until > now)
    found = session.execute(query.where(MemberLink.token_hash == _hashed(token), MemberLink.kind == kind, *usable))
    row = found.one_or_none()
    if row is None:
        raise LinkOver
    return row[0], row[1]


def owner(session: Session, token: str, kind: LinkKind) -> Member | None:
    """Return whose link it is or was, for what was done by it already; it opens nothing."""
    query = select(Member).join(MemberLink, MemberLink.member_id == Member.id)
    return session.scalar(query.where(MemberLink.token_hash == _hashed(token), MemberLink.kind == kind))


def use(session: Session, token: str, kind: LinkKind, *, now: datetime) -> Member:
    """Use a link and return its member; of two who come at once one succeeds, the other gets ``LinkOver``."""
    usable = (MemberLink.used_at.is_(None), MemberLink.until > now)
    used = (
        update(MemberLink)
        .where(MemberLink.token_hash == _hashed(token), MemberLink.kind == kind, *usable)
        .values(used_at=now)
        .returning(MemberLink.member_id)
        .execution_options(synchronize_session=False)
    )
    member_id = session.scalar(used)
    if member_id is None:
        raise LinkOver
    return session.get_one(Member, member_id)


def kill(session: Session, member: Member, *kinds: LinkKind, now: datetime) -> None:
    """Make a member's links of those kinds worthless."""
    which = (MemberLink.member_id == member.id, MemberLink.kind.in_(kinds), MemberLink.used_at.is_(None))
    session.execute(update(MemberLink).where(*which).values(used_at=now).execution_options(synchronize_session=False))


def lock(session: Session, member: Member) -> None:
    """Hold back whoever else changes this account until the transaction ends."""
    session.get_one(Member, member.id, with_for_update={"of": Member}, populate_existing=True)


def _derived(session: Session, member: Member, link_id: str) -> str:
    key = derive_key(member.data_key.unwrap(ring_of(session)), "member links")
    return (
        base64.urlsafe_b64encode(hmac.new(key, link_id.encode(), hashlib.sha256).digest()[:TOKEN_BYTES])
        .decode()
        .rstrip("=")
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
