"""What the server gives to a page that checks its network: an access to the relays, for its counsellor alone."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from callcenter.adapters.twilio.browser import EDGES
from callcenter.console.duty.network import RELAY_SECONDS, NoRelays
from callcenter.domain.staff.roles import Role
from callcenter.domain.telephony import LineUnknown
from callcenter.models.trail.audit import AuditEntry
from tests.integration.consoles import Console, Seat

RELAYS = "/console/line/relays"
SDK = Path(__file__).parents[3] / "callcenter/static/vendor/twilio-voice.min.js"


def test_the_adapter_names_the_relays_and_hides_their_access(desk: Console) -> None:
    udp, tcp = desk.telephony.relays(seconds=60)
    assert (udp.url, tcp.url) == ("turn:127.0.0.1:3478?transport=udp", "turn:127.0.0.1:3478?transport=tcp")
    assert udp.username
    assert udp.credential
    assert udp.username not in repr(udp)
    assert udp.credential not in repr(udp)


def test_an_answer_without_a_relay_is_not_taken_for_one(desk: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    token = type("Token", (), {"ice_servers": [{"urls": "stun:global.stun.twilio.com:3478"}]})
    tokens = type(desk.telephony._client.tokens)
    monkeypatch.setattr(tokens, "create", lambda _list, **_: token)
    with pytest.raises(LineUnknown):
        desk.telephony.relays(seconds=60)


def test_a_counsellor_gets_an_access_that_is_kept_nowhere(
    desk: Console, seat: Seat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = seat.sends(RELAYS)
    relays = answer.get_json()["relays"]
    assert [sorted(one) for one in relays] == [["credential", "url", "username"]] * 2
    assert answer.headers["Cache-Control"] == "no-store"
    with desk.work() as session:
        trail = repr([vars(entry) for entry in session.scalars(select(AuditEntry))])
    for secret in (relays[0]["username"], relays[0]["credential"]):
        assert secret not in caplog.text + trail
    assert RELAY_SECONDS <= 300


def test_nobody_else_gets_an_access(desk: Console) -> None:
    seat = desk.seat(role=Role.AUDITOR)
    assert seat.sends(RELAYS).status_code in {401, 403, 400}
    assert desk.app.test_client().post(RELAYS, base_url="https://desk.test").status_code in {400, 401, 302}
    assert not any("Tokens" in one.path for one in desk.line.engine.journal.entries)


@pytest.mark.parametrize("fault", ["rest_401", "rest_404", "rest_429", "rest_500", "rest_timeout"])
def test_a_failure_at_twilio_is_a_sentence(desk: Console, seat: Seat, fault: str) -> None:
    desk.line.faults.next_rest = [fault]
    answer = seat.sends(RELAYS)
    assert (answer.status_code, NoRelays.message in answer.get_json()["error"]) == (409, True)


def test_the_page_knows_the_sockets_that_the_sdk_uses_and_what_a_network_must_let_out(seat: Seat) -> None:
    page = seat.get("/console/")
    sockets = re.findall(r'data-sockets="([^"]+)"', page.text)[0].split()
    assert sockets == [f"wss://voice-js.{edge}.twilio.com/signal" for edge in EDGES]
    sdk = SDK.read_text("utf-8")
    assert '"voice-js.".concat(edge,".twilio.com")' in sdk
    assert '"wss://".concat(uri,"/signal")' in sdk
    for socket in sockets:
        assert socket.removesuffix("/signal") in page.headers["Content-Security-Policy"]
    assert "168.86.128.0/18" in page.text
    assert "global.turn.twilio.com" in page.text
