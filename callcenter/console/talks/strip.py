"""The call strip: my ring, talk or wrap-up on every other page of the staff, as a script asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from sqlalchemy.orm import Session

from callcenter.console.blueprint import bp
from callcenter.console.talks import bar, following
from callcenter.console.talks.following import Following
from callcenter.context import ports, reading, settings
from callcenter.domain.access.permissions import Action
from callcenter.domain.calls.lifecycle import OPEN_OFFERS
from callcenter.domain.duty.presence import TALKING, Work
from callcenter.domain.policy import Policy
from callcenter.domain.staff.roles import Contact
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import availability
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.hints import Hint, hint_of
from callcenter.ui.state_labels import StateLabel, state_label


@dataclass(frozen=True)
class Leg:
    """My leg in the call that rings or runs; no name is shown away from the record."""

    id: str
    call_id: str
    key: Hint
    since: datetime
    """Since when the caller waits, or since when I talk with them."""
    asked_by: str | None
    """The colleague who asks me to take over, if it is not the caller who rings."""
    rings: bool
    mine: bool
    """Whether I lead the call, rather than being consulted."""
    consulting: bool
    held: bool
    muted: bool
    ending: bool


@dataclass(frozen=True)
class Strip:
    """What I am doing on the line."""

    now: datetime
    work: Work
    tone: StateLabel
    since: datetime
    by_phone: bool
    reachable: bool
    leg: Leg | None
    following: Following | None


@bp.get("/fragment/strip")
@staff_who_may(Action.ANSWER, quiet=True)
def strip() -> str:
    """Return the call strip; it is empty for whoever takes no calls."""
    with reading() as session:
        seen = build(session, myself(session), now=ports().clock.now(), policy=settings().policy)
    return render_template("console/talks/strip.html", strip=seen)


def build(session: Session, staff: Staff, *, now: datetime, policy: Policy) -> Strip | None:
    """Return what *staff* is doing on the line; None if they take no calls."""
    row = session.get(Presence, staff.id)
    followed = following.followed_talk(session, row)
    if row is None or (row.work in (Work.OFFLINE, Work.AWAY) and followed is None):
        return None
    offer = session.get(Offer, row.offer_id) if row.offer_id else None
    return Strip(
        now=now,
        work=row.work,
        tone=state_label(row.work),
        since=row.since,
        by_phone=row.contact is Contact.PHONE,
        reachable=availability.can_ring(row, now=now, policy=policy),
        leg=_leg(session, row, offer) if offer is not None else None,
        following=followed,
    )


def _leg(session: Session, row: Presence, offer: Offer) -> Leg | None:
    rings = offer.state in OPEN_OFFERS
    if not rings and row.work not in TALKING:
        return None
    call = session.get_one(Call, offer.call_id)
    return Leg(
        id=offer.id,
        call_id=call.id,
        key=hint_of(call.key),
        since=call.arrived_at if rings else offer.claimed_at or offer.rung_at,
        asked_by=bar.asked_by(session, offer),
        rings=rings,
        mine=call.offer_id == offer.id,
        consulting=call.consult_id is not None,
        held=call.held_at is not None,
        muted=offer.muted,
        ending=offer.ending,
    )
