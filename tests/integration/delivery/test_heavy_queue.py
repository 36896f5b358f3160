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

PATIENCE = 90.0
"""Seconds for processes to start on a busy machine."""


class Shop:
    """The desk's side: it asks for jobs, and its worker hands them out."""

    def __init__(self, database_url: str, redis_url: str, folder: Path) -> None:
        self.urls, self.folder = (database_url, redis_url), folder
        self.redis_url = redis_url
        self.app: Flask = web(settings_of_the_test(database_url, REDIS_URL=redis_url))
        self.processes = list[subprocess.Popen[bytes]]()

    def opens(self, count: int) -> list[subprocess.Popen[bytes]]:
        """Start so many processes that take jobs, and wait until all do."""
        command = [sys.executable, "-m", heavy_process.__name__, *self.urls, str(self.folder)]
        self.processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(count)]
        until(lambda: self.serving() == count)
        return self.processes

    def kills(self, pid: int) -> None:
        (process,) = [process for process in self.processes if process.pid == pid]
        process.kill()
        process.wait(PATIENCE)

    def serving(self) -> int:
        with redis.Redis.from_url(self.redis_url) as server:
            return int(server.scard(f"rq:workers:{heavy_queue.NAME}"))

    def wants(self, subject_id: str = "one") -> str:
        with self.app.app_context(), unit_of_work() as session:
            return heavy_jobs.request_job(session, KIND, subject_id, by=None, now=ports().clock.now()).id

    def job(self, job_id: str) -> HeavyJob:
        with self.app.app_context(), unit_of_work() as session:
            return session.get_one(HeavyJob, job_id)

    def hands_out(self) -> None:
        with self.app.app_context():
            heavy.hand_out(threading.Event())

    def lines(self, name: str) -> list[str]:
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def lets_go(self) -> None:
        (self.folder / "go").touch()

    def closes(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait(PATIENCE)
        with self.app.app_context():
            db.engine.dispose()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the jobs say that they ran; leases are short here as they are there."""
    monkeypatch.setattr(heavy_jobs, "LEASE", heavy_process.LEASE)
    return tmp_path


@pytest.fixture
def shop(database_url: str, redis_url: str, folder: Path) -> Iterator[Shop]:
    shop = Shop(database_url, redis_url, folder)
    yield shop
    shop.closes()


@pytest.fixture
def small_shop(sqlite_url: str, redis_url: str, folder: Path) -> Iterator[Shop]:
    shop = Shop(sqlite_url, redis_url, folder)
    yield shop
    shop.closes()


@pytest.mark.slow
def test_of_two_processes_one_is_killed_and_every_job_is_done_once_all_the_same(shop: Shop) -> None:
    shop.opens(2)
    wanted = {name: shop.wants(name) for name in ("one", "two", "three", "four")}
    for job_id in wanted.values():
        RqQueue(shop.redis_url).put(job_id, 7)  # lies there twice
    until(lambda: len(shop.lines("begun")) == 2)
    lost, process = shop.lines("begun")[0].split()
    until(lambda: shop.job(wanted[lost]).done > 0)
    assert (shop.job(wanted[lost]).state, shop.job(wanted[lost]).total) == (JobState.RUNNING, 1000)
    shop.kills(int(process))
    shop.lets_go()

    def done() -> bool:
        shop.hands_out()
        return all(shop.job(job_id).state is JobState.DONE for job_id in wanted.values())

    until(done)
    assert sorted(shop.lines("ended")) == sorted(wanted)
    assert sorted(line.split()[0] for line in shop.lines("begun")) == sorted([*wanted, lost])
    assert {name: shop.job(job_id).attempts for name, job_id in wanted.items()} == dict.fromkeys(wanted, 1) | {lost: 2}


@pytest.mark.slow
def test_a_process_that_is_told_to_stop_gives_its_job_back_at_once(small_shop: Shop) -> None:
    (process,) = small_shop.opens(1)
    job_id = small_shop.wants()
    until(lambda: small_shop.job(job_id).done > 0)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    job = small_shop.job(job_id)
    assert (job.state, job.attempts, job.lease) == (JobState.WANTED, 0, None)
    assert not RqQueue(small_shop.redis_url).is_served()


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
            heavy_jobs.request_job(session, KIND, by=None, now=ports().clock.now())
            raise ZeroDivisionError
        with unit_of_work() as session:
            assert session.scalars(select(HeavyJob)).all() == []
    with redis.Redis.from_url(shop.redis_url) as server:
        assert heavy_queue.queue(server).count == 0
