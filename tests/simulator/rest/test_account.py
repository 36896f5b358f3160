"""The account itself, its keys and its debugger, as Twilio shows them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from ivr.simulator.console import Alert
from tests.line import ACCOUNT, Line
from tests.simulator.desk import Desk


@pytest.fixture
def by_key(line: Line) -> Client:
    return Client(ACCOUNT.api_key, ACCOUNT.api_secret, line.sid, http_client=line.http_client)


def test_the_account_sees_its_key_and_what_a_restricted_one_may_do(line: Line, rest: Client) -> None:
    assert [one.sid for one in rest.keys.list()] == [ACCOUNT.api_key]
    assert rest.iam.v1.api_key(ACCOUNT.api_key).fetch().policy is None
    line.engine.console.key_kind = "restricted"
    assert rest.iam.v1.api_key(ACCOUNT.api_key).fetch().policy
    line.engine.console.key_known = False
    with pytest.raises(TwilioRestException, match="not found"):
        rest.iam.v1.api_key(ACCOUNT.api_key).fetch()


@pytest.mark.parametrize("refusal", [(401, 20003), (403, 70051)])
def test_only_a_main_key_sees_the_account_and_its_keys(line: Line, by_key: Client, refusal: tuple[int, int]) -> None:
    line.engine.console.refusal = refusal
    with pytest.raises(TwilioRestException) as refused:
        by_key.api.accounts(line.sid).fetch()
    assert (refused.value.status, refused.value.code) == refusal
    line.engine.console.key_kind = "main"
    assert by_key.api.accounts(line.sid).fetch().status == "active"
    assert len(by_key.keys.list()) == 1


def test_a_restricted_key_sees_numbers_and_no_newer_product(line: Line, by_key: Client) -> None:
    line.engine.console.key_kind = "restricted"
    assert by_key.incoming_phone_numbers.list()
    with pytest.raises(TwilioRestException):
        by_key.voice.v1.dialing_permissions.settings().fetch()


def test_a_document_that_cannot_be_had_is_noted_in_the_debugger(desk: Desk, line: Line, rest: Client) -> None:
    line.engine._post = lambda *_: (500, {}, b"")
    line.dial("+819012345675")
    line.advance(30)
    (noted, *_) = rest.monitor.v1.alerts.list()
    assert (noted.error_code, noted.log_level) == ("11200", "error")
    assert "+819012345675" in (noted.alert_text or "")


def test_alerts_are_narrowed_by_level_and_time_newest_first(line: Line, rest: Client) -> None:
    now = line.clock.now()
    for hours, level in ((30, "error"), (2, "warning"), (1, "error")):
        line.engine.console.alerts.append(Alert(str(11200 + hours), now - timedelta(hours=hours), "", level=level))
    alerts = rest.monitor.v1.alerts
    assert [one.error_code for one in alerts.list()] == ["11201", "11202", "11230"]
    assert [one.error_code for one in alerts.list(log_level="error")] == ["11201", "11230"]
    yesterday = f"{now - timedelta(days=1):%Y-%m-%d}"
    assert [one.error_code for one in alerts.list(end_date=yesterday)] == ["11230"]
    for wrong in ({"log_level": "loud"}, {"start_date": "yesterday"}):
        with pytest.raises(TwilioException):
            alerts.list(**wrong)


def test_every_answer_tells_the_lines_time(line: Line) -> None:
    line.engine.console.clock_ahead = 90.0
    told = line.rest.get(f"https://api.twilio.com/2010-04-01/Accounts/{line.sid}.json").headers["Date"]
    assert told == f"{line.clock.now() + timedelta(seconds=90) - timedelta(hours=9):%a, %d %b %Y %H:%M:%S} GMT"
