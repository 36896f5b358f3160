"""Misuse of the line is noted on records of a call; elsewhere there is a sentence."""

from __future__ import annotations

from callcenter.domain.records.record_codes import Channel
from callcenter.services.misuse.incidents import NotOfACall
from callcenter.services.records import consultations
from tests.integration.consoles import Console, Seat


def test_an_incident_on_a_record_without_a_call_is_refused_with_a_sentence(desk: Console, seat: Seat) -> None:
    with desk.work() as session:
        record = consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=seat.staff_id, hint=None, now=desk.clock.now()
        ).id
    sent = {"misuse_kind": "other", "misuse_words": "ことば", "misuse_days": "7"}
    answer = seat.sends(f"/console/records/{record}/incident", sent)
    assert answer.status_code == 409
    assert NotOfACall.message in answer.get_json()["error"]
    assert seat.sends(f"/console/records/{record}/incident", sent, script=False).status_code < 500
