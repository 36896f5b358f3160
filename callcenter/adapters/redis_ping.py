"""Checks whether a Redis server takes commands."""

from __future__ import annotations


def ping(url: str) -> Exception | None:
    """Return None if the server at *url* answers PING within a second, else the error that came instead.

    A server that still reads its data from disk, or that refuses the password, does not answer.
    """
    from redis import Redis, RedisError  # heavy, and not needed by every process

    try:
        with Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
            client.ping()
    except (RedisError, OSError) as away:
        return away
    return None
