"""Matching callers with counsellors: the longest-idle counsellor for the next caller."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callcenter.domain.calls.lifecycle import CallerKey


@dataclass(frozen=True)
class DueCaller:
    """A caller for whom a counsellor should be rung now."""

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
    escalated: bool = False
    """Whether so many rings stayed unanswered that those who stand by are asked as well."""


@dataclass(frozen=True)
class FreeCounsellor:
    """A counsellor who can be rung."""

    staff_id: str
    supervisor: bool = False
    prefers: CallerKey | None = None
    """The callers this counsellor would rather take, 本人 or 家族; most have no preference."""
    standby: bool = False
    """Takes no calls, but is at hand for a caller whose rings stay unanswered."""


@dataclass(frozen=True)
class Match:
    """Ring *staff_id* for *call_id*; in a new round everybody may be rung for that caller again."""

    call_id: str
    staff_id: str
    new_round: bool


def match(callers: Sequence[DueCaller], free: Sequence[FreeCounsellor]) -> Iterator[Match]:
    """Yield matches of *callers*, the next one first, with *free*, the longest idle first; nobody twice.

    Each caller gets the longest-idle counsellor who has not passed by yet, those who would rather take other callers
    last; when all have passed by, a new round begins. A caller who stands there twice is given two.
    """
    left, begun = list(free), set[str]()
    for caller in callers:
        suited = sorted((one for one in left if _may_ring(one, caller)), key=lambda one: prefers_others(one, caller))
        if not suited:
            continue
        chosen = next((one for one in suited if one.staff_id not in caller.passed_by), None)
        yield Match(caller.call_id, (chosen or suited[0]).staff_id, chosen is None and caller.call_id not in begun)
        if chosen is None:
            begun.add(caller.call_id)
        left.remove(chosen or suited[0])


def prefers_others(one: FreeCounsellor, caller: DueCaller) -> bool:
    """Return whether this counsellor prefers the other kind of caller; without a key a caller has no kind."""
    kinds = (CallerKey.SELF, CallerKey.FAMILY)
    return one.prefers is not None and caller.key in kinds and one.prefers is not caller.key


def _may_ring(one: FreeCounsellor, caller: DueCaller) -> bool:
    return (
        one.staff_id not in caller.resting
        and (caller.escalated or not one.standby)
        and (one.supervisor or not caller.supervisors_only)
        and not (caller.respect_preferences and prefers_others(one, caller))
    )
