"""Who is rung for whom, with five hundred counsellors and a thousand callers: how long a decision takes.

A decision is one transaction of the worker's, from its first question to the commit on a disk that is waited for.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import Work
from callcenter.domain.phone_numbers import CallerKind
from callcenter.domain.policy import Policy
from callcenter.domain.staff.roles import Contact, Role
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.engines import READING, connect
from callcenter.models.keys import lend_ring
from callcenter.models.staff.accounts import Staff
from callcenter.services.calls import dispatching
from callcenter.services.talks import ringing
from tests.desk import FIELD_KEYS

COUNSELLORS, WAITING, BEFORE = 500, 1000, 5000
"""*BEFORE*: calls of earlier days that lie in the same tables."""
POLICY = Policy()


def fill(
    url: str, *, counsellors: int = COUNSELLORS, waiting: int = WAITING, before: int = BEFORE, unanswered: int = 0
) -> None:
    """Let so many counsellors be free and so many callers wait, each after so many *unanswered* rings."""
    now, engine = datetime.now(UTC), connect(url)
    staff = [new_id() for _ in range(counsellors)]
    people = [
        {"id": one, "login": one, "name": one[-4:], "role": Role.COUNSELLOR, "contact": Contact.PHONE}
        | {"password_hash": "", "session_token": one, "created_at": now}
        for one in staff
    ]
    here = [
        {"staff_id": one, "work": Work.AVAILABLE, "contact": Contact.PHONE, "since": now}
        | {"idle_since": now - timedelta(minutes=10, seconds=place)}
        for place, one in enumerate(staff)
    ]
    old = [_call(now - timedelta(days=1, seconds=n)) | {"state": CallState.ENDED} for n in range(before)]
    for call in old:
        call |= {"outcome": CallOutcome.COMPLETED, "ended_at": now}
    rings = [
        {"id": new_id(), "call_id": call["id"], "staff_id": staff[n % counsellors], "state": OfferState.LEFT}
        | {"contact": Contact.PHONE, "rung_at": now}
        for n, call in enumerate(old)
    ]
    with Session(engine) as session, session.begin():
        session.execute(insert(Staff), people)
        session.execute(insert(Presence), here)
        new = [_call(now - timedelta(seconds=60 + n)) | {"unanswered": unanswered} for n in range(waiting)]
        session.execute(insert(Call), [call | {"unanswered": 0} for call in old] + new)
        if rings:
            session.execute(insert(Offer), rings)
    engine.dispose()


def _call(at: datetime) -> dict[str, object]:
    one = new_id()
    times: dict[str, object] = {"arrived_at": at, "arrived_on": at.date(), "waiting_since": at, "last_news_at": at}
    return times | {"id": one, "caller_sid": one, "state": CallState.WAITING, "caller_kind": CallerKind.WITHHELD}


@dataclass(frozen=True)
class Decisions:
    """How long decisions took, in milliseconds."""

    one_free: list[float]
    """One counsellor has just become free, everybody else talks."""
    all_free: float
    """On average, when everybody becomes free in the same moment."""

    def quantile(self, percent: int) -> float:
        return statistics.quantiles(self.one_free, n=100)[percent - 1]


def measure(url: str, seconds: float) -> Decisions:
    """Let everybody be rung at once, then one after the other for so many seconds."""
    fill(url)
    engine = connect(url)
    with Session(engine, expire_on_commit=False) as session:
        lend_ring(session, KeyRing.parse(FIELD_KEYS))
        began, made = time.perf_counter(), list[Offer]()
        while more := _decide(session):
            made += more
        all_free = (time.perf_counter() - began) * 1000 / len(made)
        for offer in made:
            _talk(session, offer)
        _more_callers(session, len(made))
        taken, until = list[float](), time.monotonic() + seconds
        while time.monotonic() < until or len(taken) < 100:
            _give_back(session, made.pop(0))
            began = time.perf_counter()
            made += _decide(session)
            taken.append((time.perf_counter() - began) * 1000)
            _talk(session, made[-1])
    engine.dispose()
    return Decisions(taken, all_free)


def _more_callers(session: Session, count: int) -> None:
    """Let others come in the place of those who talk."""
    session.execute(insert(Call), [_call(datetime.now(UTC) - timedelta(seconds=30)) for _ in range(count)])
    session.commit()


def _talk(session: Session, offer: Offer) -> None:
    """The ring was answered."""
    session.execute(update(Offer).where(Offer.id == offer.id).values(state=OfferState.JOINED))
    session.execute(update(Presence).where(Presence.staff_id == offer.staff_id).values(work=Work.ON_CALL))
    session.execute(update(Call).where(Call.id == offer.call_id).values(state=CallState.TALKING))
    session.commit()


def _decide(session: Session) -> list[Offer]:
    """Decide as the worker does."""
    made = dispatching.dispatch(session, now=datetime.now(UTC), policy=POLICY)
    session.commit()
    return made


def _give_back(session: Session, offer: Offer) -> None:
    """Let the counsellor be free again and the caller come anew: as many wait as before."""
    now = datetime.now(UTC)
    again = {"state": CallState.WAITING, "offer_id": None, "waiting_since": now - POLICY.offer_delay}
    again |= {"requeued_at": now}  # the caller has a record by now, which goes along
    session.execute(update(Call).where(Call.id == offer.call_id).values(**again))  # first, as everybody does
    session.execute(update(Offer).where(Offer.id == offer.id).values(state=OfferState.LEFT, left_at=now))
    free = {"work": Work.AVAILABLE, "offer_id": None, "idle_since": now}
    session.execute(update(Presence).where(Presence.staff_id == offer.staff_id).values(**free))
    session.commit()
    session.expunge_all()


# ---------------------------------------------------------------- many at once


@dataclass(frozen=True)
class Held:
    """A counsellor and a caller that one process believed to be its own, from one moment of the machine to another."""

    staff_id: str
    call_id: str
    since: int
    until: int


@dataclass(frozen=True)
class Race:
    """What many dispatchers came to."""

    decisions: int
    claims: int
    refused: int
    """Transactions that the database undid, because somebody else was quicker."""
    doubles: int


def race(url: str, decisions: int, processes: int, seed: int) -> Race:
    """Let *processes* dispatchers make about so many decisions together, and look for anybody assigned twice."""
    fill(url, before=0)
    each = -(-decisions // processes)
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        runs = list(pool.map(_run, [url] * processes, [each] * processes, range(seed, seed + processes)))
    held = [one for run in runs for one in run[0]]
    doubles = overlaps([(h.staff_id, h.since, h.until) for h in held])
    doubles += overlaps([(h.call_id, h.since, h.until) for h in held])
    return Race(len(held), sum(run[1] for run in runs), sum(run[2] for run in runs), doubles)


def race_of_two(url: str, decisions: int, processes: int, seed: int) -> Race:
    """Let everybody be rung in twos and pick up at once; only what was claimed is held."""
    fill(url, before=0, waiting=COUNSELLORS // 4, unanswered=POLICY.rings_until_two)
    each = -(-decisions // processes)
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        runs = list(pool.map(_run_two, [url] * processes, [each] * processes, range(seed, seed + processes)))
    held = [one for run in runs for one in run.held]
    doubles = overlaps([(h.staff_id, h.since, h.until) for h in held])
    doubles += overlaps([(h.call_id, h.since, h.until) for h in held])
    return Race(sum(run.decisions for run in runs), len(held), sum(run.refused for run in runs), doubles)


@dataclass
class _Two:
    """What one process of ``race_of_two`` came to."""

    decisions: int
    refused: int
    held: list[Held]


def _run_two(url: str, decisions: int, seed: int) -> _Two:
    chance, engine, met = random.Random(seed), connect(url, wait=30), _Two(0, 0, [])
    with Session(engine, expire_on_commit=False) as session:
        lend_ring(session, KeyRing.parse(FIELD_KEYS))
        while met.decisions < decisions:
            try:
                met.decisions += len(_decide(session))
                ringing_now = session.scalars(select(Offer.id).where(Offer.state == OfferState.PENDING).limit(50)).all()
                session.rollback()
                for offer_id in chance.sample(ringing_now, min(8, len(ringing_now))):
                    _take(session, offer_id, met)
            except (IntegrityError, OperationalError):
                session.rollback()
                met.refused += 1
    engine.dispose()
    return met


def _take(session: Session, offer_id: str, met: _Two) -> None:
    """Pick up; whoever wins the caller holds them for a moment and gives them back as unanswered as they were."""
    if not _claim(session, offer_id):
        session.expunge_all()
        return
    since, offer = time.monotonic_ns(), session.get_one(Offer, offer_id)
    met.held.append(Held(offer.staff_id, offer.call_id, since, time.monotonic_ns()))
    session.execute(update(Call).where(Call.id == offer.call_id).values(unanswered=POLICY.rings_until_two))
    _give_back(session, offer)


def overlaps(spans: Sequence[tuple[str, int, int]]) -> int:
    """Count how often two spans of the same one overlap."""
    return sum(one[0] == next_[0] and next_[1] < one[2] for one, next_ in pairwise(sorted(spans)))


def _run(url: str, decisions: int, seed: int) -> tuple[list[Held], int, int]:
    chance, engine = random.Random(seed), connect(url, wait=30)
    held, claims, refused = list[Held](), 0, 0
    with Session(engine, expire_on_commit=False) as session:
        lend_ring(session, KeyRing.parse(FIELD_KEYS))
        while len(held) < decisions:
            if not _looks_wanted(session):
                time.sleep(0.002)
                continue
            try:
                made = _decide(session)
            except (IntegrityError, OperationalError):
                session.rollback()
                refused += 1
                continue
            since = time.monotonic_ns()
            for offer in made:
                claims += chance.random() < 0.3 and _claim(session, offer.id)
                held.append(Held(offer.staff_id, offer.call_id, since, time.monotonic_ns()))
                _give_back(session, offer)
    engine.dispose()
    return held, claims, refused


def _looks_wanted(session: Session) -> bool:
    """Look first, as the worker does, so that nobody who finds nothing takes the lock of a writer."""
    session.connection(execution_options=READING)
    wanted = dispatching.is_dispatch_due(session, now=datetime.now(UTC), policy=POLICY)
    session.rollback()
    return wanted


def _claim(session: Session, offer_id: str) -> bool:
    offer, call = ringing.find_with_call(session, offer_id)
    assert offer is not None and call is not None
    won = ringing.claim(session, offer, call, now=datetime.now(UTC))
    session.commit()
    return won
