from __future__ import annotations

from ivr.simulator.line.exchange import Settings
from tests.line import Line
from tests.simulator.conftest import Office
from tests.simulator.desk import ENQUEUE, ORIGIN, SAY, Desk


def results(desk: Desk) -> list[str]:
    return [form["QueueResult"] for form in desk.to("/leave")]


def test_the_wait_document_is_fetched_again_whenever_it_runs_out(desk: Desk, line: Line) -> None:
    line.dial()
    line.advance(31)
    assert [form["QueueTime"] for form in desk.to("/wait")] == ["0", "15", "30"]


def test_waiting_callers_learn_their_place(desk: Desk, line: Line) -> None:
    line.dial()
    line.advance(5)
    line.dial()
    form = desk.to("/wait")[-1]
    assert (form["QueuePosition"], form["CurrentQueueSize"], form["MaxQueueSize"]) == ("2", "2", "1000")
    assert form["QueueSid"].startswith("QU") and form["AvgQueueTime"] == "2"


def test_leave_asks_the_action_and_plays_its_answer(desk: Desk, line: Line) -> None:
    desk.documents |= {"/wait": "<Leave/>", "/leave": SAY.format("おつなぎします。")}
    phone = line.dial()
    assert results(desk) == ["leave"] and phone.heard == ["おつなぎします。"]
    assert desk.to("/leave")[0]["QueueTime"] == "0"


def test_a_caller_who_gives_up_is_reported_to_the_action_and_the_number(desk: Desk, line: Line) -> None:
    phone = line.dial()
    line.advance(40)
    phone.hangs_up()
    assert results(desk) == ["hangup"] and desk.to("/leave")[0]["CallStatus"] == "completed"
    assert desk.to("/leave")[0]["QueueTime"] == "40" and desk.to("/status")[0]["CallDuration"] == "40"
    line.advance(60)
    assert len(desk.to("/wait")) == 3


def test_a_caller_taken_out_plays_the_new_document_only(desk: Desk, line: Line, office: Office) -> None:
    desk.documents |= {"/leave": SAY.format("聞こえない。"), "/join": SAY.format("おつなぎします。")}
    phone = line.dial()
    office.fetches(phone)
    assert results(desk) == ["redirected"] and phone.heard == ["おつなぎします。"]


def test_the_action_may_hear_of_a_redirect_after_the_new_document(desk: Desk, line: Line, office: Office) -> None:
    line.faults.leave_after_join = True
    office.fetches(line.dial())
    paths = [asked.path for asked in desk.asked if asked.path in {"/leave", "/join"}]
    assert paths == ["/join", "/leave"]


def test_what_the_action_answers_to_a_redirect_may_be_played_instead(desk: Desk, line: Line, office: Office) -> None:
    line.faults.leave_is_played = True
    desk.documents |= {"/leave": SAY.format("列を出ました。"), "/join": SAY.format("聞こえない。")}
    phone = line.dial()
    office.fetches(phone)
    assert results(desk) == ["redirected"] and phone.heard == ["列を出ました。"]
    assert [asked.path for asked in desk.asked if asked.path in {"/leave", "/join"}] == ["/join", "/leave"]


def test_a_wait_document_may_be_followed_by_nothing(desk: Desk, line: Line) -> None:
    line.faults.wait_ends = True
    line.dial()
    line.advance(60)
    assert len(desk.to("/wait")) == 1


def test_a_redirect_in_a_wait_document_may_tell_of_the_queue_or_not(desk: Desk, line: Line) -> None:
    desk.documents["/wait"] = f'<Pause length="15"/><Redirect>{ORIGIN}/wait</Redirect>'
    line.dial()
    line.advance(16)
    line.faults.bare_redirects = True
    line.advance(15)
    assert [form.get("QueueTime") for form in desk.to("/wait")] == ["0", "15", None]


def test_a_full_queue_takes_nobody_in(desk: Desk) -> None:
    desk.documents["/leave"] = SAY.format("ただいま混み合っています。")
    line = Line(desk, origin=ORIGIN, voice="/incoming", status="/status", settings=Settings(max_queue_size=1))
    line.dial()
    late = line.dial()
    assert results(desk) == ["queue-full"] and late.heard == ["ただいま混み合っています。"]
    assert "QueueSid" not in desk.to("/leave")[0]


def test_a_queue_may_fail(desk: Desk, line: Line) -> None:
    line.faults.queue_error = 1
    line.dial()
    assert results(desk) == ["system-error"]


def test_keys_in_the_queue_are_answered_there(desk: Desk, line: Line) -> None:
    prompt = SAY.format("1を押してください。")
    desk.documents["/wait"] = lambda form: (
        f'<Gather numDigits="1" action="{ORIGIN}/key">{prompt}</Gather>'
        if form["QueueTime"] == "0"
        else '<Pause length="15"/>'
    )
    desk.documents["/key"] = SAY.format("わかりました。")
    phone = line.dial()
    phone.presses("1")
    assert phone.heard[-1] == "わかりました。" and results(desk) == []
    line.advance(3)
    assert len(desk.to("/wait")) == 2


def test_hanging_up_in_the_wait_document_ends_the_call(desk: Desk, line: Line) -> None:
    desk.documents["/wait"] = SAY.format("終わります。") + "<Hangup/>"
    phone = line.dial()
    line.advance(3)
    assert phone.state == "completed" and results(desk) == ["hangup"]


def test_callers_are_served_in_the_order_they_came(line: Line, office: Office) -> None:
    first, second = line.dial(), line.dial()
    queue = office.rest.queues.list()[0]
    assert office.rest.queues(queue.sid).members("Front").fetch().call_sid == first.sid
    first.hangs_up()
    assert office.rest.queues(queue.sid).members("Front").fetch().call_sid == second.sid


def test_two_withheld_callers_stay_two(line: Line, desk: Desk) -> None:
    assert line.dial().sid != line.dial().sid
    assert [form["From"] for form in desk.to("/incoming")] == ["anonymous", "anonymous"]


def test_the_closing_words_after_enqueue_are_reached_without_an_action(desk: Desk) -> None:
    desk.documents["/incoming"] = ENQUEUE.replace(f'action="{ORIGIN}/leave"', "") + SAY.format("終わります。")
    desk.documents["/wait"] = "<Leave/>"
    line = Line(desk, origin=ORIGIN, voice="/incoming", status="/status", strict=False)
    assert line.dial().heard == ["終わります。"]
