"""Rows of the line are written by one UPDATE each; whatever is more than that is left to the mapper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, event
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from callcenter.domain.duty.presence import Work
from callcenter.domain.phone_numbers import Caller, CallerKind
from callcenter.domain.policy import Policy
from callcenter.models.calls.calls import Call, CallEvent
from callcenter.services.calls import calls
from callcenter.services.duty import presence
from tests.integration.people import NOW, member

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def call(session: Session) -> Call:
    made = calls.create_call(
        session, "CA1", Caller(CallerKind.WITHHELD, None), at=NOW, policy=Policy(own_numbers=frozenset())
    )
    session.commit()
    return made


@contextmanager
def updates(engine: Engine) -> Iterator[list[str]]:
    seen = list[str]()

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("UPDATE"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def stored(engine: Engine, call_id: str) -> Call:
    with Session(engine) as other:
        return other.get_one(Call, call_id)


def test_changed_columns_are_written_by_one_statement_and_unchanged_ones_are_not(
    session: Session, engine: Engine, call: Call
) -> None:
    with updates(engine) as seen:
        call.last_news_at, call.phrases_heard, call.waits = LATER, ["C03"], call.waits
        session.commit()
        assert len(seen) == 1
        assert "waits" not in seen[0]
        session.commit()
        call.last_news_at = LATER
        session.commit()
        assert len(seen) == 1
    read = stored(engine, call.id)
    assert (read.last_news_at, read.phrases_heard, read.waits) == (LATER, ["C03"], 0)


def test_a_change_is_seen_by_the_next_query_of_its_transaction_and_undone_with_it(
    session: Session, engine: Engine, call: Call
) -> None:
    call_id, call.caller_code = call.id, "1234"
    assert session.query(Call).filter_by(caller_code="1234").one() is call
    session.rollback()
    assert call.caller_code is None
    session.rollback()
    assert stored(engine, call_id).caller_code is None


def test_a_savepoint_that_is_rolled_back_gives_the_row_its_former_values(session: Session, call: Call) -> None:
    call.caller_code = "1234"
    savepoint = session.begin_nested()
    call.caller_code = "9999"
    session.flush()
    savepoint.rollback()
    assert call.caller_code == "1234"
    session.commit()
    assert call.caller_code == "1234"


def test_a_row_that_is_gone_is_an_error_not_a_silence(session: Session, call: Call) -> None:
    session.connection().execute(delete(CallEvent))
    session.connection().execute(delete(Call))
    call.last_news_at = LATER
    with pytest.raises(StaleDataError, match="calls"):
        session.flush()


def test_rows_are_written_together_as_the_transaction_ends_in_the_mappers_order(
    session: Session, engine: Engine, call: Call
) -> None:
    row = presence.become_available(session, member(session, "tanto01"), now=NOW)
    session.commit()
    with updates(engine) as seen:
        row.misses, call.last_news_at = 1, LATER
        assert presence.lock(session, row.staff_id) is row  # only a change to such a row is written before it is read
        assert [statement.split()[1] for statement in seen] == ["calls", "presence"]
        assert row.misses == 1
        call.last_news_at = LATER + timedelta(minutes=1)
        presence.lock(session, row.staff_id)
        assert len(seen) == 2
        session.commit()
        assert len(seen) == 3


def test_what_is_more_than_columns_is_left_to_the_mapper(session: Session, engine: Engine, call: Call) -> None:
    staff = member(session, "tanto01")
    row = presence.become_available(session, staff, now=NOW)
    session.commit()
    staff.name, row.work, call.last_news_at = "担当99", Work.AWAY, LATER
    call.waits = Call.waits + 2
    session.commit()
    assert stored(engine, call.id).waits == 2
    assert stored(engine, call.id).last_news_at == LATER
