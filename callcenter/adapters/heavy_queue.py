"""The queue of heavy jobs and mails in Redis, by rq: it carries a row's id and nothing else, and may be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callcenter.adapters.redis_link import RedisLink

if TYPE_CHECKING:
    from redis import Redis
    from rq import Queue

NAME = "heavy"
RUN = "callcenter.jobs.heavy_worker.run_queued"
"""What a process that takes a job from the queue calls with its id."""
CARRY = "callcenter.jobs.heavy_worker.carry_queued"
"""The same for an errand of the outbox."""
LONGEST_ERRAND = 300
"""Seconds after which an errand that still runs is broken off; a mail server answers long before, or not at all."""
LONGEST = 6 * 3600
"""Seconds after which a job that still runs is broken off."""


class RqQueue:
    """Puts ids on the queue; while Redis is away that does nothing, and the worker tries again."""

    def __init__(self, url: str) -> None:
        self._link = RedisLink(url, without="heavy jobs cannot be queued; the worker sees to them later")

    def put(self, job_id: str, attempts: int) -> None:
        self._link.ask(lambda redis: _put(redis, job_id, attempts))

    def put_errand(self, message_id: int, attempts: int) -> None:
        self._link.ask(lambda redis: _put_errand(redis, message_id, attempts))

    def is_served(self) -> bool:
        return bool(self._link.ask(_has_workers))


def queue(redis: Redis) -> Queue:
    """Return the one queue of heavy jobs."""
    from rq import Queue  # heavy, and only needed here
    from rq.serializers import JSONSerializer

    return Queue(NAME, connection=redis, serializer=JSONSerializer)


def _put(redis: Redis, job_id: str, attempts: int) -> None:
    """Put the job on the queue unless it lies there for this try already."""
    _enqueue(redis, RUN, job_id, name=f"{job_id}-{attempts}", longest=LONGEST)


def _put_errand(redis: Redis, message_id: int, attempts: int) -> None:
    _enqueue(redis, CARRY, message_id, name=f"errand-{message_id}-{attempts}", longest=LONGEST_ERRAND)


def _enqueue(redis: Redis, function: str, row_id: str | int, *, name: str, longest: int) -> None:
    heavy = queue(redis)
    if heavy.get_job_position(name) is None:
        heavy.enqueue(function, row_id, job_id=name, job_timeout=longest, result_ttl=0, failure_ttl=0)


def _has_workers(redis: Redis) -> bool:
    from rq import Worker

    keys = Worker.all_keys(queue=queue(redis))  # also of those that were killed; their own entries time out
    return bool(keys) and bool(redis.exists(*keys))
