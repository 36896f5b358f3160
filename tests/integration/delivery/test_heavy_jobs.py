"""Heavy jobs: done once, resumed after a death, told when they fail, done by the worker where no queue is served."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from callcenter.adapters import checkup
from callcenter.adapters.heavy_queue import RqQueue
from callcenter.context import Context
from callcenter.jobs import heavy, running
from callcenter.jobs.running import Running
from callcenter.models.delivery.heavy_jobs import HeavyJob, JobState
from callcenter.services.delivery import heavy_jobs
from tests.desk import Desk
from tests.integration.consoles import opened

KIND = "count"
STORY = "昨日、父と話せた。"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(running, "NOTE_EVERY", 0.0)
    monkeypatch.setitem(heavy.KINDS, KIND, lambda _job: "done")
    yield from opened(database_url)


def wants(desk: Desk, subject_id: str = "", kind: str = KIND) -> str:
    with desk.work() as session:
        return heavy_jobs.request_job(session, kind, subject_id, by=None, now=desk.clock.now()).id


def job_of(desk: Desk, job_id: str) -> HeavyJob:
    with desk.work() as session:
        return session.get_one(HeavyJob, job_id)


def runs(desk: Desk, job_id: str, stop: threading.Event | None = None) -> bool:
    with desk.app.app_context():
        return heavy.run(job_id, stop or threading.Event())


def hands_out(desk: Desk) -> None:
    with desk.app.app_context():
        heavy.hand_out(threading.Event())


def later(desk: Desk, span: timedelta) -> None:
    desk.line.at(desk.clock.now() + span)


def test_without_a_queue_the_worker_does_the_job_itself(desk: Desk) -> None:
    job_id = wants(desk)
    hands_out(desk)
    job = job_of(desk, job_id)
    assert (job.state, job.result, job.attempts, job.lease) == (JobState.DONE, "done", 1, None)


def test_while_redis_is_away_the_worker_does_the_job_itself(desk: Desk) -> None:
    here: Context = desk.app.extensions["callcenter"]
    gone = RqQueue("redis://127.0.0.1:1/0")
    desk.app.extensions["callcenter"] = replace(here, ports=replace(here.ports, heavy=gone))
    job_id = wants(desk)
    hands_out(desk)
    assert job_of(desk, job_id).state is JobState.DONE


def test_a_second_run_finds_nothing_to_do(desk: Desk) -> None:
    job_id = wants(desk)
    assert runs(desk, job_id)
    assert not runs(desk, job_id)


def test_asking_while_a_job_is_open_is_asking_once(desk: Desk) -> None:
    first = wants(desk, "x")
    assert wants(desk, "x") == first
    assert wants(desk, "y") != first
    runs(desk, first)
    assert wants(desk, "x") != first


def test_two_at_once_do_it_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, together = list[int](), threading.Barrier(2)

    def work(_job: Running) -> str:
        begun.append(1)
        return "done"

    monkeypatch.setitem(heavy.KINDS, KIND, work)
    job_id, ran = wants(desk), list[bool]()

    def come() -> None:
        together.wait()
        ran.append(runs(desk, job_id))

    threads = [threading.Thread(target=come) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == [False, True]
    assert len(begun) == 1


def test_progress_is_seen_by_everybody_while_the_job_runs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = list[tuple[JobState, int, int | None]]()

    def work(job: Running) -> str:
        for done in (0, 40, 100):
            job.advance(done, 100)
            row = job_of(desk, job_id)
            seen.append((row.state, row.done, row.total))
        return "done"

    monkeypatch.setitem(heavy.KINDS, KIND, work)
    job_id = wants(desk)
    runs(desk, job_id)
    assert seen == [(JobState.RUNNING, done, 100) for done in (0, 40, 100)]


def test_a_job_of_a_process_that_died_is_free_when_its_lease_is_over(desk: Desk) -> None:
    job_id = wants(desk)
    with desk.work() as session:
        assert heavy_jobs.take(session, job_id, heavy.KINDS, now=desk.clock.now()) is not None
    later(desk, heavy_jobs.LEASE - timedelta(seconds=1))
    hands_out(desk)
    assert job_of(desk, job_id).state is JobState.RUNNING
    later(desk, timedelta(seconds=1))
    hands_out(desk)
    assert (job_of(desk, job_id).state, job_of(desk, job_id).attempts) == (JobState.DONE, 2)


def test_who_reported_nothing_for_too_long_ends_without_a_mark(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    after = list[str]()

    def work(job: Running) -> str:
        if after:
            return "second"
        after.append("asleep")
        later(desk, heavy_jobs.LEASE)
        assert runs(desk, job_id)  # somebody else takes it, and is done
        job.advance(1)
        after.append("never")
        return "first"

    monkeypatch.setitem(heavy.KINDS, KIND, work)
    job_id = wants(desk)
    runs(desk, job_id)
    assert (job_of(desk, job_id).result, after) == ("second", ["asleep"])


def test_a_process_that_is_to_stop_gives_the_job_back_and_that_is_no_try(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()

    def work(job: Running) -> str:
        stop.set()
        job.advance(1)
        return "done"

    monkeypatch.setitem(heavy.KINDS, KIND, work)
    job_id = wants(desk)
    runs(desk, job_id, stop)
    job = job_of(desk, job_id)
    assert (job.state, job.attempts, job.lease) == (JobState.WANTED, 0, None)


def test_a_job_that_fails_three_times_is_told_and_not_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = list[int]()

    def work(_job: Running) -> str:
        tries.append(1)
        raise ValueError(_story())

    monkeypatch.setitem(heavy.KINDS, KIND, work)
    job_id = wants(desk)
    for _ in range(5):
        hands_out(desk)
        later(desk, timedelta(minutes=2))
    job = job_of(desk, job_id)
    assert (len(tries), job.state, job.result) == (3, JobState.FAILED, "failed")
    assert caplog.text.count(f"a heavy job ({KIND}) failed 3 times") == 1
    assert STORY not in caplog.text
    with desk.work() as session:
        finding = checkup.heavy_jobs(heavy_jobs.failed_kinds(session))
    assert (finding.well, KIND in finding.sentence) == (False, True)
    monkeypatch.setitem(heavy.KINDS, KIND, lambda _job: "done")
    runs(desk, wants(desk))
    with desk.work() as session:
        assert checkup.heavy_jobs(heavy_jobs.failed_kinds(session)).well


def _story() -> str:
    return STORY


def test_a_job_that_fails_rests_before_it_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(heavy.KINDS, KIND, lambda _job: 1 / 0)
    job_id = wants(desk)
    hands_out(desk)
    hands_out(desk)
    assert (job_of(desk, job_id).state, job_of(desk, job_id).attempts) == (JobState.WANTED, 1)


def test_a_job_that_kills_every_process_is_told_as_failed(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    job_id = wants(desk)
    for _ in range(heavy_jobs.TRIES):
        with desk.work() as session:
            assert heavy_jobs.take(session, job_id, heavy.KINDS, now=desk.clock.now()) is not None
        later(desk, heavy_jobs.LEASE)
    hands_out(desk)
    assert (job_of(desk, job_id).state, job_of(desk, job_id).result) == (JobState.FAILED, "lost")
    assert "failed 3 times" in caplog.text


def test_a_kind_that_this_version_does_not_know_is_left_to_another(desk: Desk) -> None:
    job_id = wants(desk, kind="of tomorrow")
    hands_out(desk)
    job = job_of(desk, job_id)
    assert (job.state, job.attempts) == (JobState.WANTED, 0)


def test_what_ended_long_ago_is_forgotten_and_what_is_open_is_not(desk: Desk) -> None:
    done = wants(desk, "done")
    runs(desk, done)
    still = wants(desk, "still", kind="of tomorrow")
    desk.forgets_after(31)
    with desk.work() as session:
        assert session.scalars(select(HeavyJob.id)).all() == [still]


def test_the_metrics_count_jobs_by_state(desk: Desk) -> None:
    wants(desk)
    with desk.work() as session:
        job = heavy_jobs.request_job(session, KIND, "failed", by=None, now=desk.clock.now())
        session.execute(update(HeavyJob).where(HeavyJob.id == job.id).values(state=JobState.FAILED))
    shown = desk.app.test_client().get("/metrics", environ_overrides={"REMOTE_ADDR": "127.0.0.1"}).text
    assert 'helpline_heavy_jobs{state="wanted"} 1.0' in shown
    assert 'helpline_heavy_jobs{state="failed"} 1.0' in shown
