"""Levels of the board's figures: usual, raised or serious, in words, shapes and colours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from callcenter.domain.duty.presence import Work
from callcenter.domain.figures.answering import IN_TIME, LONG_WAIT, TARGET, VERY_LONG_WAIT
from callcenter.domain.policy import Policy
from callcenter.ui.state_labels import StateLabel


@dataclass(frozen=True)
class Level:
    """How a figure stands, and from where on it would stand otherwise."""

    tone: StateLabel
    note: str = ""

    @property
    def usual(self) -> bool:
        return self.tone.tone in {"accent", "quiet"}


USUAL = StateLabel("ふつう", "accent", "dot", solid=True)
NOTHING_YET = StateLabel("まだありません", "quiet", "ring")


def _raised(label: str) -> StateLabel:
    return StateLabel(label, "warn", "triangle", solid=True)


def _serious(label: str) -> StateLabel:
    return StateLabel(label, "danger", "alert")


def _minutes(span: timedelta) -> str:
    return f"{int(span.total_seconds() // 60)}分から"


def of_queue(waiting: int, policy: Policy) -> Level:
    """Return the level of how many callers wait."""
    if waiting >= policy.crowded_from:
        return Level(_raised("混んでいます"), f"{policy.crowded_from}人から")
    return Level(USUAL, f"{policy.crowded_from}人から混雑")


def of_wait(waited: timedelta) -> Level:
    """Return the level of how long a caller waits."""
    if waited >= VERY_LONG_WAIT:
        return Level(_serious("とても長い"), _minutes(VERY_LONG_WAIT))
    if waited >= LONG_WAIT:
        return Level(_raised("長め"), _minutes(LONG_WAIT))
    return Level(USUAL, f"長めは{_minutes(LONG_WAIT)}")


def of_cover(coming: int, there: int, waiting: int) -> Level:
    """Return the level of how many of those on duty can come to a caller."""
    if coming or not there:
        return Level(USUAL)
    return Level(_serious("だれも出られません") if waiting else _raised("だれも出られません"))


def of_service(percent: int | None) -> Level:
    """Return the level of the service level."""
    if percent is None:
        return Level(NOTHING_YET, f"{TARGET}%がめやす")
    return Level(USUAL if percent >= TARGET else _raised("低め"), f"{TARGET}%がめやす")


def of_speed(average: timedelta | None) -> Level:
    """Return the level of the average speed of answer."""
    note = f"{int(IN_TIME.total_seconds())}秒がめやす"
    if average is None:
        return Level(NOTHING_YET, note)
    return Level(USUAL if average <= IN_TIME else _raised("長め"), note)


def of_work(work: Work, lasting: timedelta, policy: Policy) -> Level | None:
    """Return the level of how long a talk or wrap-up lasts; nobody is hurried, somebody may want help."""
    limit = {Work.ON_CALL: policy.soft_limit, Work.WRAP_UP: policy.wrap_up_limit}.get(work, timedelta(0))
    if not timedelta(0) < limit <= lasting:
        return None
    return Level(_raised("長め"), f"めやす{int(limit.total_seconds() // 60)}分")
