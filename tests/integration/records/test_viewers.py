"""Two people at one record see each other, and their screens hear of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from callcenter.domain.staff.roles import Role
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live
from callcenter.services.records import consultations, viewers
from callcenter.services.records.viewers import OtherViewer
from callcenter.services.trail.audit import Subject
from tests.integration.people import NOW, draft_of, member

RECORD = Subject("consultation", "r")


@pytest.fixture
def two(session: Session) -> tuple[Staff, Staff]:
    return member(session, "a"), member(session, "b", Role.SUPERVISOR)


def hints(session: Session, staff: Staff) -> int:
    session.commit()
    return sum(topic == live.viewers_topic(staff.id) for _, topic in live.hints_after(session, 0))


def test_who_comes_sees_who_is_there_and_is_announced(session: Session, two: tuple[Staff, Staff]) -> None:
    first, second = two
    viewers.start_viewing(session, RECORD, first, now=NOW)
    viewers.start_viewing(session, RECORD, second, writing="story", now=NOW)
    assert viewers.other_viewers(session, RECORD, second, now=NOW) == (OtherViewer("a", None),)
    assert viewers.other_viewers(session, RECORD, first, now=NOW) == (OtherViewer("b", "story"),)
    assert (hints(session, first), hints(session, second)) == (1, 0)


def test_saying_again_that_one_is_there_is_no_news(session: Session, two: tuple[Staff, Staff]) -> None:
    for seconds in (0, 20, 40):
        for staff in two:
            viewers.start_viewing(session, RECORD, staff, now=NOW + timedelta(seconds=seconds))
    assert [hints(session, staff) for staff in two] == [1, 0]


def test_who_closes_it_or_falls_silent_is_gone(session: Session, two: tuple[Staff, Staff]) -> None:
    first, second = two
    for staff in two:
        viewers.start_viewing(session, RECORD, staff, now=NOW)
    session.commit()
    viewers.stop_viewing(session, RECORD, second, now=NOW)
    assert (viewers.other_viewers(session, RECORD, first, now=NOW), hints(session, first)) == ((), 2)
    assert viewers.other_viewers(session, RECORD, second, now=NOW + viewers.HERE) == ()


def test_what_one_of_them_saves_is_told_to_the_other(session: Session, two: tuple[Staff, Staff]) -> None:
    first, second = two
    record = draft_of(session, first)
    viewers.start_viewing(session, Subject("consultation", record.id), second, now=NOW)
    consultations.save_draft(session, record.id, 1, {"story": "話"}, by=first, now=NOW)
    assert hints(session, second) == 1
