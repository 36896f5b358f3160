"""Preview of a decision about a day: what callers and pages will say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from callcenter.context import line_words
from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.calendar.closing import closing
from callcenter.domain.calendar.hours import Calendar, SpecialDay, SpecialKind, State, state_at, windows
from callcenter.domain.calendar.times import at_japan, clock_words, in_japan, local_date
from callcenter.ui.line_now import Band, band

EARLY = time(9, 59)


@dataclass(frozen=True)
class Preview:
    """What telephone and page say at the moment from which the decision is felt."""

    at: datetime
    spoken: tuple[Phrase, ...] | None
    """None where the line is open at that moment, or no telephone is mounted."""
    to_waiting: tuple[Phrase, ...] | None
    """What those hear who wait when the decision closes the line over them."""
    band: Band
    next_open: datetime | None
    goes_on_until: str | None
    """Until when the line stays open, where it is open now and at that moment."""
    leaves_hours: bool
    """Whether the line is open at all on that day."""


def preview_day(days: Calendar, day: date, special: SpecialDay | None, *, now: datetime) -> Preview:
    """Return how *day* would be with *special*, or (None) as an ordinary day."""
    others = {one: other for one, other in days.special_days.items() if one != day}
    if special is not None:
        others[day] = special
    then = replace(days, special_days=others, decided=dict(days.decided) | {day: now})
    at = max(now, _felt_at(then, day, special))
    state, words = state_at(then, at), line_words()
    ended = closing(then, local_date(now), now) if day == local_date(now) and state_at(days, now).open else None
    return Preview(
        at=at,
        spoken=words.closed(state, at) if words is not None and not state.open else None,
        to_waiting=words.closed_while_waiting(state, at)
        if words is not None and ended is not None and ended.sudden
        else None,
        band=band(then, at),
        next_open=state.next_open,
        goes_on_until=_until(state) if at == now and state_at(days, now).open else None,
        leaves_hours=bool(windows(then, day)),
    )


def _until(state: State) -> str | None:
    return clock_words(in_japan(state.closes_at).time()) if state.open and state.closes_at is not None else None


def _felt_at(days: Calendar, day: date, special: SpecialDay | None) -> datetime:
    """Return the first moment at which a caller would notice."""
    if special is not None and special.kind is SpecialKind.PARTIAL and special.close_at is not None:
        return at_japan(day, special.close_at)
    if special is not None and special.kind is SpecialKind.EXTRA_OPEN and special.open_at is not None:
        return at_japan(day, special.open_at)
    if special is not None and special.open_at is not None:
        return at_japan(day, special.open_at) - timedelta(minutes=1)
    spans = windows(days, day)
    return at_japan(day, spans[0].open_at if spans else EARLY)
