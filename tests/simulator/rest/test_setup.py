from __future__ import annotations

import json
from datetime import timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ivr.simulator.line.exchange import Number
from tests.line import Line
from tests.simulator.conftest import Office
from tests.simulator.desk import ORIGIN, Desk
from tests.simulator.rest.test_rest import UTC_START


def test_a_number_is_shown_as_it_was_set_up(line: Line, rest: Client) -> None:
    (number,) = rest.incoming_phone_numbers.list(phone_number="+81120529528")
    assert (number.voice_url, number.voice_method) == (f"{ORIGIN}/incoming", "POST")
    assert (number.voice_application_sid, number.trunk_sid) == ("", None)


def test_a_number_that_is_set_anew_rings_there(desk: Desk, line: Line, rest: Client) -> None:
    (number,) = rest.incoming_phone_numbers.list()
    rest.incoming_phone_numbers(number.sid).update(voice_url=f"{ORIGIN}/elsewhere")
    line.dial()
    assert desk.to("/elsewhere")
    assert not desk.to("/incoming")
    assert rest.incoming_phone_numbers(number.sid).fetch().status_callback == f"{ORIGIN}/status"


def test_a_second_number_is_set_without_touching_the_first(line: Line, rest: Client) -> None:
    line.engine.more_numbers = [Number("+815000000000", "")]
    second = rest.incoming_phone_numbers.list()[1]
    rest.incoming_phone_numbers(second.sid).update(voice_url=f"{ORIGIN}/second", voice_application_sid="")
    assert [one.voice_url for one in rest.incoming_phone_numbers.list()] == [f"{ORIGIN}/incoming", f"{ORIGIN}/second"]


def test_a_number_cannot_be_pointed_at_half_an_address(rest: Client) -> None:
    (number,) = rest.incoming_phone_numbers.list()
    with pytest.raises(TwilioRestException) as refused:
        rest.incoming_phone_numbers(number.sid).update(voice_url="/incoming")
    assert refused.value.code == 21502


def test_countries_are_allowed_and_forbidden_in_bulk(rest: Client) -> None:
    permissions = rest.voice.v1.dialing_permissions
    request = [
        {
            "iso_code": "LV",
            "low_risk_numbers_enabled": "true",
            "high_risk_special_numbers_enabled": "true",
            "high_risk_tollfraud_numbers_enabled": "false",
        }
    ]
    permissions.bulk_country_updates.create(update_request=json.dumps(request))
    found = {one.iso_code: one for one in permissions.countries.list()}
    assert found["LV"].high_risk_special_numbers_enabled
    assert not found["LV"].high_risk_tollfraud_numbers_enabled
    assert found["JP"].low_risk_numbers_enabled and not found["US"].low_risk_numbers_enabled


def test_an_account_that_records_by_default_can_be_told_not_to(line: Line, rest: Client) -> None:
    line.engine.console.records_by_default = True
    rule = rest.voice.v2.recording_account_default_configuration()
    assert rule.fetch()
    assert rule.delete()
    with pytest.raises(TwilioRestException) as gone:
        rule.fetch()
    assert gone.value.status == 404


def test_a_call_is_deleted_once_it_has_ended(line: Line, rest: Client) -> None:
    phone = line.dial()
    with pytest.raises(TwilioRestException) as refused:
        rest.calls(phone.sid).delete()
    assert refused.value.code == 20009
    phone.hangs_up()
    assert rest.calls(phone.sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        rest.calls(phone.sid).delete()
    assert gone.value.code == 20404


def test_a_long_list_of_calls_comes_in_pages(line: Line, rest: Client, office: Office) -> None:
    dialled = [line.dial().sid for _ in range(5)]
    before = UTC_START + timedelta(days=1)
    assert [call.sid for call in rest.calls.list(start_time_before=before, page_size=2)] == dialled[::-1]
    assert [call.sid for call in rest.calls.list(start_time_before=before, limit=3)] == dialled[:1:-1]
    assert rest.calls.list(start_time_before=UTC_START - timedelta(days=1), page_size=2) == []
