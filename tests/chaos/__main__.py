"""Plays many histories, kills processes, cuts wires and lets dispatchers race: ``python -m tests.chaos``.

Everything happens on this machine's loopback and stops by itself. The exit status is 1 if anything was broken.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys

from tests.bench import dispatch, places
from tests.chaos import histories, kills

PARTS = ("histories", "kills", "dispatch")
DISPATCHERS = 8


def main() -> int:
    wish = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whatever was started is stopped on the way out
    databases = wish.database or list(kills.DATABASES)
    broken = 0
    if "histories" in wish.only:
        broken += histories.report(wish.seed, wish.histories, wish.processes, shrink=wish.shrink)
    for name in databases:
        if "kills" in wish.only:
            broken += kills.report(name, seconds=wish.seconds, seed=wish.seed, pace=wish.pace)
        if "dispatch" in wish.only:
            broken += race(name, wish.decisions, wish.seed)
    print("nothing was broken" if not broken else f"broken: {broken}")  # noqa: T201  # the operator's terminal
    return int(broken > 0)


def race(name: str, decisions: int, seed: int) -> int:
    """Let many dispatchers decide at once on one database, then in twos; returns how many were assigned twice."""
    doubles = 0
    for how, run in (("", dispatch.race), (", two rung for each", dispatch.race_of_two)):
        with places.folder(quick=True) as folder, kills.DATABASES[name](folder) as url:
            met = run(url, decisions, DISPATCHERS, seed)
        print(  # noqa: T201  # the operator's terminal
            f"== {name}, seed {seed}{how}: {DISPATCHERS} dispatchers made {met.decisions} decisions, {met.claims} were "
            f"claimed, {met.refused} transactions undone, {met.doubles} double assignments",
            flush=True,
        )
        doubles += met.doubles
    return doubles


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    add = parser.add_argument
    add("--only", choices=PARTS, action="append", help="only this; may be repeated")
    add("--database", choices=kills.DATABASES, action="append", help="kills and dispatch on this one only")
    add("--seed", type=int, default=int(os.environ.get("CHAOS_SEED", "1")), help="repeats a run (default: 1)")
    add("--histories", type=int, default=int(os.environ.get("CHAOS_HISTORIES", "10000")), help="how many (10000)")
    add("--processes", type=int, default=os.cpu_count() or 1, help="that play histories (default: one per processor)")
    add("--shrink", action="store_true", help="shorten a history that breaks a promise (takes minutes)")
    add("--seconds", type=float, default=90.0, help="of kills and cuts on each database (default: 90)")
    add("--pace", type=float, default=2.0, help="virtual seconds per second while processes are killed (default: 2)")
    add("--decisions", type=int, default=100_000, help="of the dispatchers on each database (default: 100000)")
    wish = parser.parse_args()
    wish.only = wish.only or PARTS
    return wish


if __name__ == "__main__":
    sys.exit(main())
