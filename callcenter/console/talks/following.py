"""Listening, as the desk shows it: the talk I listen to, and who listens to mine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import OfferState
from callcenter.domain.talks.supervision import Mode
from callcenter.models.calls.calls import Offer, Presence
from callcenter.services.talks import roster
from callcenter.ui.state_labels import StateLabel, state_label

TOLD: dict[Mode, str] = {
    Mode.LISTEN: "{}が聴いています",
    Mode.WHISPER: "{}が、あなたにだけ話しています",
    Mode.BARGE: "{}が、いっしょに話しています",
}


@dataclass(frozen=True)
class Following:
    """The talk that this supervisor listens to."""

    offer_id: str
    counsellor: str
    since: datetime
    there: bool
    """Whether my leg is in the room yet."""
    mode: Mode
    tone: StateLabel
    settled: bool
    """Whether the room keeps me as I wish."""


def followed_talk(session: Session, row: Presence | None) -> Following | None:
    """Return the talk that this person listens to, if any."""
    offer = session.get(Offer, row.listening_id) if row is not None and row.listening_id else None
    if offer is None:
        return None
    mode = offer.mode or Mode.LISTEN
    return Following(
        offer_id=offer.id,
        counsellor=roster.counsellor_of(session, offer.call_id) or "",
        since=offer.joined_at or offer.rung_at,
        there=offer.state is OfferState.JOINED,
        mode=mode,
        tone=state_label(mode),
        settled=offer.mode_set is mode,
    )


def followers_in_words(session: Session, call_id: str | None, *, also_listening: bool) -> tuple[str, ...]:
    """Return who listens to the counsellor's own talk; mere listening only if policy shows it."""
    if call_id is None:
        return ()
    mine = [one for one in roster.followers(session) if one.offer.call_id == call_id]
    there = [(one.name, one.offer.mode_set or Mode.LISTEN) for one in mine if one.offer.state is OfferState.JOINED]
    return tuple(TOLD[mode].format(name) for name, mode in there if also_listening or mode is not Mode.LISTEN)
