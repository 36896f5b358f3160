from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.line import A_WEDNESDAY_AFTERNOON, ACCOUNT, Line
from tests.simulator.conftest import Office
from tests.simulator.desk import ORIGIN, Desk

BASE = f"http://line.test/2010-04-01/Accounts/{ACCOUNT.sid}"
UTC_START = A_WEDNESDAY_AFTERNOON.astimezone(UTC)  # the client writes Z behind any zone
CALL = {"to": "+819011112222", "from_": "+815000001111", "url": f"{ORIGIN}/answer"}


def refusal(rest: Client, **changes: object) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as refused:
        rest.calls.create(**(CALL | changes))
    return refused.value


def test_a_wrong_secret_is_refused(line: Line) -> None:
    rest = Client(line.sid, "wrong", http_client=line.http_client)
    error = refusal(rest)
    assert (error.status, error.code) == (401, 20003)


def test_an_api_key_opens_the_same_door(line: Line) -> None:
    rest = Client(ACCOUNT.api_key, ACCOUNT.api_secret, line.sid, http_client=line.http_client)
    assert rest.calls.list() == []


def test_another_account_is_not_found(line: Line) -> None:
    answer = line.rest.get(f"{BASE[:-1]}9/Calls.json", auth=(line.sid, line.token))
    assert answer.status_code == 404 and answer.json()["code"] == 20404


def test_an_unknown_resource_is_refused_in_twilios_shape(line: Line) -> None:
    answer = line.rest.get(f"{BASE}/Notifications.json", auth=(line.sid, line.token))
    assert answer.json().keys() == {"code", "message", "more_info", "status"}


@pytest.mark.parametrize(
    "changes,code",
    [
        ({"to": "0901111"}, 21211),
        ({"to": "client:みなと"}, 21211),
        ({"from_": "desk"}, 21212),
        ({"url": "/answer"}, 21205),
        ({"twiml": "<Response/>"}, 21205),
        ({"method": "PUT"}, 21206),
        ({"timeout": 601}, 20001),
        ({"status_callback_event": ["exploded"]}, 21626),
    ],
)
def test_a_bad_request_is_refused_with_its_own_code(rest: Client, changes: dict[str, object], code: int) -> None:
    error = refusal(rest, **changes)
    assert (error.status, error.code) == (400, code)


def test_a_call_is_shown_in_twilios_shape(line: Line, rest: Client, office: Office) -> None:
    handset = office.rings()
    handset.answers()
    line.advance(9)
    handset.hangs_up()
    call = rest.calls(handset.sid).fetch()
    assert (call.status, call.duration, call.direction, call.to) == ("completed", "9", "outbound-api", "+819011112222")
    assert call.start_time == A_WEDNESDAY_AFTERNOON + timedelta(seconds=1)


def test_calls_can_be_found_by_status_address_and_day(line: Line, rest: Client, office: Office) -> None:
    phone = line.dial()
    office.rings()
    assert [call.sid for call in rest.calls.list(status="in-progress")] == [phone.sid]
    assert [call.sid for call in rest.calls.list(to="+819011112222")] == [line.handsets["+819011112222"].sid]
    assert len(rest.calls.list(start_time=date(2026, 11, 25))) == 2
    assert rest.calls.list(start_time_after=UTC_START + timedelta(hours=1)) == []
    assert rest.calls.list(start_time_before=UTC_START - timedelta(hours=1)) == []


def test_a_finished_call_cannot_be_sent_anywhere(line: Line, rest: Client) -> None:
    phone = line.dial()
    phone.hangs_up()
    with pytest.raises(TwilioRestException) as refused:
        rest.calls(phone.sid).update(url=f"{ORIGIN}/bye")
    assert (refused.value.status, refused.value.code) == (400, 21220)


def test_a_caller_who_left_the_queue_is_not_found_there(line: Line, rest: Client) -> None:
    phone = line.dial()
    queue = rest.queues.list()[0]
    phone.hangs_up()
    with pytest.raises(TwilioRestException) as refused:
        rest.queues(queue.sid).members(phone.sid).update(url=f"{ORIGIN}/join")
    assert refused.value.code == 20404


def test_a_queue_counts_who_waits(line: Line, rest: Client) -> None:
    line.dial()
    line.advance(10)
    line.dial()
    queue = rest.queues(rest.queues.list()[0].sid).fetch()
    assert (queue.friendly_name, queue.current_size, queue.average_wait_time) == ("hl-main", 2, 5)
    assert [(member.position, member.wait_time) for member in queue.members.list()] == [(1, 10), (2, 0)]


def test_participants_are_found_by_label_and_state(rest: Client, office: Office) -> None:
    phone, _ = office.connects()
    room = rest.conferences(office.room)
    assert room.participants("caller").fetch().call_sid == phone.sid
    room.participants("caller").update(hold=True)
    assert [one.label for one in room.participants.list(hold=True)] == ["caller"]


def test_too_many_requests_do_nothing(line: Line, rest: Client) -> None:
    line.faults.next_rest = ["rest_429"]
    error = refusal(rest)
    assert (error.status, error.code) == (429, 20429) and rest.calls.list() == []


def test_a_server_error_does_nothing(line: Line, rest: Client) -> None:
    line.faults.next_rest = ["rest_500"]
    assert refusal(rest).code == 20500 and rest.calls.list() == []


def test_a_time_out_may_have_acted(line: Line, rest: Client) -> None:
    line.faults.next_rest = ["rest_timeout"]
    with pytest.raises(requests.Timeout):
        rest.calls.create(**CALL)
    assert [call.to for call in rest.calls.list()] == ["+819011112222"]


def test_a_quicker_caller_is_no_failure_in_the_log(line: Line, rest: Client) -> None:
    phone = line.dial()
    phone.hangs_up()
    with pytest.raises(TwilioRestException):
        rest.calls(phone.sid).update(status="completed")
    assert line.engine.journal.failures == 0


def test_redirecting_a_waiting_caller_tells_the_enqueue_action(desk: Desk, line: Line, rest: Client) -> None:
    phone = line.dial()
    rest.calls(phone.sid).update(url=f"{ORIGIN}/join", method="POST")
    line.settle()
    assert desk.to("/leave")[0]["QueueResult"] == "redirected" and desk.to("/join")


@pytest.mark.parametrize(
    "fault,status,code", [("rest_401", 401, 20003), ("rest_503", 503, 20503), ("rest_21220", 400, 21220)]
)
def test_a_request_is_turned_down_before_anything_is_done(
    line: Line, rest: Client, fault: str, status: int, code: int
) -> None:
    line.faults.next_rest = ["", fault]
    assert rest.calls.list() == []
    error = refusal(rest)
    assert (error.status, error.code) == (status, code)
    assert rest.calls.list() == []


@pytest.mark.parametrize("fault,rung", [("rest_lost", 0), ("rest_timeout", 1)])
def test_a_request_that_is_not_answered_was_acted_on_or_never_arrived(
    line: Line, rest: Client, fault: str, rung: int
) -> None:
    line.faults.next_rest = [fault]
    with pytest.raises(requests.Timeout):
        rest.calls.create(**CALL)
    assert len(rest.calls.list()) == rung
