"""Live hints: who hears them, how many may listen, and that nothing is held while waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from callcenter.casefile.stream import MOST_STREAMS, HintFollower, Listener, TooMany
from callcenter.models.base import db
from callcenter.services.delivery import live
from tests.desk import ORIGIN
from tests.integration.consoles import Console, Seat

PATIENCE = 10.0


@pytest.fixture
def desk(database_url: str) -> Iterator[Console]:
    desk = Console(database_url)
    yield desk
    following = follower(desk)._thread
    for listener in list(follower(desk).listeners):
        follower(desk).remove_listener(listener)
    if following is not None:
        following.join(PATIENCE)  # it may be looking at the database just now
    with desk.app.app_context():
        db.engine.dispose()


def follower(desk: Console) -> HintFollower:
    found: HintFollower = desk.app.extensions["callcenter.follower"]
    return found


def listen(desk: Console, staff_id: str = "a", tab: str = "1") -> Listener:
    with desk.app.app_context():
        return follower(desk).add_listener(staff_id, tab)


def tell(desk: Console, topic: str) -> None:
    with desk.work() as session:
        live.publish(session, topic, now=desk.clock.now())


def stream(seat: Seat, tab: str = "1") -> TestResponse:
    return seat.get(f"/console/events?tab={tab}")


def test_a_change_of_the_line_reaches_everybody(desk: Console) -> None:
    listeners = [listen(desk, "a"), listen(desk, "b")]
    tell(desk, live.LINE)
    assert [listener.wait(PATIENCE) for listener in listeners] == [{live.LINE}, {live.LINE}]


def test_what_concerns_one_person_reaches_only_them(desk: Console) -> None:
    mine, other = listen(desk, "a"), listen(desk, "b")
    tell(desk, live.staff_topic("a"))
    assert mine.wait(PATIENCE) == {live.staff_topic("a")}
    assert other.wait(0) == set()


def test_what_happened_before_somebody_listened_is_no_news(desk: Console) -> None:
    tell(desk, live.LINE)
    assert listen(desk).wait(1.5) == set()


def test_the_follower_rests_when_nobody_listens(desk: Console) -> None:
    here = follower(desk)
    here.remove_listener(listen(desk))
    deadline = time.monotonic() + PATIENCE
    while any(thread.name == "live hints" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_no_database_connection_is_held_while_waiting(desk: Console) -> None:
    listen(desk)
    time.sleep(0.2)
    with desk.app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # both our pools count


def test_a_tab_that_comes_again_ends_its_older_stream(desk: Console) -> None:
    older = listen(desk, "a", "1")
    listen(desk, "a", "1")
    assert (older.over, len(follower(desk).listeners)) == (True, 1)


def test_more_streams_than_places_are_sent_away_to_look_by_themselves(desk: Console) -> None:
    for place in range(MOST_STREAMS):
        listen(desk, f"a{place}", str(place))
    with pytest.raises(TooMany):
        listen(desk, "b", "1")
    answer = stream(desk.seat())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")


def test_a_third_page_of_one_person_looks_by_itself_until_another_has_gone(desk: Console) -> None:
    first, _ = listen(desk, "a", "1"), listen(desk, "a", "2")
    with pytest.raises(TooMany):
        listen(desk, "a", "3")
    listen(desk, "b", "1")
    listen(desk, "a", "2")  # the same page again
    follower(desk).remove_listener(first)
    listen(desk, "a", "3")


def test_a_stream_ends_when_its_person_signs_out_and_that_of_a_colleague_goes_on(desk: Console) -> None:
    seat, colleague = desk.seat("tanto01"), desk.seat("tanto02")
    answers = [stream(seat), stream(colleague)]
    mine, theirs = (iter(answer.response) for answer in answers)
    next(mine)
    next(theirs)
    assert seat.sends("/staff/logout", script=False).status_code == 302
    assert list(mine) == []
    tell(desk, live.LINE)
    assert next(theirs) == b"event: change\ndata: {}\n\n"
    for answer in answers:
        answer.close()


def test_the_stream_says_hello_and_is_not_kept_by_any_proxy(desk: Console) -> None:
    answer = stream(desk.seat())
    first = next(iter(answer.response))
    answer.close()
    assert (first, answer.headers["X-Accel-Buffering"]) == (b"retry: 1000\nevent: hello\ndata: {}\n\n", "no")
    assert (answer.mimetype, follower(desk).listeners) == ("text/event-stream", [])


def test_a_stream_tells_that_something_changed_and_nothing_else(desk: Console) -> None:
    answer = stream(desk.seat())
    pieces = iter(answer.response)
    next(pieces)
    tell(desk, live.LINE)
    assert next(pieces) == b"event: change\ndata: {}\n\n"
    answer.close()


def test_an_open_screen_does_not_keep_an_idle_person_signed_in(desk: Console) -> None:
    seat = desk.seat()
    with seat.client.session_transaction(base_url=ORIGIN) as cookie:
        cookie["active_at"] = time.time() - 29 * 60
    seat.get("/console/fragment/line")
    with seat.client.session_transaction(base_url=ORIGIN) as cookie:
        cookie["active_at"] -= 2 * 60
    assert seat.get("/console/fragment/line", headers={"Accept": "application/json"}).status_code == 401
