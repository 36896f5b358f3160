"""What machines are told about the service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from callcenter.models.base import db
from callcenter.services.delivery import heartbeats
from callcenter.services.delivery.heartbeats import ERRANDS, LINE
from ivr.simulator.clock import JST
from tests.desk import Desk
from tests.integration.consoles import opened


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """What the database decides here is tried on both."""
    yield from opened(database_url)


def test_the_process_says_that_it_is_alive(desk: Desk) -> None:
    answer = desk.app.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def heard(desk: Desk, *lanes: str, ago: float = 0) -> None:
    """Let heartbeats of a worker be stored."""
    with desk.work() as session:
        heartbeats.record(session, "worker", dict.fromkeys(lanes, desk.clock.now() - timedelta(seconds=ago)))


def worker_as_told(desk: Desk) -> tuple[str, bool, str]:
    answer = desk.app.test_client().get("/readyz")
    assert answer.status_code == 200  # a machine that takes web processes out of service must not take these
    assert answer.json is not None
    check = answer.json["checks"]["worker"]
    return answer.json["status"], check["ok"], check["detail"]


def test_a_worker_that_rings_counsellors_is_named_well(desk: Desk) -> None:
    heard(desk, LINE, ERRANDS)
    assert worker_as_told(desk) == ("ok", True, "workerは動いています。")


def test_without_a_worker_the_service_is_degraded_and_says_so(desk: Desk) -> None:
    status, well, sentence = worker_as_told(desk)
    assert (status, well) == ("degraded", False)
    assert sentence.startswith("workerが動いていません。")


def test_a_worker_that_was_heard_too_long_ago_degrades_the_service(desk: Desk) -> None:
    heard(desk, LINE, ERRANDS, ago=60)
    status, well, sentence = worker_as_told(desk)
    assert (status, well) == ("degraded", False)
    assert "最後に動いたのは 11月25日(水)午後1時59分" in sentence


def test_a_worker_whose_errands_hang_degrades_the_service(desk: Desk) -> None:
    heard(desk, LINE)
    status, well, sentence = worker_as_told(desk)
    assert (status, well) == ("degraded", False)
    assert "電話会社への連絡が止まっています" in sentence


def test_with_database_calendar_and_worker_the_service_is_ready(desk: Desk) -> None:
    heard(desk, LINE, ERRANDS)
    answer = desk.app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["status"] == "ok"


def test_holidays_that_end_too_soon_degrade_the_service_but_do_not_stop_it(desk: Desk) -> None:
    desk.line.at(datetime(2027, 3, 1, 12, tzinfo=JST))
    heard(desk, LINE, ERRANDS)
    answer = desk.app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["status"], answer.json["degraded"]) == ("degraded", ["calendar"])


def test_a_redis_that_is_away_degrades_the_service(database_url: str) -> None:
    desk = Desk(database_url, REDIS_URL="redis://127.0.0.1:1/0")
    heard(desk, LINE, ERRANDS)
    answer = desk.app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["degraded"] == ["redis"]
    desk.close()


def test_without_a_database_nothing_is_ready() -> None:
    desk = Desk("postgresql+psycopg://nobody:nothing@127.0.0.1:1/none")
    answer = desk.app.test_client().get("/readyz")
    assert answer.status_code == 503
    desk.close()


def test_a_database_of_an_older_version_is_not_ready(desk: Desk) -> None:
    with desk.app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    assert desk.app.test_client().get("/readyz").status_code == 503


def test_figures_tell_how_long_each_lane_of_the_worker_has_been_silent(desk: Desk) -> None:
    client = desk.app.test_client()
    assert "helpline_worker_up 0.0" in client.get("/metrics").text
    heard(desk, LINE, ERRANDS, ago=5)
    text = client.get("/metrics").text
    assert "helpline_worker_up 1.0" in text
    assert 'helpline_worker_silence_seconds{lane="line"} 5.0' in text


def test_figures_count_calls_and_people_and_are_for_this_machine_only(desk: Desk) -> None:
    desk.counsellor()
    desk.line.dial("+81312345678")
    text = desk.app.test_client().get("/metrics").text
    assert 'helpline_calls{state="waiting"} 1.0' in text
    assert 'helpline_counsellors{work="available"} 1.0' in text
    assert "312345678" not in text
    assert desk.app.test_client().get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
