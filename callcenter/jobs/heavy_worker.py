"""The heavy worker: takes heavy jobs and mails from Redis' queue; any number may run on any number of machines."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from callcenter.adapters import heavy_queue
from callcenter.context import context, unit_of_work
from callcenter.jobs import heavy, relay
from callcenter.jobs.loop import Routine, keep_running
from callcenter.services.keeping import process_keys

if TYPE_CHECKING:
    from redis import Redis
    from rq import SimpleWorker

log = logging.getLogger(__name__)

REST = 5.0
"""Real seconds before a lost Redis is tried again."""
HEARD_WITHIN = 60
"""Seconds between two signs of life while nothing is to do; a process that gave none for longer counts as dead."""


@dataclass(frozen=True)
class Process:
    """What a job needs of the process that takes it."""

    app: Flask
    stop: threading.Event
    alive: Callable[[], object]


_process: Process | None = None


def run_queued(job_id: str) -> None:
    """Run a heavy job that rq took from the queue."""
    here = _here()
    _quietly(here, partial(heavy.run, job_id, here.stop, here.alive))


def carry_queued(message_id: int) -> None:
    """Carry an errand of the outbox that rq took from the queue, unless somebody else does."""
    _quietly(_here(), partial(relay.deliver, message_id))


def _here() -> Process:
    if _process is None:
        raise RuntimeError("a job was taken outside callcenter work --heavy")
    return _process


def _quietly(here: Process, run: Callable[[], object]) -> None:
    """Run a job; nothing is raised, as rq would write it into the log."""
    try:
        with here.app.app_context():
            run()
    except SQLAlchemyError as away:
        log.warning("the database does not answer (%s); the job is taken up later", type(away).__name__)


def work(app: Flask, redis_url: str) -> None:
    """Run jobs from the queue until a signal; a running job is then left to the next process."""
    from redis import Redis, RedisError  # only these processes need them

    stop = threading.Event()
    tell = partial(_tell_keys, process_keys.name_of_this("heavy"))
    keys = Routine("telling the keys at hand", tell, process_keys.EVERY.total_seconds())
    threading.Thread(target=keep_running, args=(app, (keys,), stop), name="keys", daemon=True).start()
    while not stop.is_set():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())  # rq replaces it while it works
        try:
            with Redis.from_url(redis_url) as redis:
                _take_from(redis, app, stop)
        except (RedisError, OSError) as away:
            log.warning("Redis is away (%s); heavy jobs are left to the worker", type(away).__name__)
        stop.wait(REST)


def _take_from(redis: Redis, app: Flask, stop: threading.Event) -> None:
    from redis import RedisError

    global _process  # noqa: PLW0603  # rq calls run_queued by name and can hand it an id only
    worker = _worker(redis, stop)

    def alive() -> None:
        with suppress(RedisError, OSError):  # the job goes on without Redis
            worker.heartbeat(HEARD_WITHIN * 2)

    _process = Process(app, stop, alive)
    worker.work(logging_level="WARNING")


def _tell_keys(process: str) -> None:
    with unit_of_work() as session:
        process_keys.report_keys(session, process, now=context().ports.clock.now())


def _worker(redis: Redis, stop: threading.Event) -> SimpleWorker:
    from rq import SimpleWorker
    from rq.exceptions import StopRequested
    from rq.job import Job
    from rq.serializers import JSONSerializer
    from rq.worker import WorkerStatus

    class Worker(SimpleWorker):
        """Works in this very process, so that a signal reaches the job and a death takes the job with it."""

        def request_stop(self, *_signal: object) -> None:
            """Stop: at once if there is nothing to do, else as soon as the job reports its progress."""
            stop.set()
            self._stop_requested = True
            if self.get_state() != WorkerStatus.BUSY:
                raise StopRequested

        def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
            """Return the seconds for which the sign of life at a job's beginning counts; reports renew it."""
            return HEARD_WITHIN * 2

    return Worker([heavy_queue.queue(redis)], connection=redis, serializer=JSONSerializer, worker_ttl=HEARD_WITHIN)
