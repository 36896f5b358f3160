"""A lease: of two who come at once one gets the row, who dies leaves it, who was too slow changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from callcenter.models.delivery.chores import Chore
from callcenter.models.engines import connect, end_idle_transactions
from callcenter.services.delivery import leases
from callcenter.services.delivery.leases import LeasedRow
from tests.line import A_WEDNESDAY_AFTERNOON as NOW

LENGTH = timedelta(seconds=20)
THIS = Chore.name == "chore"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    with Session(engine) as session, session.begin():
        session.add(Chore(name="chore", begun_at=NOW))
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session, session.begin():
        yield session


def taken(session: Session, after: float = 0) -> LeasedRow[Chore] | None:
    return leases.take(session, Chore, THIS, length=LENGTH, now=NOW + timedelta(seconds=after))


def test_a_row_that_is_held_is_free_again_at_the_end_of_its_lease(session: Session) -> None:
    assert taken(session) is not None
    assert taken(session, 19.9) is None
    assert taken(session, 20) is not None


def test_a_holder_whose_time_ran_out_changes_nothing_any_more(session: Session) -> None:
    first = taken(session)
    second = taken(session, 20)
    assert first is not None
    assert second is not None
    at = NOW + LENGTH
    assert not leases.renew(session, Chore, THIS, token=first.token, length=LENGTH, now=at, begun_at=at)
    assert not leases.release(session, Chore, THIS, token=first.token, begun_at=at)
    assert session.get_one(Chore, "chore").begun_at == NOW
    assert leases.release(session, Chore, THIS, token=second.token, begun_at=at)
    assert session.get_one(Chore, "chore").begun_at == at


def test_a_lease_that_is_renewed_goes_on(session: Session) -> None:
    held = taken(session)
    assert held is not None
    assert leases.renew(session, Chore, THIS, token=held.token, length=LENGTH, now=NOW + LENGTH / 2)
    assert taken(session, 20) is None
    assert taken(session, 30) is not None


def test_a_row_given_back_is_free_at_once(session: Session) -> None:
    held = taken(session)
    assert held is not None
    assert leases.release(session, Chore, THIS, token=held.token)
    assert taken(session) is not None


def test_a_clock_that_was_put_back_keeps_nobody_waiting(session: Session) -> None:
    assert taken(session, 3600) is not None
    assert taken(session) is not None


def test_a_row_that_is_new_belongs_to_who_wrote_it_first(session: Session) -> None:
    assert leases.add(session, Chore(name="new", begun_at=NOW), length=LENGTH, now=NOW) is not None
    assert leases.add(session, Chore(name="new", begun_at=NOW), length=LENGTH, now=NOW) is None
    assert leases.take(session, Chore, Chore.name == "new", length=LENGTH, now=NOW) is None


def test_of_many_who_come_at_once_one_gets_it(engine: Engine) -> None:
    got, start = list[str](), threading.Barrier(6)

    def come() -> None:
        start.wait()
        with Session(engine) as session, session.begin():
            held = taken(session)
        if held is not None:
            got.append(held.token)

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_a_halted_process_does_not_keep_a_row_for_good(postgresql_url: str) -> None:
    engine = connect(postgresql_url)
    with Session(engine) as session, session.begin():
        session.add(Chore(name="chore", begun_at=NOW))
    halted = connect(postgresql_url)
    end_idle_transactions(halted, after=0.2)
    with Session(halted) as held:
        assert taken(held) is not None  # and no commit follows
        with Session(engine) as session, session.begin():
            assert taken(session) is not None  # after a moment, and well before a lock is given up
        with pytest.raises(DBAPIError):
            held.commit()
    halted.dispose()
    engine.dispose()
