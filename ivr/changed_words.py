"""The wording of the line: the phrases of ``ivr.words`` with operators' changes.

Scripts name a phrase; whoever runs a script says where the changes come from. So scripts stay functions
of their scene and of the wording, and need no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from callcenter.domain.announcements.speech import Announcement, Sound
from callcenter.domain.announcements.wording import Changes
from ivr import words

KEPT = 128
"""How many scripts of a kind are kept ready: the same scene in the same wording gives the same script."""

P = ParamSpec("P")
R = TypeVar("R")


class Wording:
    """The phrases as they are spoken; compared by identity."""

    def __init__(self, changed: Mapping[Announcement, Announcement]) -> None:
        self._changed = dict(changed)

    def __getitem__(self, shipped: Announcement) -> Announcement:
        return self._changed.get(shipped, shipped)


SHIPPED = Wording({})
Source = Callable[[], Wording]


def _as_shipped() -> Wording:
    return SHIPPED


_source: ContextVar[Source] = ContextVar("wording", default=_as_shipped)


def now() -> Wording:
    """Return the wording in force for the running script."""
    return _source.get()()


@contextmanager
def taken_from(source: Source) -> Iterator[None]:
    """Let the scripts inside speak with the wording that *source* returns at that moment."""
    before = _source.set(source)
    try:
        yield
    finally:
        _source.reset(before)


def kept(script: Callable[P, R]) -> Callable[P, R]:
    """Cache what *script* returned for a scene, as long as the wording is the same."""

    @lru_cache(KEPT)
    def in_wording(_wording: Wording, *args: P.args, **named: P.kwargs) -> R:
        return script(*args, **named)

    @wraps(script)
    def in_this_wording(*args: P.args, **named: P.kwargs) -> R:
        return in_wording(now(), *args, **named)  # type: ignore[arg-type]  # scenes are frozen, so they have a hash

    return in_this_wording


@lru_cache(8)
def with_changes(changes: Changes, origin: str) -> Wording:
    """Return the shipped phrases with *changes*; recordings are fetched from *origin*."""
    changed = {}
    for name, change in changes.by_name.items():
        shipped = words.BY_NAME.get(name)
        if shipped is None:
            continue  # a phrase of another version of this program
        sound = None if change.sound is None else Sound(f"{origin}/audio/{change.sound.file}", change.sound.seconds)
        changed[shipped] = Announcement(shipped.code, change.text or shipped.text, change.readings, sound)
    return Wording(changed)
