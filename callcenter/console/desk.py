"""The data of the desk's live parts; the page and the fragment are drawn from the same value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from callcenter.casefile.words import name_of
from callcenter.console import known
from callcenter.console.duty.after import AFTER_CHOICES, AWAY_CHOICES, After, after
from callcenter.console.known import Known
from callcenter.console.misuse import flagged
from callcenter.console.misuse.flagged import Flagged
from callcenter.console.talks import bar as talks
from callcenter.console.talks import following
from callcenter.console.talks.bar import Talk
from callcenter.console.talks.following import Following
from callcenter.context import settings
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.calendar.hours import State
from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls.lifecycle import OPEN_OFFERS
from callcenter.domain.codes import Code
from callcenter.domain.directory.helplines import shipped_helplines
from callcenter.domain.directory.institutions import Entry
from callcenter.domain.duty.presence import (
    KEYLESS_UNTIL_AWAY,
    PUT_AWAY,
    TALKING,
    AwayReason,
    Work,
    is_long_wrap_up,
)
from callcenter.domain.policy import Policy
from callcenter.domain.records.record_codes import Relation
from callcenter.domain.staff.roles import Contact
from callcenter.domain.talks import suggested_words
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line
from callcenter.services.calendar import opening_hours
from callcenter.services.calls import calls, pull, queue, reserved
from callcenter.services.calls.calls import DaySoFar
from callcenter.services.calls.pull import Pull
from callcenter.services.cases import wall
from callcenter.services.directory import institutions
from callcenter.services.duty import availability, care
from callcenter.services.duty.care import OpenHardCall
from callcenter.services.records import consultations, drafts
from callcenter.services.talks import ringing, roster
from callcenter.services.talks.roster import TalkCut
from callcenter.ui.hints import Hint, hint_of
from callcenter.ui.line_now import HoursLine, hours_line
from callcenter.ui.state_labels import AWAY, StateLabel, state_label

ORDER = (Work.ON_CALL, Work.CONNECTING, Work.OFFERED, Work.AVAILABLE, Work.WRAP_UP, Work.AWAY)
SHOWN_WAITING = 20


@dataclass(frozen=True)
class Waiting:
    """A waiting caller: the pressed key and how long they wait, never who or from where."""

    key: Hint
    since: datetime
    rung: str | None
    """The counsellor who is being rung for them."""


@dataclass(frozen=True)
class Peers:
    """Colleagues who are doing the same."""

    tone: StateLabel
    names: tuple[str, ...]


@dataclass(frozen=True)
class OfferedCall:
    """The caller who is offered to me."""

    offer_id: str
    key: Hint
    since: datetime
    flag: Flagged | None
    """A mark on the caller's number."""
    asked_by: str | None
    """The colleague who asks me to take over, if it is not the caller who rings."""
    maybe: str | None
    """Whom a 呼び番号 names that the caller keyed in; the name only."""
    again: bool
    """Whether it is the caller I was talking with when the connection was lost."""
    escalated: bool
    """Whether it rings here because others did not take it."""


@dataclass(frozen=True)
class Draft:
    """A record I have not finished, with the confirmed name, else the one heard."""

    id: str
    name: str
    opened_at: datetime


@dataclass(frozen=True)
class Desk:
    """Everything beside the record."""

    now: datetime
    work: Work
    tone: StateLabel
    reason: AwayReason | None
    away_words: str
    keyless: bool
    """Whether my telephone picked up again and again and no 1 came, so that a machine must have answered."""
    since: datetime | None
    by_phone: bool
    chosen: Contact
    """Where my next call rings; by_phone tells where the present one does."""
    has_phone: bool
    reachable: bool
    """Whether my telephone could ring at this moment."""
    set_by: str | None
    """The supervisor who put me away or offline."""
    after: After
    """What comes after the call and its record."""
    hard: bool
    """Whether I said that the call at hand was hard."""
    long: bool
    """Whether I have been writing up for longer than the limit."""
    wrap_up_minutes: int
    notes: tuple[OpenHardCall, ...] | None
    """For a supervisor: who had a hard call and has not been spoken with yet."""
    cuts: tuple[TalkCut, ...]
    """For a supervisor: whose talk the telephone company will cut soon."""
    ring: OfferedCall | None
    taken: bool
    """Whether the caller who rang here a moment ago went to a colleague who was rung at the same time."""
    talk: Talk | None
    record_id: str | None
    """The record of the call I am in, or that I still have to write."""
    who: str | None
    """The confirmed person of that record."""
    relation: Code | None
    known: tuple[Known, ...]
    """Whom the person of that record knows here."""
    cut_off: bool
    """Whether the connection was lost, and the caller is kept for me for a moment."""
    came_back: str | None
    """Who talks now with the person whose call I am writing up."""
    waiting: tuple[Waiting, ...]
    more_waiting: int
    unattended: bool
    """Whether callers wait and nobody can be expected to come to them."""
    people: tuple[Peers, ...]
    drafts: tuple[Draft, ...]
    hours: State
    today: HoursLine
    so_far: DaySoFar
    pull: Pull
    """Whether supervisors take the new calls just now."""
    following: Following | None
    """The talk that I, a supervisor, follow."""
    followed: tuple[str, ...]
    """Who follows my own talk, in words."""
    lines: tuple[tuple[Entry, bool | None], ...]
    """Other lines that may answer now, and whether they surely do."""
    left_behind: int
    """For a supervisor: how many drafts of others nobody will finish by themselves."""

    def given(self) -> dict[str, Any]:
        """Return what the templates of the desk are given."""
        return {
            "desk": self,
            "lines": self.lines,
            "scripts": suggested_words,
            "after_choices": AFTER_CHOICES,
            "away_choices": AWAY_CHOICES,
        }

    @property
    def put_away(self) -> bool:
        """Return whether the line itself set me away."""
        return self.reason in PUT_AWAY

    @property
    def breathing(self) -> bool:
        """Return whether the next call waits until I end my breath."""
        return self.reason is AwayReason.BREATH

    @property
    def in_call(self) -> bool:
        return self.talk is not None

    @property
    def wrapping_up(self) -> bool:
        return self.work is Work.WRAP_UP

    @property
    def handed_over(self) -> bool:
        """Return whether the record of my last call went on with its caller."""
        return self.wrapping_up and self.record_id is None


def build(session: Session, staff: Staff, *, now: datetime) -> Desk:
    """Return the desk for *staff*; reads only."""
    policy = settings().policy
    row = session.get(Presence, staff.id)
    work = row.work if row else Work.OFFLINE
    offer = session.get(Offer, row.offer_id) if row and row.offer_id else None
    record = on_the_line.record_at_hand(session, row)
    waiting, hours = _waiting(session), opening_hours.state(session, now)
    person = record.person if record else None
    talk = talks.build(session, offer if work in TALKING else None, staff, now=now, policy=policy)
    left_behind = drafts.unattended(session, by=staff, now=now, on_duty=availability.staff_on_duty(now, policy))
    return Desk(
        now=now,
        work=work,
        tone=state_label(work),
        reason=row.reason if row else None,
        away_words=AWAY[row.reason] if row and row.reason else "",
        keyless=row is not None and row.keyless >= KEYLESS_UNTIL_AWAY,
        since=row.since if row else None,
        by_phone=(row.contact if row else staff.contact) is Contact.PHONE,
        chosen=staff.contact,
        has_phone=staff.phone_sealed is not None,
        reachable=availability.can_ring(row, now=now, policy=policy),
        set_by=session.get_one(Staff, row.set_by).name if row and row.set_by else None,
        after=after(row, staff, record),
        hard=row is not None and row.hard_call_id is not None,
        long=row is not None and is_long_wrap_up(row.work, row.since, now=now, policy=policy),
        wrap_up_minutes=int(policy.wrap_up_limit.total_seconds() // 60),
        notes=care.open_hard_calls(session) if may(staff.role, Action.LEAD) else None,
        cuts=tuple(roster.cuts_ahead(session, now=now, policy=policy)) if may(staff.role, Action.LEAD) else (),
        ring=_ring(session, offer, staff, now),
        taken=ringing.was_just_taken(session, staff.id, now=now),
        talk=talk,
        record_id=record.id if record else None,
        who=name_of(record) if record and person else None,
        relation=Relation(person.relation) if person else None,
        known=known.counsellors(session, record, talk, staff, now=now),
        cut_off=reserved.is_reserved_for(session, staff.id, now=now, policy=policy),
        came_back=known.came_back(session, record, staff) if talk is None else None,
        waiting=waiting[:SHOWN_WAITING],
        more_waiting=max(0, len(waiting) - SHOWN_WAITING),
        unattended=bool(waiting) and availability.how_many_coming(session, now=now, policy=policy) == 0,
        people=_people(session, staff, now, policy),
        drafts=_drafts(session, staff, without=record),
        hours=hours,
        today=hours_line(hours, now, waiting=bool(waiting)),
        so_far=calls.day_so_far(session, local_date(now)),
        pull=pull.state(session),
        following=following.followed_talk(session, row),
        followed=following.followers_in_words(
            session, talk.call_id if talk else None, also_listening=policy.show_listening
        ),
        lines=tuple(institutions.lines_at_hand(session, shipped_helplines(), now=now)),
        left_behind=len(left_behind),
    )


def _ring(session: Session, offer: Offer | None, staff: Staff, now: datetime) -> OfferedCall | None:
    if offer is None or offer.state not in OPEN_OFFERS:
        return None
    call = session.get_one(Call, offer.call_id)
    flag = flagged.of_call(session, call, staff, now=now)
    asked_by = talks.asked_by(session, offer)
    maybe, again = known.name_of_keyed_code(session, call), call.reserved_for == staff.id
    return OfferedCall(
        offer.id, hint_of(call.key), call.arrived_at, flag, asked_by, maybe, again, call.escalated_at is not None
    )


def _waiting(session: Session) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(hint_of(one.call.key), one.call.arrived_at, one.ringing_counsellor)
        for one in queue.waiting_now(session)
    )


def _people(session: Session, me: Staff, now: datetime, policy: Policy) -> tuple[Peers, ...]:
    by_work: dict[Work, list[str]] = {}
    for one in availability.at_work(session, now=now, policy=policy):
        if one.staff_id != me.id:
            by_work.setdefault(one.work, []).append(one.name)
    return tuple(Peers(state_label(work), tuple(by_work[work])) for work in ORDER if work in by_work)


def _drafts(session: Session, staff: Staff, *, without: Consultation | None) -> tuple[Draft, ...]:
    """Return my unfinished records, without those of others in the family of who is on the line."""
    mine = [one for one in consultations.drafts_of(session, staff.id) if without is None or one.id != without.id]
    hidden = wall.hidden_people(session, staff) if mine else ()
    return tuple(Draft(one.id, name_of(one), one.opened_at) for one in mine if one.person_id not in hidden)
