"""Rings for the worker through rq; when Redis is away nobody rings, and the worker looks by itself."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rq import Queue

log = logging.getLogger(__name__)

QUEUE = "line"
JOB = "callcenter.jobs.worker.answer_bell"
TIMEOUT = 0.2
"""Seconds a webhook may lose to Redis."""
QUIET = 10.0
"""Seconds for which a bell that did not ring is left alone."""


class SilentBell:
    """No Redis at all; the worker looks by itself every moment."""

    def ring(self) -> None:
        """Nobody to ring for."""


class RedisBell:
    """Puts a job without any argument on the worker's one queue."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._queue: Queue | None = None
        self._quiet_until = 0.0

    def ring(self) -> None:
        from redis import RedisError  # the web process starts without it

        if time.monotonic() < self._quiet_until:
            return
        try:
            self._connected().enqueue(JOB, result_ttl=0, failure_ttl=60, ttl=30)
        except (RedisError, OSError) as away:
            self._quiet_until = time.monotonic() + QUIET
            log.warning("the doorbell is silent: %s; the worker looks by itself", type(away).__name__)

    def _connected(self) -> Queue:
        if self._queue is None:
            from redis import Redis  # heavy, and only needed here
            from rq import Queue
            from rq.serializers import JSONSerializer

            connection = Redis.from_url(self._url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
            self._queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
        return self._queue
