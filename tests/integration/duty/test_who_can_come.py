"""Which counsellors can be expected to come to a caller: every state, plan and sign of life."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.policy import Policy
from callcenter.domain.staff.roles import Contact
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Presence
from callcenter.services.duty import availability
from tests.integration.people import NOW, member

POLICY = Policy()
SECOND = timedelta(seconds=1)
PLANS: list[dict[str, Any]] = [
    {"draining": True},
    {"away_after": AwayReason.BREAK},
    {"listening_id": "0" * 32},
    {"heartbeat_at": NOW - POLICY.gone_after},
]
"""What keeps anybody from coming, whatever they do."""


def comes(session: Session, work: Work, policy: Policy = POLICY, **facts: Any) -> bool:
    """Return whether a counsellor at a browser who does *work* can come."""
    given: dict[str, Any] = {
        "contact": Contact.BROWSER,
        "heartbeat_at": NOW - SECOND,
        "registered": True,
        "lease": new_id(),
        "since": NOW - SECOND,
    }
    staff = member(session, new_id())
    session.add(Presence(staff_id=staff.id, work=work, idle_since=NOW, **given | facts))
    session.flush()
    found = availability.how_many_coming(session, now=NOW, policy=policy)
    session.rollback()
    return bool(found)


@pytest.mark.parametrize("work", [one for one in Work if one not in (Work.OFFLINE, Work.AWAY)])
def test_who_is_free_rung_talking_or_writing_up_can_come_unless_something_else_is_planned(
    session: Session, work: Work
) -> None:
    assert comes(session, work)
    assert [comes(session, work, **plan) for plan in PLANS] == [False] * len(PLANS)


@pytest.mark.parametrize("reason", AwayReason)
def test_who_is_away_comes_when_they_say_so_and_is_not_counted_on_before(session: Session, reason: AwayReason) -> None:
    assert not comes(session, Work.AWAY, reason=reason)
    assert not comes(session, Work.AWAY, reason=reason, contact=Contact.PHONE)
    assert not comes(session, Work.OFFLINE)


@pytest.mark.parametrize("work, limit", [(Work.ON_CALL, POLICY.soft_limit), (Work.WRAP_UP, POLICY.wrap_up_limit)])
def test_the_end_of_a_talk_and_of_a_wrap_up_is_in_sight_until_their_limit(
    session: Session, work: Work, limit: timedelta
) -> None:
    assert comes(session, work, since=NOW - limit + SECOND)
    assert not comes(session, work, since=NOW - limit)


def test_without_a_soft_limit_every_talk_has_an_end_in_sight(session: Session) -> None:
    assert comes(session, Work.ON_CALL, Policy(soft_limit=timedelta(0)), since=NOW - timedelta(hours=5))


@pytest.mark.parametrize("facts, able", [({"registered": False}, False), ({"lease": None}, False), ({}, True)])
def test_a_free_browser_that_cannot_ring_is_not_counted_on(session: Session, facts: dict[str, Any], able: bool) -> None:
    assert comes(session, Work.AVAILABLE, **facts) is able
    assert comes(session, Work.AVAILABLE, contact=Contact.PHONE, heartbeat_at=None, **facts)


def test_a_browser_that_has_been_silent_for_a_moment_is_still_counted_on(session: Session) -> None:
    assert comes(session, Work.AVAILABLE, heartbeat_at=NOW - POLICY.fresh_for - SECOND)
