"""Ringing the worker through Redis; without Redis the worker looks by itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from callcenter.adapters.redis_link import RedisLink

if TYPE_CHECKING:
    from redis import Redis

log = logging.getLogger(__name__)

REST = 5.0
"""Real seconds before a lost Redis is tried again."""
BREATH = 1.0
"""Real seconds after which a listener looks whether it shall stop."""


class SilentBell:
    """The doorbell where there is no Redis."""

    def ring(self) -> None:
        """Do nothing."""


class RedisBell:
    """Publishes an empty message to the workers that listen."""

    def __init__(self, url: str) -> None:
        self._link = RedisLink(url, without="the doorbell is silent; the worker looks by itself")

    def ring(self) -> None:
        self._link.ask(lambda redis: redis.publish(_channel(redis), b""))


def listen(url: str, stop: threading.Event, rung: Callable[[], object]) -> None:
    """Call *rung* at every ring until *stop*, and at every new connection, as a ring may have been missed."""
    from redis import Redis, RedisError  # only the worker listens

    while not stop.is_set():
        try:
            with Redis.from_url(url, health_check_interval=30) as redis, redis.pubsub() as line:
                line.subscribe(_channel(redis))
                while not stop.is_set():
                    if line.get_message(timeout=BREATH) is not None:  # the first one says that we listen
                        rung()
        except (RedisError, OSError) as away:
            log.warning("Redis is away (%s); the worker looks by itself", type(away).__name__)
            stop.wait(REST)


def _channel(redis: Redis) -> str:
    """Return the channel of this installation: unlike keys, a server's channels are shared by all its databases."""
    return f"callcenter:bell:{redis.connection_pool.connection_kwargs.get('db', 0)}"
