from __future__ import annotations

import pytest
from twilio.rest import Client

from ivr.simulator.line.engine import WrongMoment
from ivr.simulator.line.exchange import Settings
from tests.line import Line
from tests.simulator.conftest import Office
from tests.simulator.desk import ORIGIN, SAY, Desk


def offers(desk: Desk) -> list[str]:
    return [form["CallStatus"] for form in desk.to("/offer")]


def test_progress_is_reported_in_order_from_zero(desk: Desk, office: Office) -> None:
    handset = office.rings()
    handset.answers()
    office.line.advance(7)
    handset.hangs_up()
    assert offers(desk) == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in desk.to("/offer")] == ["0", "1", "2", "3"]
    last = desk.to("/offer")[-1]
    assert last["CallDuration"] == "7" and last["CallbackSource"] == "call-progress-events"
    assert last["Timestamp"] == "Wed, 25 Nov 2026 14:00:08 +0900"


def test_nobody_answering_takes_five_seconds_longer_than_asked(desk: Desk, line: Line, office: Office) -> None:
    handset = office.rings(timeout=15)
    line.advance(19)
    assert handset.rings
    line.advance(1.5)
    assert offers(desk)[-1] == "no-answer" and handset.state == "no-answer"


def test_declining_is_busy(desk: Desk, office: Office) -> None:
    office.rings().declines()
    assert offers(desk)[-1] == "busy"


def test_a_telephone_in_use_is_busy(desk: Desk, office: Office) -> None:
    office.rings().answers()
    office.rings()
    assert offers(desk)[-1] == "busy"


def test_a_browser_that_is_not_there_does_not_ring(desk: Desk, line: Line, office: Office) -> None:
    line.unregistered.add("c_1")
    office.rings("client:c_1")
    assert offers(desk) == ["initiated", "no-answer"]


def test_a_ring_can_be_cancelled(desk: Desk, office: Office, rest: Client) -> None:
    handset = office.rings()
    rest.calls(handset.sid).update(status="canceled")
    office.line.settle()
    assert offers(desk)[-1] == "canceled"
    with pytest.raises(WrongMoment):
        handset.answers()


def test_cancelling_a_call_in_progress_changes_nothing(office: Office, rest: Client) -> None:
    handset = office.rings()
    handset.answers()
    assert rest.calls(handset.sid).update(status="canceled").status == "in-progress"


def test_voicemail_hears_the_question_and_is_hung_up_on(desk: Desk, line: Line, office: Office) -> None:
    prompt = SAY.format("1を押すと、相談につながります。")
    desk.documents["/answer"] = f'<Gather numDigits="1" timeout="8" action="{ORIGIN}/screen">{prompt}</Gather><Hangup/>'
    handset = office.rings()
    handset.answers()
    line.advance(15)
    assert handset.heard == ["1を押すと、相談につながります。"] and handset.state == "completed"
    assert desk.to("/screen") == []


def test_calls_are_placed_once_a_second_where_that_is_the_limit(desk: Desk) -> None:
    line = Line(desk, origin=ORIGIN, settings=Settings(calls_per_second=1))
    rest = Client(line.sid, line.token, http_client=line.http_client)
    made = [rest.calls.create(to=f"+81901111222{n}", from_="+815000001111", url=f"{ORIGIN}/answer") for n in range(3)]
    assert [int(call.queue_time) for call in made] == [0, 1000, 2000]
    line.advance(1.6)
    assert [line.handsets[f"+81901111222{n}"].rings for n in range(3)] == [True, True, False]


def test_a_time_limit_ends_the_call(line: Line, rest: Client, office: Office, desk: Desk) -> None:
    desk.documents["/answer"] = '<Pause length="100"/>'
    rest.calls.create(to="+819011112222", from_="+815000001111", url=f"{ORIGIN}/answer", time_limit=30)
    line.advance(1)
    handset = line.handsets["+819011112222"]
    handset.answers()
    line.advance(31)
    assert handset.state == "completed"


def test_a_document_can_come_with_the_request(line: Line, rest: Client) -> None:
    rest.calls.create(to="+819011112222", from_="+815000001111", twiml=f"<Response>{SAY.format('はい。')}</Response>")
    line.advance(1)
    line.handsets["+819011112222"].answers()
    assert line.handsets["+819011112222"].heard == ["はい。"]


def test_by_default_only_the_end_is_reported(desk: Desk, line: Line, rest: Client) -> None:
    callback = f"{ORIGIN}/offer"
    rest.calls.create(to="+819011112222", from_="+815000001111", url=f"{ORIGIN}/answer", status_callback=callback)
    line.advance(1)
    line.handsets["+819011112222"].declines()
    assert [(form["CallStatus"], form["SequenceNumber"]) for form in desk.to("/offer")] == [("busy", "0")]
