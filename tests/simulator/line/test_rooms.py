from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException

from ivr.simulator.line.engine import TwimlViolation
from tests.line import Line
from tests.simulator.conftest import Office
from tests.simulator.desk import ORIGIN, SAY, Desk, dial


def test_a_room_starts_when_the_second_person_is_there(desk: Desk, line: Line, office: Office) -> None:
    phone = line.dial()
    office.rings().answers()
    assert desk.events() == ["participant-join c-1"] and office.rest.conferences.list()[0].status == "init"
    office.fetches(phone)
    assert desk.events()[1:] == ["participant-join caller", "conference-start"]
    assert office.rest.conferences.list(friendly_name="hl-1", status="in-progress")[0].sid == office.room


def test_a_room_that_cannot_be_entered_is_told_to_the_action(desk: Desk, line: Line, office: Office) -> None:
    desk.documents["/after-caller"] = SAY.format("おつなぎできません。")
    phone = line.dial()
    office.rings().answers()
    line.faults.join_fails = 1
    office.fetches(phone)
    assert desk.to("/after-caller")[0]["DialCallStatus"] == "failed"
    assert phone.heard == ["おつなぎできません。"]
    assert desk.events() == ["participant-join c-1"]


def test_a_room_of_listeners_does_not_start(desk: Desk, line: Line, office: Office) -> None:
    desk.documents |= {
        "/join": dial("caller", 'startConferenceOnEnter="false"'),
        "/answer": dial("c-1", 'startConferenceOnEnter="false"'),
    }
    office.connects()
    assert "conference-start" not in desk.events()


def test_what_one_says_the_other_reads(office: Office) -> None:
    phone, handset = office.connects()
    phone.says("前にも一度、かけました。")
    handset.says("ありがとうございます。")
    assert handset.heard == ["前にも一度、かけました。"] and phone.heard == ["ありがとうございます。"]


def test_the_caller_leaving_ends_the_room(desk: Desk, office: Office) -> None:
    phone, handset = office.connects()
    desk.documents["/after-c-1"] = "<Hangup/>"
    phone.hangs_up()
    end = desk.to("/room")[-1]
    assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert end["CallSidEndingConference"] == phone.sid and end["ParticipantLabelEndingConference"] == "caller"
    reasons = {form["ParticipantLabel"]: form.get("ReasonParticipantLeft") for form in desk.to("/room")[-3:-1]}
    assert reasons == {"caller": "participant_hung_up", "c-1": "moderator_ended_conference"}
    assert handset.state == "completed" and desk.to("/after-c-1")[0]["DialCallStatus"] == "completed"


def test_the_counsellor_leaving_leaves_the_caller_in_the_room(desk: Desk, office: Office) -> None:
    phone, handset = office.connects()
    handset.hangs_up()
    assert desk.events()[-1] == "participant-leave c-1" and phone.state == "in-progress"


def test_the_last_one_to_leave_ends_the_room(desk: Desk, line: Line, office: Office) -> None:
    handset = office.rings()
    handset.answers()
    handset.hangs_up()
    assert desk.to("/room")[-1]["ReasonConferenceEnded"] == "last-participant-left"


def test_a_caller_sent_elsewhere_ends_the_room_too(desk: Desk, office: Office) -> None:
    phone, _ = office.connects()
    desk.documents["/bye"] = "<Hangup/>"
    office.rest.calls(phone.sid).update(url=f"{ORIGIN}/bye", method="POST")
    office.line.settle()
    left = next(form for form in desk.to("/room") if form["StatusCallbackEvent"] == "participant-leave")
    assert left["ReasonParticipantLeft"] == "participant_updated_via_api" and phone.state == "completed"
    assert desk.to("/after-caller") == []


def test_events_are_numbered_from_zero_without_gaps(desk: Desk, office: Office) -> None:
    phone, _ = office.connects()
    phone.hangs_up()
    assert [form["SequenceNumber"] for form in desk.to("/room")] == [str(n) for n in range(6)]


def test_the_first_participants_status_callback_holds_for_all(desk: Desk, office: Office) -> None:
    desk.documents["/join"] = dial("caller").replace(f"{ORIGIN}/room", f"{ORIGIN}/elsewhere")
    office.connects()
    assert desk.to("/elsewhere") == [] and "participant-join caller" in desk.events()


def test_somebody_on_hold_hears_music_and_nobody_else(desk: Desk, office: Office) -> None:
    phone, handset = office.connects()
    desk.documents["/hold"], desk.types["/hold"] = "raw:sound", "audio/mpeg"
    caller = office.rest.conferences(office.room).participants("caller")
    caller.update(hold=True, hold_url=f"{ORIGIN}/hold", hold_method="GET")
    office.line.settle()
    handset.says("聞こえますか。")
    phone.says("もしもし。")
    assert phone.heard == ["♪"] and handset.heard == []
    caller.update(hold=False)
    office.line.settle()
    handset.says("お待たせしました。")
    assert phone.heard[-1] == "お待たせしました。"
    assert desk.events()[-2:] == ["participant-hold caller", "participant-unhold caller"]


def test_the_exit_flag_does_not_stick_while_on_hold(office: Office) -> None:
    office.connects()
    caller = office.rest.conferences(office.room).participants("caller")
    caller.update(hold=True)
    assert caller.update(end_conference_on_exit=False).end_conference_on_exit is True
    caller.update(hold=False)
    assert caller.update(end_conference_on_exit=False).end_conference_on_exit is False


def test_the_muted_are_not_heard(desk: Desk, office: Office) -> None:
    phone, handset = office.connects()
    office.rest.conferences(office.room).participants(handset.sid).update(muted=True)
    office.line.settle()
    handset.says("聞こえますか。")
    assert phone.heard == [] and desk.events()[-1] == "participant-mute c-1"


def test_a_coach_is_heard_by_the_coached_only(desk: Desk, line: Line, office: Office) -> None:
    phone, handset = office.connects()
    desk.documents["/listen"] = dial("s-1", f'muted="true" coach="{handset.sid}"')
    coach = office.rings("+819033334444", answer="/listen")
    coach.answers()
    phone.says("つらいです。")
    assert coach.heard == ["つらいです。"]
    office.rest.conferences(office.room).participants("s-1").update(muted=False)
    coach.says("ゆっくり聞いて。")
    assert handset.heard[-1] == "ゆっくり聞いて。" and phone.heard == []
    office.rest.conferences(office.room).participants("s-1").update(coaching=False)
    coach.says("みなさん。")
    assert phone.heard == ["みなさん。"]


def test_coaching_needs_to_know_whom(office: Office) -> None:
    office.connects()
    with pytest.raises(TwilioRestException) as refused:
        office.rest.conferences(office.room).participants("c-1").update(coaching=True)
    assert refused.value.code == 13240


def test_a_label_twice_is_a_violation(desk: Desk, office: Office) -> None:
    desk.documents["/join"] = dial("c-1")
    with pytest.raises(TwimlViolation, match="16025"):
        office.connects()


def test_an_announcement_is_heard_by_one(desk: Desk, office: Office) -> None:
    phone, handset = office.connects()
    desk.documents["/note"] = SAY.format("まもなく終わります。")
    participant = office.rest.conferences(office.room).participants("c-1")
    participant.update(announce_url=f"{ORIGIN}/note", announce_method="POST")
    office.line.advance(5)
    assert handset.heard == ["まもなく終わります。"] and phone.heard == []
    assert desk.events()[-1] == "announcement-end c-1"


def test_whoever_is_put_out_goes_on_with_the_dials_action(desk: Desk, office: Office) -> None:
    _, handset = office.connects()
    desk.documents["/after-c-1"] = SAY.format("おつかれさまでした。")
    office.rest.conferences(office.room).participants("c-1").delete()
    office.line.settle()
    assert handset.heard == ["おつかれさまでした。"]


def test_a_room_ended_over_rest_frees_everybody(desk: Desk, office: Office) -> None:
    phone, handset = office.connects()
    office.rest.conferences(office.room).update(status="completed")
    office.line.settle()
    assert (phone.state, handset.state) == ("completed", "completed")
    assert desk.to("/room")[-1]["ReasonConferenceEnded"] == "conference-ended-via-api"
    with pytest.raises(TwilioRestException):
        office.rest.conferences(office.room).participants("caller").update(hold=True)


def test_those_who_wait_for_the_room_hear_its_wait_document(desk: Desk, office: Office) -> None:
    desk.documents["/answer"] = dial("c-1").replace('waitUrl=""', f'waitUrl="{ORIGIN}/room-wait"')
    desk.documents["/room-wait"] = SAY.format("相手を待っています。")
    handset = office.rings()
    handset.answers()
    office.line.advance(60)
    assert handset.heard == ["相手を待っています。"] and handset.state == "in-progress"
