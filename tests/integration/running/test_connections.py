"""What every connection to PostgreSQL is made for: few journeys to the server, and statements prepared once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from callcenter.models.base import append
from callcenter.models.calls.calls import Receipt
from callcenter.models.delivery.outbox import LiveEvent, OutboxMessage
from callcenter.models.engines import READING, connect

NOW = datetime(2026, 11, 25, 5, tzinfo=UTC)


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    engine = connect(postgresql_url)
    yield engine
    engine.dispose()


def prepared(session: Session) -> int:
    """Return how many statements the server keeps prepared for this connection."""
    return session.scalar(text("SELECT count(*) FROM pg_prepared_statements")) or 0


def test_statements_stay_prepared_over_transactions_that_only_read(engine: Engine) -> None:
    for _ in range(8):
        with Session(engine) as session:
            session.connection(execution_options=READING)
            session.scalar(select(func.count(Receipt.key)))
            session.rollback()
    with Session(engine) as session:
        assert prepared(session) >= 1


def test_a_transaction_that_only_reads_can_write_nothing(engine: Engine) -> None:
    with Session(engine) as session:
        session.connection(execution_options=READING)
        with pytest.raises(DBAPIError) as refused:
            session.execute(text("DELETE FROM receipts"))
        assert isinstance(refused.value.orig, psycopg.errors.ReadOnlySqlTransaction)
        session.rollback()
        session.execute(text("DELETE FROM receipts"))  # the next transaction writes as ever


def test_rows_that_are_only_added_are_written_in_one_journey(engine: Engine) -> None:
    asked = list[str]()
    event.listen(engine, "before_cursor_execute", lambda *statement: asked.append(statement[2]))
    with Session(engine) as session:
        append(session, LiveEvent, topic="line", at=NOW)
        append(session, OutboxMessage, topic="ring", facts={"offer": "1"}, created_at=NOW, due_at=NOW, attempts=0)
        append(session, Receipt, key="k", answer="<Response/>", taken_at=NOW)
        session.commit()
    assert len(asked) == 1
    with Session(engine) as session:
        assert session.scalars(select(LiveEvent.topic)).all() == ["line"]
        assert session.scalars(select(OutboxMessage.facts)).all() == [{"offer": "1"}]
        assert session.scalars(select(Receipt.taken_at)).all() == [NOW]


def test_a_connection_that_breaks_while_it_reads_is_told_as_what_it_is(engine: Engine) -> None:
    with Session(engine) as session:
        session.connection(execution_options=READING)
        pid = session.scalar(select(func.pg_backend_pid()))
        with engine.connect() as other:
            other.execute(select(func.pg_terminate_backend(pid)))
        with pytest.raises(OperationalError) as broken:
            session.scalar(select(func.count(Receipt.key)))
        assert broken.value.connection_invalidated
        session.rollback()
        assert session.scalar(select(func.count(Receipt.key))) == 0
