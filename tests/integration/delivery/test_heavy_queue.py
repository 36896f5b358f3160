"""Real processes that take heavy jobs from a real Redis, killed and stopped in the middle of one."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from flask import Flask
from sqlalchemy import select

from callcenter.adapters import heavy_queue
from callcenter.adapters.heavy_queue import RqQueue
from callcenter.context import ports, unit_of_work
from callcenter.jobs import heavy
from callcenter.models.base import db
from callcenter.models.delivery.heavy_jobs import HeavyJob, JobState
from callcenter.services.delivery import heavy_jobs
from tests.desk import settings_of_the_test
from tests.servers import ROOT
from tests.tools import heavy_process
from tests.tools.heavy_process import KIND
from wsgi import web


class Shop:
    """The desk's side: it asks for jobs, and its worker hands them out."""

    def __init__(self, database_url: str, redis_url: str, folder: Path) -> None:
        self.urls, self.folder = (database_url, redis_url), folder
        self.redis_url = redis_url
        self.app: Flask = web(settings_of_the_test(database_url, REDIS_URL=redis_url))
        self.processes = list[subprocess.Popen[bytes]]()

    def opens(self) -> subprocess.Popen[bytes]:
        """Start one more process that takes jobs, and wait until it does."""
        command = [sys.executable, "-m", heavy_process.__name__, *self.urls, str(self.folder)]
        before = self.serving()
        process = subprocess.Popen(command, cwd=ROOT)
        self.processes.append(process)
        until(lambda: self.serving() > before)
        return process

    def serving(self) -> int:
        with redis.Redis.from_url(self.redis_url) as server:
            return int(server.scard(f"rq:workers:{heavy_queue.NAME}"))

    def wants(self, subject_id: str = "one") -> str:
        with self.app.app_context(), unit_of_work() as session:
            return heavy_jobs.want(session, KIND, subject_id, by=None, now=ports().clock.now()).id

    def job(self, job_id: str) -> HeavyJob:
        with self.app.app_context(), unit_of_work() as session:
            return session.get_one(HeavyJob, job_id)

    def hands_out(self) -> None:
        with self.app.app_context():
            heavy.hand_out(threading.Event())

    def lines(self, name: str) -> list[str]:
        path = self.folder / name
        return path.read_text().split() if path.exists() else []

    def lets_go(self) -> None:
        (self.folder / "go").touch()

    def closes(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait(10)
        with self.app.app_context():
            db.engine.dispose()


def until(true: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


@pytest.fixture
def shop(database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(heavy_jobs, "LEASE", heavy_process.LEASE)
    shop = Shop(database_url, redis_url, tmp_path)
    yield shop
    shop.closes()


@pytest.mark.slow
def test_a_job_of_a_process_that_was_killed_is_done_by_the_next(shop: Shop) -> None:
    first = shop.opens()
    job_id = shop.wants()
    until(lambda: shop.job(job_id).done > 0)
    assert (shop.job(job_id).state, shop.job(job_id).total) == (JobState.RUNNING, 1000)
    first.kill()
    first.wait(10)
    shop.opens()
    shop.lets_go()

    def done() -> bool:
        shop.hands_out()
        return shop.job(job_id).state is JobState.DONE

    until(done)
    assert shop.job(job_id).attempts == 2
    assert (shop.lines("begun"), shop.lines("ended")) == (["one", "one"], ["one"])


@pytest.mark.slow
def test_two_processes_do_each_job_once_however_often_it_lies_on_the_queue(shop: Shop) -> None:
    for _ in range(2):
        shop.opens()
    shop.lets_go()
    wanted = {name: shop.wants(name) for name in ("one", "two", "three", "four")}
    for times in range(3):
        for job_id in wanted.values():
            RqQueue(shop.redis_url).put(job_id, 7 + times)
    until(lambda: all(shop.job(job_id).state is JobState.DONE for job_id in wanted.values()))
    with redis.Redis.from_url(shop.redis_url) as server:
        until(lambda: server.llen(f"rq:queue:{heavy_queue.NAME}") == 0)
    assert sorted(shop.lines("ended")) == sorted(wanted)
    assert sorted(shop.lines("begun")) == sorted(wanted)


@pytest.mark.slow
def test_a_process_that_is_told_to_stop_gives_its_job_back_at_once(shop: Shop) -> None:
    process = shop.opens()
    job_id = shop.wants()
    until(lambda: shop.job(job_id).done > 0)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    job = shop.job(job_id)
    assert (job.state, job.attempts, job.lease) == (JobState.WANTED, 0, None)
    assert not RqQueue(shop.redis_url).is_served()


def test_a_job_lies_on_the_queue_once_for_each_try_and_only_by_its_id(shop: Shop) -> None:
    job_id = shop.wants()
    shop.hands_out()  # nobody serves the queue, and this version knows no such kind
    RqQueue(shop.redis_url).put(job_id, 0)
    RqQueue(shop.redis_url).put(job_id, 1)
    with redis.Redis.from_url(shop.redis_url) as server:
        queued = heavy_queue.queue(server).jobs
        assert [job.id for job in queued] == [f"{job_id}-0", f"{job_id}-1"]
        assert {(job.func_name, tuple(job.args)) for job in queued} == {(heavy_queue.RUN, (job_id,))}


def test_a_wish_that_is_taken_back_puts_nothing_on_the_queue(shop: Shop) -> None:
    with shop.app.app_context():
        with suppress(ZeroDivisionError), unit_of_work() as session:
            heavy_jobs.want(session, KIND, by=None, now=ports().clock.now())
            raise ZeroDivisionError
        with unit_of_work() as session:
            assert session.scalars(select(HeavyJob)).all() == []
    with redis.Redis.from_url(shop.redis_url) as server:
        assert heavy_queue.queue(server).count == 0
