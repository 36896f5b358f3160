"""What is indexed by older spelling rules while the line runs is indexed anew by the worker, as a heavy job."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callcenter.domain.names.nicknames import SPELLING
from callcenter.jobs import heavy, reindex, running
from callcenter.models.cases.cases import Nickname
from callcenter.models.delivery.heavy_jobs import HeavyJob, JobState
from callcenter.services.names import nickname_reindex
from tests.desk import Desk
from tests.integration.consoles import opened
from tests.integration.people import person_called


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(running, "NOTE_EVERY", 0.0)
    yield from opened(database_url)


def older_version_adds(desk: Desk, *names: str) -> None:
    with desk.work() as session:
        for name in names:
            person_called(session, name)
        session.flush()
        session.execute(update(Nickname).where(Nickname.text.in_(names)).values(spelling=SPELLING - 1))


def looks(desk: Desk, stop: threading.Event | None = None) -> list[HeavyJob]:
    with desk.app.app_context():
        reindex.plan()
        reindex.plan()
        heavy.hand_out(stop or threading.Event())
    with desk.work() as session:
        return list(session.scalars(select(HeavyJob).where(HeavyJob.kind == nickname_reindex.KIND)))


def test_names_of_an_older_version_become_one_job_that_says_how_far_it_is(desk: Desk) -> None:
    older_version_adds(desk, "みなと", "ゆき", "はるか")
    (job,) = looks(desk)
    assert (job.state, job.result, job.done) == (JobState.DONE, "done", job.total)
    assert job.total is not None
    assert job.total >= 3
    with desk.work() as session:
        assert nickname_reindex.outdated(session).names == 0


def test_where_every_name_is_indexed_by_todays_rules_nothing_is_planned(desk: Desk) -> None:
    with desk.work() as session:
        person_called(session, "みなと")
    with desk.app.app_context():
        heavy.hand_out(threading.Event())
    assert looks(desk) == []


def test_a_worker_that_stops_in_the_midst_leaves_the_rest_to_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    older_version_adds(desk, "みなと", "ゆき", "はるか", "そら", "うみ")
    stop = threading.Event()
    batch = nickname_reindex.batch

    def stopping(session: Session) -> int:
        stop.set()
        return batch(session, at_most=2)

    monkeypatch.setattr(nickname_reindex, "batch", stopping)
    with desk.work() as session:
        left = nickname_reindex.outdated(session).names
    with desk.app.app_context():
        reindex.plan()
    with desk.work() as session:
        job_id = session.scalars(select(HeavyJob.id)).one()
    with desk.app.app_context():
        heavy.run(job_id, stop)
    with desk.work() as session:
        job = session.get_one(HeavyJob, job_id)
        assert (job.state, nickname_reindex.outdated(session).names) == (JobState.WANTED, left - 2)
    stop.clear()
    monkeypatch.setattr(nickname_reindex, "batch", batch)
    assert [one.state for one in looks(desk)] == [JobState.DONE]
