"""Who is rung for whom: the longest-idle counsellor for the caller who is next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callcenter.domain.calls.lifecycle import CallerKey


@dataclass(frozen=True)
class DueCaller:
    """A caller whom somebody should be rung for."""

    call_id: str
    passed_by: frozenset[str] = frozenset()
    """Counsellors who let this caller ring out, or declined, in the present round."""
    supervisors_only: bool = False
    resting: frozenset[str] = frozenset()
    """Counsellors who declined this caller a moment ago; they are left in peace even if nobody else is free."""
    key: CallerKey | None = None
    """What the caller pressed, if anything: a wish, not a condition."""
    respect_preferences: bool = False
    """In the first seconds of waiting, whoever would rather take other callers is not rung yet."""


@dataclass(frozen=True)
class FreeCounsellor:
    """A counsellor who can be rung."""

    staff_id: str
    supervisor: bool = False
    prefers: CallerKey | None = None
    """The callers this counsellor would rather take, 本人 or 家族; most have no preference."""


@dataclass(frozen=True)
class Match:
    """Ring *staff_id* for *call_id*; in a new round everybody may be rung for that caller once more."""

    call_id: str
    staff_id: str
    new_round: bool


def match(callers: Sequence[DueCaller], free: Sequence[FreeCounsellor]) -> Iterator[Match]:
    """Match *callers*, the next one first, with *free*, the longest idle first; nobody twice.

    Each caller gets the longest-idle counsellor who has not passed by yet, those who would rather take other callers
    last; when all have passed by, a new round begins.
    """
    left = list(free)
    for caller in callers:
        suited = sorted((one for one in left if _may_ring(one, caller)), key=lambda one: prefers_others(one, caller))
        if not suited:
            continue
        chosen = next((one for one in suited if one.staff_id not in caller.passed_by), None)
        yield Match(caller.call_id, (chosen or suited[0]).staff_id, new_round=chosen is None)
        left.remove(chosen or suited[0])


def prefers_others(one: FreeCounsellor, caller: DueCaller) -> bool:
    """Whether this counsellor would rather take another kind of caller; a caller without a key is of no kind."""
    kinds = (CallerKey.SELF, CallerKey.FAMILY)
    return one.prefers is not None and caller.key in kinds and one.prefers is not caller.key


def _may_ring(one: FreeCounsellor, caller: DueCaller) -> bool:
    return (
        one.staff_id not in caller.resting
        and (one.supervisor or not caller.supervisors_only)
        and not (caller.respect_preferences and prefers_others(one, caller))
    )
