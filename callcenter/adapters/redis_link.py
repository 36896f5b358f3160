"""A connection to Redis for callers that must not wait: after a failure it rests for a while."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from redis import Redis

log = logging.getLogger(__name__)

TIMEOUT = 0.2
"""Seconds a webhook may lose to Redis."""
QUIET = 10.0
"""Seconds for which a Redis that did not answer is left alone."""

Answer = TypeVar("Answer")


class RedisLink:
    """Connects at first use; *without* is logged to say what happens while Redis is away."""

    def __init__(self, url: str, *, without: str) -> None:
        self._url, self._without = url, without
        self._redis: Redis | None = None
        self._quiet_until = 0.0

    def ask(self, act: Callable[[Redis], Answer]) -> Answer | None:
        """Return what *act* gets from Redis, or None if Redis is away."""
        from redis import RedisError  # the web process starts without it

        if time.monotonic() < self._quiet_until:
            return None
        try:
            return act(self._connected())
        except (RedisError, OSError) as away:
            self._quiet_until = time.monotonic() + QUIET
            log.warning("%s (%s)", self._without, type(away).__name__)
            return None

    def _connected(self) -> Redis:
        if self._redis is None:
            from redis import Redis  # heavy, and only needed here
            from redis.backoff import NoBackoff
            from redis.retry import Retry

            once = Retry(NoBackoff(), 0)
            self._redis = Redis.from_url(self._url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=once)
        return self._redis
