"""The doctor looks at Twilio, and ``callcenter twilio setup`` puts right what differs; the simulator stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as TwilioResponse

from callcenter.adapters.twilio.client import TWILIO, Account
from callcenter.adapters.twilio.setup import TwilioSetup, wanted
from callcenter.cli import commands
from callcenter.domain.ports import Ports
from callcenter.factory import create_app
from callcenter.models.trail.audit import AuditEntry
from ivr.simulator.console import RISKS, Alert
from ivr.simulator.line.exchange import Number
from tests.desk import ORIGIN, Desk
from tests.integration.consoles import opened
from tests.line import ACCOUNT


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """What the database decides here is tried on both."""
    yield from opened(database_url)


CALLER_ID = "+815000000000"
REFUSALS = ((401, 20003), (403, 20003), (403, 70051))
"""Ways in which Twilio's products say that a key may not see something."""
BIN = "https://handler.twilio.com/twiml/EH1"


class Operator:
    """Somebody at the command line of a desk whose account is the simulated line's."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.settings = desk.settings
        self.account = Account(
            ACCOUNT.sid, ACCOUNT.api_key, ACCOUNT.api_secret, "https://line.test", desk.line.http_client
        )
        self.tokens: tuple[str, ...] = (ACCOUNT.auth_token,)
        desk.line.engine.more_numbers = [Number(CALLER_ID, "")]

    def types(self, *words: str, answers: str | None = None) -> Result:
        cli = commands.build(settings=lambda: self.settings, app=self._app, run=lambda **_: 0)
        return CliRunner().invoke(cli, words, input=answers)

    def _app(self) -> Flask:
        desk, setup = self.desk, TwilioSetup(self.account, self.tokens, wanted(self.settings))
        return create_app(self.settings, Ports(desk.clock, desk.telephony, desk.bell, setup=setup))

    def is_set_up(self) -> None:
        assert self.types("twilio", "setup", "--yes").exit_code == 0


@pytest.fixture
def operator(sqlite_url: str) -> Iterator[Operator]:
    desk = Desk(sqlite_url, FALLBACK_URL=BIN)
    yield Operator(desk)
    desk.close()


def test_the_doctor_names_each_thing_that_differs_and_how_to_mend_it(operator: Operator) -> None:
    operator.desk.line.engine.console.dialing["LV"] = set(RISKS)
    told = operator.types("doctor")
    assert told.exit_code == 1
    lines = [line for line in told.output.splitlines() if "twilio" in line and "twilio alerts" not in line]
    assert any("(なし)" in line and BIN in line for line in lines)
    assert sum("LV" in line for line in lines) == 3
    assert "callcenter twilio setup" in lines[-1]


def test_what_setup_writes_the_doctor_finds_well(operator: Operator) -> None:
    console = operator.desk.line.engine.console
    console.dialing["LV"], console.inherits_dialing, console.records_by_default = set(RISKS), True, True
    written = operator.types("twilio", "setup", "--yes")
    assert written.exit_code == 0
    number = operator.desk.line.engine.number
    assert number.voice_url == f"{ORIGIN}/ivr/voice/incoming#rc=1&rp=ct"
    assert (number.fallback_url, number.status_callback) == (BIN, f"{ORIGIN}/ivr/voice/status#rc=3&rp=ct,5xx&tt=15000")
    assert console.dialing == {"JP": {RISKS[0]}, "LV": set()}
    assert (console.inherits_dialing, console.records_by_default) == (False, False)
    told = operator.types("doctor").output
    assert "✓ twilio:" in told
    assert "△ twilio recording:" in told


def test_setup_shows_before_it_asks_and_a_no_leaves_everything(operator: Operator) -> None:
    before = operator.desk.line.engine.number
    told = operator.types("twilio", "setup", answers="n\n")
    assert told.exit_code == 1
    assert told.output.index("これから: ") < told.output.index("書きこみますか")
    assert "何も書きこみませんでした" in told.output
    assert operator.desk.line.engine.number == before


def test_setup_writes_only_what_differs(operator: Operator) -> None:
    operator.is_set_up()
    engine = operator.desk.line.engine
    engine.number = replace(engine.number, application_sid="AP" + "1" * 32)
    operator.types("twilio", "setup", answers="y\n")
    newest = next(entry for entry in engine.journal.entries if "IncomingPhoneNumbers/" in entry.path)
    assert newest.digest == "VoiceApplicationSid"
    assert engine.number.application_sid == ""


def test_with_nothing_to_write_setup_asks_nothing(operator: Operator) -> None:
    operator.is_set_up()
    told = operator.types("twilio", "setup")
    assert told.exit_code == 0
    assert "書きこみますか" not in told.output


def test_what_was_written_is_in_the_trail_without_a_number(operator: Operator) -> None:
    operator.is_set_up()
    with operator.desk.work() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "line.set_up")).one()
    assert entry.facts["count"] == 3
    assert "status_url" in entry.facts["written"]


def test_a_number_of_somebody_else_is_told_and_nothing_is_made_up(operator: Operator) -> None:
    operator.is_set_up()
    operator.settings = replace(operator.settings, answered_numbers=frozenset({"+815099998888"}))
    told = operator.types("twilio", "setup", "--yes")
    assert told.exit_code == 1
    assert "050-9999-8888: この番号は、アカウントにありません" in told.output


def test_a_twilio_that_does_not_answer_is_told_in_a_sentence(operator: Operator) -> None:
    for fault in ("rest_429", "rest_500", "rest_timeout"):
        operator.desk.line.faults.next_rest = [fault]
        told = operator.types("twilio", "setup")
        assert (told.exit_code, told.output.count("Twilioに届きません")) == (1, 1)
    operator.desk.line.faults.next_rest = ["rest_500"]
    told = operator.types("doctor")
    assert told.exit_code == 1
    assert "✗ twilio: Twilioに届きません" in told.output


def test_what_the_key_may_not_see_is_left_to_a_person(operator: Operator) -> None:
    operator.is_set_up()
    allowed = operator.account.http_client

    class Narrow(TwilioHttpClient):
        """A restricted key: Twilio's voice and intelligence hosts let it see nothing."""

        def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
            if "://api." not in url:
                return TwilioResponse(403, '{"code": 20003, "message": "no"}')
            return allowed.request(method, url, *args, **more)

    operator.account = replace(operator.account, http_client=Narrow())
    told = operator.types("twilio", "setup")
    assert told.exit_code == 0
    assert "発信の許可を確かめられませんでした" in told.output
    assert "録音の設定は、ここからは見られません" in told.output


def test_a_key_that_does_not_open_is_told_with_the_settings_to_look_at(operator: Operator) -> None:
    operator.account = replace(operator.account, secret="wrong")
    told = operator.types("twilio", "setup", "--yes")
    assert told.exit_code == 1
    assert "TWILIO_API_KEY" in told.output
    assert len(told.output.splitlines()) == 1


def test_an_auth_token_that_is_not_the_accounts_is_told_while_one_of_two_is_enough(operator: Operator) -> None:
    operator.is_set_up()
    operator.tokens = ("an old one", ACCOUNT.auth_token)
    assert operator.types("twilio", "setup").exit_code == 0
    operator.tokens = ("an old one",)
    told = operator.types("twilio", "setup")
    assert told.exit_code == 1
    assert "TWILIO_AUTH_TOKEN" in told.output


def test_an_address_that_twilio_cannot_call_is_never_written(operator: Operator) -> None:
    operator.settings = replace(operator.settings, public_base_url="http://127.0.0.1:8000")
    told = operator.types("twilio", "setup", "--yes")
    assert told.exit_code == 1
    assert "PUBLIC_BASE_URL" in told.output
    assert operator.desk.line.engine.number.voice_url.startswith(ORIGIN)


# ---- what Twilio tells of the last day, and of our key


def told_of(operator: Operator, subject: str) -> list[str]:
    return [line for line in operator.types("doctor").output.splitlines() if subject in line]


def test_the_doctor_tells_twilios_alerts_of_the_last_day_by_code_without_number_or_text(operator: Operator) -> None:
    desk, line = operator.desk, operator.desk.line
    assert told_of(operator, "twilio alerts") == ["✓ twilio alerts: この1日、Twilioの警告はありません。"]
    line.engine._post = lambda *_: (500, {}, b"")
    for _ in range(3):
        line.dial("+819012345675")
    line.advance(60)
    line.engine.console.alerts.append(Alert("20003", desk.clock.now(), "", "+819012345675"))
    line.engine.console.alerts.append(Alert("From=+819012345675", desk.clock.now(), ""))
    line.engine.console.alerts.append(Alert("13227", desk.clock.now() - timedelta(hours=25), ""))
    told = told_of(operator, "twilio alerts")
    assert told[0].startswith("△ twilio alerts: この1日の警告: 11200 が")
    assert "callcenter-web" in told[0]
    assert any("20003 が1件" in one and "TWILIO_API_KEY" in one for one in told)
    assert not any("13227" in one or "9012345675" in one for one in told)


def test_alerts_that_our_key_may_not_see_are_left_to_a_person(operator: Operator) -> None:
    console = operator.desk.line.engine.console
    console.key_kind = "restricted"
    for console.refusal in REFUSALS:
        (told,) = told_of(operator, "twilio alerts")
        assert told.startswith("△") and "目で確かめて" in told


@pytest.mark.parametrize("kind, sign", [("standard", ""), ("main", "Main"), ("restricted", "Restricted")])
def test_a_key_of_the_wrong_kind_is_recognised(operator: Operator, kind: str, sign: str) -> None:
    operator.is_set_up()
    console = operator.desk.line.engine.console
    console.key_kind = kind
    for console.refusal in REFUSALS:
        told = told_of(operator, "twilio key")
        assert len(told) == bool(sign)
        assert all(sign in one and one.startswith("✗") and "Standard の鍵を1つ" in one for one in told)


def test_a_key_that_was_deleted_or_never_made_is_told(operator: Operator) -> None:
    operator.desk.line.engine.console.key_known = False
    assert "このアカウントの鍵の一覧にありません" in told_of(operator, "twilio key")[0]
    operator.account = replace(operator.account, user=ACCOUNT.sid, secret=ACCOUNT.auth_token)
    assert "TWILIO_API_KEY がありません" in told_of(operator, "twilio key")[0]


@pytest.mark.parametrize("ahead, mark", [(0.0, "✓"), (30.0, "△"), (-30.0, "△"), (90.0, "✗")])
def test_a_clock_that_differs_from_twilios_is_told(operator: Operator, ahead: float, mark: str) -> None:
    operator.desk.line.engine.console.clock_ahead = ahead
    (told,) = told_of(operator, " clock: ")
    assert told.startswith(mark)


def test_without_a_fallback_url_the_doctor_fails_and_says_what_to_make(operator: Operator) -> None:
    operator.is_set_up()
    operator.settings = replace(operator.settings, fallback_url="")
    told = [line for line in told_of(operator, "twilio") if "FALLBACK_URL" in line]
    assert told and told[0].startswith("✗") and "TwiML Bin" in told[0]


def test_a_trial_never_asks_twilio(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import wsgi

    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    assert "試験用の回線" in CliRunner().invoke(wsgi.cli, ["doctor"]).output
    told = CliRunner().invoke(wsgi.cli, ["twilio", "setup"])
    assert (told.exit_code, "TWILIO_ACCOUNT_SID" in told.output) == (1, True)


def test_twilios_products_are_asked_at_hosts_of_their_own() -> None:
    own = Account("AC" + "1" * 32, "user", "secret", TWILIO).client.http_client
    assert type(own) is TwilioHttpClient
    instead = Account("AC" + "1" * 32, "user", "secret", "https://line.test").client.http_client
    assert type(instead) is not TwilioHttpClient
