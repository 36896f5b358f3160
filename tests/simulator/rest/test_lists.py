from __future__ import annotations

from twilio.rest import Client

from tests.line import Line
from tests.simulator.conftest import Office


def test_empty_lists_show_nothing_while_a_resource_by_its_sid_is_there(
    line: Line, rest: Client, office: Office
) -> None:
    phone, handset = office.connects()
    room = office.room
    line.faults.empty_lists = True
    assert rest.calls.list() == []
    assert rest.conferences.list(status="in-progress") == []
    assert rest.conferences(room).participants.list() == []
    assert rest.calls(phone.sid).fetch().status == "in-progress"
    assert rest.conferences(room).participants(handset.sid).fetch().call_sid == handset.sid


def test_stale_lists_go_on_showing_what_the_first_one_showed(line: Line, rest: Client, office: Office) -> None:
    phone, handset = office.connects()
    room = office.room
    line.faults.stale_lists = True
    assert len(rest.calls.list()) == 2
    phone.hangs_up()
    line.dial()
    assert {call.status for call in rest.calls.list()} == {"in-progress"}
    assert [one.sid for one in rest.conferences.list(status="in-progress")] == [room]
    assert {one.call_sid for one in rest.conferences(room).participants.list()} == {phone.sid, handset.sid}
    assert rest.calls(phone.sid).fetch().status == "completed"
    line.faults.stale_lists = False
    assert len(rest.calls.list()) == 3
    assert rest.conferences.list(status="in-progress") == []
