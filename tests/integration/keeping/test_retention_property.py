"""Whatever happened to a case: nothing within its period or held is ever destroyed, and everything else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.calendar.periods import first_day_after
from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.states import CaseState, CloseReason
from callcenter.domain.keeping.retention import HoldReason
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Case, Nickname, Person
from callcenter.models.cases.casework import CaseClosing
from callcenter.models.engines import connect
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.keeping import holds
from callcenter.services.trail.audit import OPERATOR
from tests.integration.conftest import new_session
from tests.integration.keeping.ageing import CANARY, old_case, old_record, purge
from tests.integration.people import NOW, TODAY, member


@pytest.fixture
def file(sqlite_url: str) -> Iterator[Engine]:
    """One SQLite file; SQL that differs is in the tests that ask for ``session``."""
    engine = connect(sqlite_url)
    yield engine
    engine.dispose()


@dataclass(frozen=True)
class Story:
    """How old a case is, and what keeps it."""

    days_ago: int
    visited: bool
    closed_days_ago: int | None
    hold_days: int | None
    """The hold's last day, counted from today; it may have passed."""
    lifted: bool
    follow_up_days: int | None
    linked: bool


STORIES = st.builds(
    Story,
    days_ago=st.one_of(st.integers(725, 735), st.integers(0, 2200)),
    visited=st.booleans(),
    closed_days_ago=st.none() | st.integers(0, 2200),
    hold_days=st.none() | st.integers(-2, 2),
    lifted=st.booleans(),
    follow_up_days=st.none() | st.integers(-2, 2),
    linked=st.booleans(),
)


def told(session: Session, by: Staff, story: Story, number: int) -> str:
    """Make it so, and return the id of what may go."""
    if not story.linked:
        record = old_record(session, by, story.days_ago)
        record.story = f"{CANARY}{number}"
        row_id = record.id
    else:
        case = old_case(session, by, f"名前{number}", story.days_ago, channel="visit" if story.visited else "phone")
        case.summary, row_id = f"{CANARY}{number}", case.id
        if story.closed_days_ago is not None:
            case.state = CaseState.CLOSED
            closed_at = NOW - timedelta(days=story.closed_days_ago)
            closing = CaseClosing(id=new_id(), data_key_id=case.data_key_id, case_id=case.id, closed_by=by.id)
            closing.reason, closing.closed_at = CloseReason.QUIET, closed_at
            session.add(closing)
        if story.follow_up_days is not None:
            case.follow_up_on = TODAY + timedelta(days=story.follow_up_days)
    if story.hold_days is not None:
        hold = holds.place_hold(session, row_id, HoldReason.SAFETY, "続いている", TODAY, by=OPERATOR, now=NOW)
        hold.until = TODAY + timedelta(days=story.hold_days)
        if story.lifted:
            holds.lift(session, hold.id, by=OPERATOR, now=NOW)
    session.flush()
    return row_id


def shall_go(story: Story) -> bool:
    """The rule, told once more and plainly."""
    last = local_date(NOW - timedelta(days=story.days_ago))
    goes = first_day_after(last, 2)
    if story.linked and story.visited:
        if story.closed_days_ago is None:
            return False
        goes = max(goes, first_day_after(max(last, local_date(NOW - timedelta(days=story.closed_days_ago))), 5))
    held = story.hold_days is not None and story.hold_days >= 0 and not story.lifted
    is_open = story.linked and story.closed_days_ago is None
    looked_at = is_open and story.follow_up_days is not None and story.follow_up_days >= 0
    return goes <= TODAY and not held and not looked_at


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories=st.lists(STORIES, min_size=1, max_size=6))
def test_nothing_within_its_period_or_held_is_ever_destroyed(file: Engine, ring: KeyRing, stories: list[Story]) -> None:
    with new_session(file, ring) as session:
        by = member(session, new_id())
        ids = [told(session, by, story, number) for number, story in enumerate(stories)]
        gone = set(purge(session))
        assert gone == {row_id for row_id, story in zip(ids, stories, strict=True) if shall_go(story)}
        for number, row_id in enumerate(ids):
            kept = session.get(Case, row_id) or session.get_one(Consultation, row_id)
            text = kept.summary if isinstance(kept, Case) else kept.story
            assert text == (None if row_id in gone else f"{CANARY}{number}")
        names = session.scalars(select(Person.case_id).join(Nickname, Nickname.person_id == Person.id))
        assert set(names).isdisjoint(gone)
        session.rollback()
