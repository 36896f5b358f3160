"""Asks odd things of every route on both databases: ``make fuzz ARGS="--requests 200000 --seed 1"``.

Deterministic but for the ids that rows get; each stage has a fresh database and a seed of its own, so that one alone
can be asked again (``--stage``). The exit status is 1 if an answer was a 5xx, missing, or took too long.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from callcenter.services.staff import passwords
from tests.bench import places
from tests.desk import CHEAP
from tests.fuzz.run import Outcome, Run
from tests.servers import new_database

DATABASES = ("sqlite", "postgresql")
AT_ONCE = 2500
"""Requests to one stage."""
SHOWN = 20
"""Faults that are printed in full."""

Fresh = Callable[[str], AbstractContextManager[str]]


def main() -> int:
    wish = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whatever was started is stopped on the way out
    setattr(passwords, "hasher", lambda: CHEAP)  # noqa: B010  # nobody attacks these passwords
    faults = 0
    for name in wish.database or DATABASES:
        whole = Outcome()
        with places.folder(quick=True) as folder, _server(name, folder) as fresh:
            for number, requests in _stages(wish.requests, wish.stage):
                with fresh(f"stage_{number}") as url:
                    found = Run(url, f"{wish.seed}:{number}").go(requests)
                for fault in found.faults[: max(0, SHOWN - len(whole.faults))]:
                    _say(f"-- stage {number}: {fault}")
                whole.add(found)
                _say(f"{name}, stage {number}: {_figures(whole)}")
        reached = f"{len(whole.reached)} views reached of {whole.routes} routes"
        _say(f"== {name}, seed {wish.seed}: {_figures(whole)}, {reached}")
        faults += len(whole.faults)
    return int(faults > 0)


def _stages(requests: int, only: int | None) -> Iterator[tuple[int, int]]:
    for number, begun in enumerate(range(0, requests, AT_ONCE)):
        if only is None or number == only:
            yield number, min(AT_ONCE, requests - begun)


@contextmanager
def _server(name: str, folder: Path) -> Iterator[Fresh]:
    """Start what holds the databases, and yield what makes a fresh one."""
    if name == "postgresql":
        with places.postgresql(folder, durable=False) as url:
            server, _, template = url.replace("+psycopg", "").rpartition("/")
            yield lambda stage: new_database(f"{server}/template1", stage, template)
    else:
        with places.sqlite(folder) as url:
            yield lambda stage: _copied(Path(url.removeprefix("sqlite:///")), folder / f"{stage}.db")


@contextmanager
def _copied(template: Path, file: Path) -> Iterator[str]:
    shutil.copy(template, file)
    yield f"sqlite:///{file}"
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()


def _figures(whole: Outcome) -> str:
    classes: Counter[str] = whole.classes
    seconds, where = whole.slowest
    listed = ", ".join(f"{classes[name]} {name}" for name in sorted(classes))
    return f"{whole.requests} requests: {listed}; slowest {seconds:.2f} s ({where}); {len(whole.faults)} faults"


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # the operator's terminal


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000, help="to each database (default: 10000)")
    parser.add_argument("--seed", type=int, default=1, help="repeats a run (default: 1)")
    parser.add_argument("--database", choices=DATABASES, action="append", help="on this one only")
    parser.add_argument("--stage", type=int, help="only this one of a run's stages")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
