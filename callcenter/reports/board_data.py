"""The data of the live board; the page and its parts are drawn from the same value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callcenter.domain.calendar.hours import State
from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls import waiting
from callcenter.domain.figures import answering
from callcenter.domain.figures.answering import Answering
from callcenter.domain.policy import Policy
from callcenter.models.staff.accounts import Staff
from callcenter.reports import day_chart, levels, roster
from callcenter.reports.day_chart import DayChart
from callcenter.reports.levels import Level
from callcenter.reports.roster import Follower, Person
from callcenter.services.access import break_glass
from callcenter.services.calendar import opening_hours
from callcenter.services.calls import calls, pull, queue
from callcenter.services.calls.pull import Pull
from callcenter.services.delivery import heartbeats, self_checks
from callcenter.services.delivery.self_checks import CheckedOpening
from callcenter.services.duty import availability, care, presence
from callcenter.services.duty.care import OpenHardCall
from callcenter.services.figures import days
from callcenter.services.figures.days import CallTimes
from callcenter.ui.hints import Hint, hint_of

SHOWN_WAITING = 30


@dataclass(frozen=True)
class Waiting:
    """A waiting caller: the pressed key and how long they wait, never who or from where."""

    key: Hint
    since: datetime
    rung: str | None
    back: bool
    """They lost a counsellor and are next."""
    unanswered: bool
    """Rings for them stay unanswered."""
    level: Level


@dataclass(frozen=True)
class Figures:
    """The five figures, each with its level."""

    waiting: int
    waiting_level: Level
    longest_since: datetime | None
    longest_level: Level
    today: Answering
    service_level: Level
    average_level: Level


@dataclass(frozen=True)
class Board:
    """The line as it is now."""

    now: datetime
    hours: State
    figures: Figures
    chart: DayChart
    waiting: tuple[Waiting, ...]
    more_waiting: int
    places: int
    people: tuple[Person, ...]
    free: int
    coming: int
    """How many can be expected to come to a caller: free, rung, or in a talk or wrap-up with an end in sight."""
    cover: Level
    pull: Pull
    supervisor_free: bool
    supervisor_at_work: bool
    hold: timedelta
    worker_silent: bool
    """No worker rings counsellors; callers get through all the same, a little later."""
    checked: CheckedOpening | None
    """What was found before today's opening, or the next one."""
    last_call_at: datetime | None
    notes: tuple[OpenHardCall, ...]
    """Who had a hard call and has not been spoken with yet."""
    reviews: tuple[int, int]
    """How many openings with a reason wait for a review, and how many of them are past their day."""
    following: Follower | None
    """The talk that the reader follows."""
    phone_ready: bool
    """Whether the reader's own telephone could ring to follow a talk."""

    @property
    def nobody(self) -> bool:
        """Return whether callers wait or may come, and nobody is there to answer."""
        return not self.people and self._expected

    @property
    def unattended(self) -> bool:
        """Return whether callers wait or may come, and none of those who are there can come to them."""
        return bool(self.people) and self.coming == 0 and self._expected

    @property
    def _expected(self) -> bool:
        return self.hours.open or bool(self.waiting)


def build(session: Session, staff: Staff, *, now: datetime, policy: Policy) -> Board:
    """Return the board for *staff*; reads only."""
    callers = _waiting(session, now)
    followers = roster.followers(session, staff)
    people = roster.people(session, staff, followers, now=now, policy=policy)
    pulled = pull.state(session)
    today = days.calls_on(session, local_date(now))
    coming = availability.how_many_coming(session, now=now, policy=policy)
    return Board(
        now=now,
        hours=opening_hours.state(session, now),
        figures=_figures(callers, today, now, policy),
        chart=day_chart.today(session, today, now),
        waiting=callers[:SHOWN_WAITING],
        more_waiting=max(0, len(callers) - SHOWN_WAITING),
        places=waiting.queue_capacity(coming, policy),
        people=people,
        free=availability.how_many_reachable(session, now=now, policy=policy),
        coming=coming,
        cover=levels.of_cover(coming, len(people), len(callers)),
        pull=pulled,
        supervisor_free=pulled.on and pull.is_supervisor_free(session, now=now, policy=policy),
        supervisor_at_work=pulled.on and pull.is_supervisor_on_duty(session, now=now, policy=policy),
        hold=policy.pull_hold,
        worker_silent=not heartbeats.state(session, now=now).well,
        checked=_checked(session, now),
        last_call_at=calls.day_so_far(session, local_date(now)).last_talk_ended,
        notes=care.open_hard_calls(session),
        reviews=break_glass.count_open_reviews(session, local_date(now)),
        following=next((one for one in followers if one.mine), None),
        phone_ready=availability.can_ring(presence.get(session, staff.id), now=now, policy=policy),
    )


def _checked(session: Session, now: datetime) -> CheckedOpening | None:
    checked = self_checks.latest(session)
    return checked if checked is not None and local_date(checked.opens_at) == local_date(now) else None


def _waiting(session: Session, now: datetime) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(
            key=hint_of(one.call.key),
            since=one.call.arrived_at,
            rung=one.ringing_counsellor,
            back=one.call.priority > 0,
            unanswered=one.call.escalated_at is not None,
            level=levels.of_wait(now - one.call.arrived_at),
        )
        for one in queue.waiting_now(session)
    )


def _figures(callers: tuple[Waiting, ...], calls: Sequence[CallTimes], now: datetime, policy: Policy) -> Figures:
    today = answering.answering(calls)
    longest = min((caller.since for caller in callers), default=None)
    return Figures(
        waiting=len(callers),
        waiting_level=levels.of_queue(len(callers), policy),
        longest_since=longest,
        longest_level=levels.of_wait(now - longest if longest else timedelta(0)),
        today=today,
        service_level=levels.of_service(today.service_level),
        average_level=levels.of_speed(today.average_speed),
    )
