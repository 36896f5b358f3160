"""Who is on duty, what they are doing, and which supervisors listen to whose talk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import OfferState, Purpose
from callcenter.domain.duty.presence import TALKING, AwayReason, Work
from callcenter.domain.policy import Policy
from callcenter.domain.records.record_codes import Risk
from callcenter.domain.staff.roles import Contact
from callcenter.domain.talks.quality import Hearing
from callcenter.domain.talks.supervision import Mode
from callcenter.domain.talks.talk import Cut
from callcenter.models.staff.accounts import Staff
from callcenter.reports import levels
from callcenter.reports.levels import Level
from callcenter.services.talks import quality, roster
from callcenter.services.talks.roster import OnDuty, TalkFollower
from callcenter.ui.state_labels import AWAY, StateLabel, state_label

ORDER = (Work.ON_CALL, Work.CONNECTING, Work.OFFERED, Work.AVAILABLE, Work.WRAP_UP, Work.AWAY)
REASONS = AWAY | {AwayReason.BREATH: "一息(いのちの危険のあった電話のあと)"}
"""Why somebody is away, for those who lead the line."""


@dataclass(frozen=True)
class Follower:
    """A supervisor who listens to a talk."""

    offer_id: str
    call_id: str
    name: str
    mine: bool
    there: bool
    """Whether their leg is in the room yet."""
    mode: Mode
    tone: StateLabel
    settled: bool
    """Whether the room keeps them as they wish."""


@dataclass(frozen=True)
class Person:
    """Somebody on duty, and what they are doing."""

    staff_id: str
    name: str
    work: Work
    tone: StateLabel
    reason: str
    since: datetime
    level: Level | None
    """Set when it has gone on for longer than it should."""
    silent: bool
    """Their browser has not been heard of lately, so they cannot be rung."""
    call_id: str | None
    held: str
    """What keeps the caller waiting in this talk: 保留中, or 引きつぎの打ち合わせ中 while a colleague is asked."""
    held_since: datetime | None
    in_danger: bool
    """Whether the record of the talk says that a life is in danger at this moment."""
    hearing: Hearing | None
    """How well the two hear one another, where it is known."""
    cut: Cut | None
    """What will end the talk soon, whatever anybody does."""
    followers: tuple[Follower, ...]
    can_be_heard: bool
    """Whether the reader may begin to follow this talk."""


def followers(session: Session, me: Staff) -> tuple[Follower, ...]:
    """Return every supervisor who listens to a talk, the first one first."""
    return tuple(_follower(one, me) for one in roster.followers(session))


def _follower(found: TalkFollower, me: Staff) -> Follower:
    offer = found.offer
    mode = offer.mode or Mode.LISTEN
    return Follower(
        offer_id=offer.id,
        call_id=offer.call_id,
        name=found.name,
        mine=offer.staff_id == me.id,
        there=offer.state is OfferState.JOINED,
        mode=mode,
        tone=state_label(mode),
        settled=offer.mode_set is mode,
    )


def people(
    session: Session, me: Staff, following: tuple[Follower, ...], *, now: datetime, policy: Policy
) -> tuple[Person, ...]:
    """Return who is on duty, grouped by what they do, then by name."""
    there = [_person(me, one, following, now, policy) for one in roster.on_duty(session, now=now, policy=policy)]
    return tuple(sorted(there, key=lambda person: (ORDER.index(person.work), person.name)))


def _person(
    me: Staff,
    found: OnDuty,
    following: tuple[Follower, ...],
    now: datetime,
    policy: Policy,
) -> Person:
    row, talks = found.presence, found.presence.work in TALKING
    talk, call = (found.offer, found.call) if talks else (None, None)
    is_held = call is not None and talk is not None and call.held_at is not None and call.offer_id == talk.id
    since = row.since if talk is None or talk.claimed_at is None else talk.claimed_at
    answers = talk is not None and talk.purpose is Purpose.ANSWER and row.work is Work.ON_CALL
    return Person(
        staff_id=row.staff_id,
        name=found.name,
        work=row.work,
        tone=state_label(row.work),
        reason=REASONS[row.reason] if row.reason else "",
        since=since,
        level=levels.of_work(row.work, now - since, policy),
        silent=row.contact is Contact.BROWSER and not row.heard_within(now, policy.fresh_for),
        call_id=None if talk is None else talk.call_id,
        held=("引きつぎの打ち合わせ中" if call.consult_id else "保留中") if call is not None and is_held else "",
        held_since=call.held_at if call is not None and is_held else None,
        in_danger=talks and found.risk == Risk.IN_PROGRESS,
        hearing=quality.hearing_of(talk),
        cut=roster.cut_of(found, now=now),
        followers=tuple(one for one in following if talk is not None and one.call_id == talk.call_id),
        can_be_heard=answers and row.staff_id != me.id and not any(one.mine for one in following),
    )
