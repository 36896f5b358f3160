"""Kills our programs and cuts their wires at seeded moments, and asks at the end whether anybody's word was broken."""

from __future__ import annotations

import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.engines import connect
from tests.bench import places
from tests.bench.load import call_in
from tests.chaos.ledger import Ledger, broken_words, is_quiet
from tests.chaos.people import Callers, CounsellorAtWork
from tests.chaos.proxy import Proxy, Wire
from tests.chaos.system import System

COUNSELLORS, CALLERS = 4, 8
STEP = 0.1
"""Seconds between two looks of the run."""
FAULT_EVERY = (1.5, 5.0)
"""Seconds between two faults."""
QUIET_WITHIN = 300.0
"""Virtual seconds after the last caller has gone until nothing may be open any more."""
DATABASES = {"sqlite": places.sqlite, "postgresql": places.postgresql}


@dataclass
class Outcome:
    """What a run came to."""

    faults: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    web_back: list[float] = field(default_factory=list)
    """Seconds from a kill of the web process until it answered again."""
    taken_up: list[float] = field(default_factory=list)
    """Virtual seconds from a kill of the worker until all that it left undone was taken up by the next."""


class Run:
    """One run against one database."""

    def __init__(self, system: System, ledger: Ledger, seed: int, pace: float) -> None:
        self.system, self.ledger, self.pace = system, ledger, pace
        self.outcome = Outcome()
        self._chance = random.Random(f"faults {seed}")
        self._later = list[tuple[float, Callable[[], None]]]()
        self._orphans = list[tuple[float, dict[int, int]]]()
        self._reader = connect(system.database_url)
        self._callers = Callers(system.engine, seed, CALLERS)
        self._crew = [
            CounsellorAtWork(system.engine, system.origin, f"tanto{n}", f"+8190{n:08d}", ledger, seed)
            for n in range(COUNSELLORS)
        ]

    def go(self, seconds: float) -> Outcome:
        """Let people call and things break for so many seconds, then let the dust settle and look."""
        with self.system.running():
            for one in self._crew:
                one.start()
            until, next_fault = time.monotonic() + seconds, time.monotonic() + 4
            while time.monotonic() < until:
                self._callers.act(self.pace)
                self._do_what_is_due()
                if time.monotonic() >= next_fault:
                    self._break_something()
                    next_fault = time.monotonic() + self._chance.uniform(*FAULT_EVERY)
                time.sleep(STEP)
            self._settle()
        self._reader.dispose()
        return self.outcome

    def _settle(self) -> None:
        """Mend everything, let everybody go home, and compare words with deeds."""
        while self._later:
            self._do_what_is_due()
            time.sleep(STEP)
        for wire in self.system.wires:
            wire.set(Wire.WHOLE)
        time.sleep(20 / self.pace)
        self._callers.all_hang_up()
        until = time.monotonic() + QUIET_WITHIN / self.pace
        while time.monotonic() < until and not is_quiet(self.system.engine, self.system.database_url):
            self._do_what_is_due()
            time.sleep(STEP * 5)
        for one in self._crew:
            one.stopping.set()
        for one in self._crew:
            one.join(timeout=30)
        self.ledger.hear(self.system.engine)
        self._look_after_orphans()
        self.outcome.broken = broken_words(self.ledger, self.system.engine, self.system.database_url)
        self.outcome.acknowledged = self.ledger.counts()

    # ------------------------------------------------------------ faults

    def _break_something(self) -> None:
        wires = self.system.wires
        fault = self._chance.choice(
            [self._kill_web, self._kill_worker, self._kill_worker, self._halt_worker, self._kill_a_web_process]
        )
        if self._chance.random() < 0.5:
            self._cut(self._chance.choice(wires))
        else:
            fault()

    def _kill_web(self) -> None:
        self._note("web killed")
        self.system.web.kill()
        killed = time.monotonic()

        def back() -> None:
            self.system.wait_for_web()
            self.outcome.web_back.append(time.monotonic() - killed)

        def again() -> None:
            self.system.web.start()
            threading.Thread(target=back, daemon=True).start()

        self._after(self._chance.uniform(0, 1), again)

    def _kill_a_web_process(self) -> None:
        if self.system.web.kill_one_child(self._chance.randrange(8)):
            self._note("web process killed")

    def _kill_worker(self) -> None:
        self._note("worker killed")
        self.system.worker.kill()
        now = self.system.engine.now()
        due = select(OutboxMessage.id, OutboxMessage.attempts).where(
            OutboxMessage.done_at.is_(None), OutboxMessage.due_at <= now
        )
        with Session(self._reader) as session:
            left = {row.id: row.attempts for row in session.execute(due)}
        self._orphans.append((time.monotonic(), left))
        self._after(self._chance.uniform(0, 2), self.system.worker.start)

    def _halt_worker(self) -> None:
        """Let the worker hang, longer than it takes to be missed; what is killed or started meanwhile stays so."""
        self._note("worker halted")
        self.system.worker.halt()
        self._after(self._chance.uniform(2, 20), self.system.worker.go_on)

    def _cut(self, wire: Proxy) -> None:
        how = self._chance.choice([Wire.REFUSED, Wire.SILENT, Wire.CUT_LATE, Wire.CUT_LATE])
        names = {self.system.webhooks: "webhooks", self.system.requests: "requests", self.system.database: "database"}
        self._note(f"{names[wire]}: {how}")
        wire.set(how, late=self._chance.randint(1, 3))
        self._after(self._chance.uniform(0.5, 3), lambda: wire.set(Wire.WHOLE))

    def _note(self, what: str) -> None:
        self.outcome.faults[what] += 1
        self.ledger.note("fault", what)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._later.append((time.monotonic() + seconds, act))

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        due = [act for at, act in self._later if at <= now]
        self._later = [(at, act) for at, act in self._later if at > now]
        for act in due:
            act()
        self._look_after_orphans()

    def _look_after_orphans(self) -> None:
        """See whether a later worker has taken up what a killed one left."""
        if not self._orphans:
            return
        killed, left = self._orphans[0]
        undone = select(OutboxMessage.id, OutboxMessage.attempts).where(
            OutboxMessage.done_at.is_(None), OutboxMessage.id.in_(left)
        )
        with Session(self._reader) as session:
            if any(row.attempts <= left[row.id] for row in session.execute(undone)):
                return
        self._orphans.pop(0)
        if left:
            self.outcome.taken_up.append((time.monotonic() - killed) * self.pace)


def report(database: str, *, seconds: float, seed: int, pace: float) -> int:
    """Run on one database and print what came of it; returns how many words were broken."""
    with places.folder(quick=True) as folder, DATABASES[database](folder) as url:
        call_in(url, COUNSELLORS)
        ledger = Ledger(Path("var") / "log" / f"chaos-{database}-{seed}.jsonl")
        ledger.file.parent.mkdir(parents=True, exist_ok=True)
        ledger.file.unlink(missing_ok=True)
        found = Run(System(url, folder, pace), ledger, seed, pace).go(seconds)
    _say(f"== {database}, seed {seed}, {seconds:.0f} s at pace {pace:g}: {sum(found.faults.values())} faults")
    _say("   " + _listed(found.faults))
    _say("   acknowledged: " + _listed(found.acknowledged - Counter(fault=10**9)))
    _say(f"   web back after {_spread(found.web_back)} s; what a killed worker left was taken up after", end=" ")
    _say(f"{_spread(found.taken_up)} virtual s")
    _say(f"   broken words: {len(found.broken)}   (history: {ledger.file})")
    for text in found.broken:
        _say(f"   ! {text}")
    return len(found.broken)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} (worst {max(values):.1f})" if values else "–"


def _say(line: str, end: str = "\n") -> None:
    print(line, end=end, file=sys.stdout, flush=True)  # noqa: T201  # the operator's terminal
