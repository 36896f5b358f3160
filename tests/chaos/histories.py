"""Plays seeded histories of the machine, many at once on several processes."""

from __future__ import annotations

import logging
import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos import machine

STEPS = 25
"""Rules that one history follows at most, before everybody goes home."""
CHUNK = 50
"""Histories that are played under one seed."""
HOW = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    phases=(Phase.generate,),
)


@dataclass
class Played:
    """What one or more seeds came to."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    """For each seed under which a promise was broken: the seed, and the shortest history that breaks it."""


def play(number: int, count: int, *, steps: int = STEPS, shrink: bool = False) -> Counter[str]:
    """Play *count* histories under the seed *number* and return what happened in them; raises ``Broken``.

    To *shrink* a history that breaks a promise to a shorter one takes minutes.
    """
    machine.tally.clear()
    day = seed(number)(type("AnyDay", (machine.AnyDay,), {}))
    how = settings(HOW, max_examples=count, stateful_step_count=steps)
    if shrink:
        how = settings(how, phases=(Phase.generate, Phase.shrink))
    run_state_machine_as_test(day, settings=how)
    return Counter(machine.tally)


def play_many(first: int, count: int, processes: int, *, shrink: bool) -> Iterator[Played]:
    """Play *count* histories under the seeds from *first* on; yields what each seed came to."""
    chunks = [(first + n, min(CHUNK, count - n * CHUNK), shrink) for n in range(-(-count // CHUNK))]
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=fresh) as pool:
        yield from pool.map(_play_one, chunks)


def _play_one(chunk: tuple[int, int, bool]) -> Played:
    number, count, shrink = chunk
    logging.disable(logging.CRITICAL)  # what goes wrong on purpose need not be told
    try:
        return Played(play(number, count, shrink=shrink))
    except Exception as found:  # noqa: BLE001  # whatever it is, the run goes on and tells it at the end
        notes = "\n".join(getattr(found, "__notes__", []))
        return Played(Counter(machine.tally), [f"seed {number}: {type(found).__name__}: {found}\n{notes}"])


def report(first: int, count: int, processes: int, *, shrink: bool = False) -> int:
    """Play, print the counts and whatever was found; returns how many seeds broke a promise."""
    total = Played()
    for played in play_many(first, count, processes, shrink=shrink):
        total.counts += played.counts
        total.broken += played.broken
        for text in played.broken:
            print(text, flush=True)  # noqa: T201  # the operator's terminal
    counts = ", ".join(f"{number} {what}" for what, number in sorted(total.counts.items()))
    print(f"seeds {first}–{first + -(-count // CHUNK) - 1}: {counts}", file=sys.stdout)  # noqa: T201  # as above
    return len(total.broken)
