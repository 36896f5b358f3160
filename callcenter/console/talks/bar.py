"""The call bar of the running talk: hold, the consulted colleague, and what can be said to the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callcenter.console.misuse import flagged
from callcenter.console.misuse.flagged import Flagged
from callcenter.context import line_words
from callcenter.domain.calls.lifecycle import OPEN_OFFERS, OfferState, Purpose
from callcenter.domain.policy import Policy
from callcenter.domain.talks.talk import (
    ABUSE,
    LIMIT_WORDS,
    SILENCE,
    SILENT_END_AFTER,
    WORDS,
    Cut,
    Help,
    cut_ahead,
    limit_near,
    may_say,
)
from callcenter.models.calls.calls import Call, Offer
from callcenter.models.staff.accounts import Staff
from callcenter.services.announcements import changed_phrases
from callcenter.services.delivery.alarms import ShownAlarm
from callcenter.services.talks import consult, participants, roster, summons
from callcenter.services.talks.participants import Playing
from callcenter.ui.state_labels import ROLES

TOLD_FOR = timedelta(seconds=90)
"""So long the bar says what became of a colleague who was asked."""

FAILED: dict[OfferState, str] = {
    OfferState.MISSED: "は、出られませんでした。",
    OfferState.DECLINED: "は、いま引きつげません。",
    OfferState.LOST: "とは、つながりませんでした。",
    OfferState.CANCELLED: "への呼び出しを、取り消しました。",
    OfferState.LEFT: "との打ち合わせは終わりました。",
}


@dataclass(frozen=True)
class Colleague:
    """Somebody who could be consulted now."""

    id: str
    name: str
    role: str


@dataclass(frozen=True)
class Consulted:
    """The colleague who is being consulted."""

    name: str
    there: bool
    """Whether the two can talk; before that it rings."""
    since: datetime


@dataclass(frozen=True)
class Spoken:
    """One button of the help panel."""

    code: str
    name: str
    words: str
    allowed: bool
    why_not: str
    said: int
    """How often it was said in this call."""
    ends: bool


@dataclass(frozen=True)
class Talk:
    """The call I am in."""

    call_id: str
    leg_id: str
    since: datetime
    """When I took the call."""
    ending: bool
    asked_by: str | None
    """Whose call it is, if I am only being consulted."""
    held: bool
    on_hold: bool
    """Whether the room has confirmed that the caller hears music."""
    held_since: datetime | None
    muted: bool
    consulted: Consulted | None
    introduced: bool
    """Whether caller, counsellor and colleague talk, all three."""
    consult_result: str
    """What became of the colleague who was asked last."""
    free: tuple[Colleague, ...]
    playing: Playing | None
    """What plays to the caller, or was played a moment ago."""
    silence: tuple[Spoken, ...]
    abuse: tuple[Spoken, ...]
    limit_words: str
    """What to say now that the soft limit is near; empty before."""
    limit_minutes: int
    cut: Cut | None
    """What will end this talk soon, whatever we do."""
    flag: Flagged | None
    """A mark on the caller's number."""
    asked: ShownAlarm | None
    """My call for a supervisor, while it is on."""

    @property
    def is_mine(self) -> bool:
        return self.asked_by is None


def build(session: Session, offer: Offer | None, staff: Staff, *, now: datetime, policy: Policy) -> Talk | None:
    """Return the talk of this leg; reads only."""
    if offer is None:
        return None
    call = session.get_one(Call, offer.call_id)
    mine = call.offer_id == offer.id
    talked = now - (call.talked_at or now)
    silence, abuse = _spoken(session, call, talked)
    near = mine and limit_near(talked, policy.soft_limit)
    return Talk(
        call_id=call.id,
        leg_id=offer.id,
        since=offer.claimed_at or offer.rung_at,
        ending=offer.ending,
        asked_by=None if mine else asked_by(session, offer),
        held=call.held_at is not None,
        on_hold=call.on_hold,
        held_since=call.held_at,
        muted=offer.muted,
        consulted=_consulted(session, call),
        introduced=consult.is_introduced(call),
        consult_result=_consult_result(session, call, offer, now) if mine else "",
        free=_free(session, offer, now, policy) if mine else (),
        playing=participants.playing(session, call, now=now) if mine else None,
        silence=silence,
        abuse=abuse,
        limit_words=LIMIT_WORDS if near else "",
        limit_minutes=int(policy.soft_limit.total_seconds() // 60),
        cut=cut_ahead(call.arrived_at, offer.answered_at or offer.rung_at, now=now) if mine else None,
        flag=flagged.of_call(session, call, staff, now=now) if mine else None,
        asked=summons.asked(session, call.id) if mine else None,
    )


def asked_by(session: Session, offer: Offer) -> str | None:
    """Return who asks a colleague to take over a call; None for a caller's own ring."""
    if offer.purpose is not Purpose.CONSULT:
        return None
    return roster.counsellor_of(session, offer.call_id)


def _consulted(session: Session, call: Call) -> Consulted | None:
    offer = session.get(Offer, call.consult_id) if call.consult_id else None
    if offer is None:
        return None
    name = session.get_one(Staff, offer.staff_id).name
    return Consulted(name, offer.state is OfferState.JOINED, offer.joined_at or offer.rung_at)


def _consult_result(session: Session, call: Call, offer: Offer, now: datetime) -> str:
    """Return what became of the last consult, while it is news."""
    if call.consult_id is not None:
        return ""
    asked = consult.last_asked(session, call.id, by=offer)
    if asked is None or asked.offer.state in OPEN_OFFERS or asked.offer.state not in FAILED:
        return ""
    if asked.offer.left_at is None or now - asked.offer.left_at > TOLD_FOR:
        return ""
    return f"{asked.name}さん{FAILED[asked.offer.state]}相手の方との電話に戻っています。"


def _free(session: Session, offer: Offer, now: datetime, policy: Policy) -> tuple[Colleague, ...]:
    there = consult.free_colleagues(session, offer.staff_id, now=now, policy=policy)
    return tuple(Colleague(one.id, one.name, ROLES[one.role]) for one in there)


def _spoken(session: Session, call: Call, talked: timedelta) -> tuple[tuple[Spoken, ...], tuple[Spoken, ...]]:
    before = [event.facts["code"] for event in participants.phrases_said(session, call)]
    on_hold, line = call.held_at is not None, line_words()
    changed_phrases.keep_fresh(session)

    def button(what: Help) -> Spoken:
        allowed = may_say(what, talked=talked, said=before)
        why = "" if allowed else _why_not(what)
        why = "保留を解いてから使えます。" if on_hold and allowed else why
        said = before.count(what)
        words = WORDS[what] if line is None else line.shown(what)
        return Spoken(what, what.label, words, allowed and not on_hold, why, said, what is Help.END)

    return tuple(map(button, SILENCE)), tuple(map(button, ABUSE))


def _why_not(what: Help) -> str:
    if what is Help.SILENT_END:
        return f"つながって{int(SILENT_END_AFTER.total_seconds() // 60)}分から使えます。"
    return f"「{Help.LAST_WARNING.label}」のあとで使えます。"
