"""``callcenter work --heavy`` with a job that takes as long as a test wants.

Each run of the job adds a line with its process to the file ``begun``, waits for the file ``go`` beside it, and adds a
line to ``ended``. Leases are short, so that a test need not wait a minute for the job of a process it killed.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from callcenter.jobs import heavy, heavy_worker, running
from callcenter.jobs.running import Running
from callcenter.services.delivery import heavy_jobs
from tests.desk import settings_of_the_test
from wsgi import web

KIND = "slow"
LEASE = timedelta(seconds=3)


def slow(folder: Path, job: Running) -> str:
    """Report progress until the test lets go."""
    with (folder / "begun").open("a") as file:
        file.write(f"{job.subject_id} {os.getpid()}\n")
    steps = 0
    while not (folder / "go").exists():
        job.advance(steps, 1000)
        steps += 1
        time.sleep(0.05)
    with (folder / "ended").open("a") as file:
        file.write(f"{job.subject_id}\n")
    return "done"


def main(database_url: str, redis_url: str, folder: str) -> None:
    heavy_jobs.LEASE, running.NOTE_EVERY = LEASE, 0.1
    heavy.KINDS[KIND] = lambda job: slow(Path(folder), job)
    heavy_worker.work(web(settings_of_the_test(database_url, REDIS_URL=redis_url)), redis_url)


if __name__ == "__main__":
    main(*sys.argv[1:])
