"""Runs a plan of trivial programs: ``python -m tests.tools.trial FOLDER STEPS``, where STEPS is JSON.

A step is one task (an object) or several children (a list of objects) with ``name``, ``code`` in Python and, for
children, ``settles`` and ``never_ready``. Each program writes its process id into FOLDER first.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from callcenter.launcher import Plan, run
from callcenter.process_keeper import Child, Task


def command(folder: Path, step: dict[str, Any]) -> tuple[str, ...]:
    sign = f"import os; open({str(folder / step['name'])!r} + '.pids', 'a').write(f'{{os.getpid()}}\\n')"
    return (sys.executable, "-c", f"{sign}\n{step['code']}")


def task(folder: Path, step: dict[str, Any]) -> Task:
    return Task(step["name"], command(folder, step), dict(os.environ), folder / f"{step['name']}.log")


def child(folder: Path, step: dict[str, Any]) -> Child:
    def ready() -> bool:
        return (folder / f"{step['name']}.pids").exists() and not step.get("never_ready")

    log = folder / f"{step['name']}.log"
    return Child(step["name"], command(folder, step), dict(os.environ), log, ready, settles=step.get("settles", 0.0))


def plan(folder: Path, steps: list[Any]) -> Plan:
    made = tuple(
        task(folder, step) if isinstance(step, dict) else tuple(child(folder, one) for one in step) for step in steps
    )
    return Plan(folder, made, ("web: http://127.0.0.1:1",))


if __name__ == "__main__":
    here = Path(sys.argv[1])
    sys.exit(run(plan(here, json.loads(sys.argv[2]))))
