"""Rebuilding the index of nicknames after a change of the spelling rules, as a heavy job and for the command."""

from __future__ import annotations

import time
from collections.abc import Iterator

from callcenter.context import context, reading, unit_of_work
from callcenter.jobs.running import Running
from callcenter.services.delivery import heavy_jobs
from callcenter.services.names import nickname_reindex


def plan() -> None:
    """Request the job while anything is indexed by older rules; a version still running may add such names."""
    with reading() as session:
        rows = nickname_reindex.outdated(session).rows
    if rows:
        with unit_of_work() as session:
            heavy_jobs.request_job(session, nickname_reindex.KIND, by=None, now=context().ports.clock.now())


def rebuild(job: Running) -> str:
    """Index everything that is outdated, reporting the progress in rows."""
    with reading() as session:
        total = nickname_reindex.outdated(session).rows
    done = 0
    for rows in batches():
        done += rows
        job.advance(done, max(done, total))
    return "done"


def batches() -> Iterator[int]:
    """Index batch by batch, each in a transaction of its own, and yield how many rows each looked at."""
    while True:
        began = time.monotonic()
        with unit_of_work() as session:
            rows = nickname_reindex.batch(session)
        if not rows:
            return
        yield rows
        time.sleep(time.monotonic() - began)  # the telephone writes between two batches
