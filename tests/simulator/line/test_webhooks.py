from __future__ import annotations

import pytest

from ivr.simulator.line.engine import TwimlViolation
from ivr.simulator.line.interpreter import STOCK_ERROR
from ivr.simulator.line.legs import Hook
from ivr.simulator.line.webhooks import Account, Delivery
from tests.line import Line
from tests.simulator.conftest import Office
from tests.simulator.desk import ORIGIN, SAY, Desk

VECTOR = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}


def delivery(url: str, method: str = "POST") -> Delivery:
    return Delivery(Hook(url, method), dict(VECTOR), lambda _: None, None, "webhook")


def signature(url: str, method: str = "POST") -> str:
    headers = delivery(url, method).request(Account("AC", "12345"))[3]
    return headers["X-Twilio-Signature"]


def test_the_signature_is_twilios_own_known_answer() -> None:
    assert signature("https://mycompany.com/myapp.php?foo=1&bar=2") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_fragment_is_neither_sent_nor_signed() -> None:
    plain, with_fragment = "https://a.test/x", "https://a.test/x#rc=3&rp=5xx"
    assert signature(plain) == signature(with_fragment)
    assert delivery(with_fragment).request(Account("AC", "12345"))[1] == plain


def test_a_get_carries_and_signs_its_parameters_in_the_address() -> None:
    _, url, body, _ = delivery("https://a.test/x?y=1", "GET").request(Account("AC", "12345"))
    assert url.startswith("https://a.test/x?y=1&CallSid=CA123") and body == b""


def test_a_call_arrives_with_blank_and_unknown_parameters(desk: Desk, line: Line) -> None:
    line.dial()
    form = desk.to("/incoming")[0]
    assert form["From"] == "anonymous" and form["FromCity"] == "" and "AddedWithoutNotice" in form
    assert form["CallStatus"] == "ringing" and form["AccountSid"] == line.sid


@pytest.mark.parametrize(
    "dialled,from_", [("+266696687", "+266696687"), ("payphone", "unavailable"), ("+81312345678", "+81312345678")]
)
def test_a_caller_id_arrives_as_carriers_send_it(desk: Desk, line: Line, dialled: str, from_: str) -> None:
    line.dial(dialled)
    assert desk.to("/incoming")[0]["From"] == from_


def failing(desk: Desk, *, fallback: str = "/fallback") -> Line:
    desk.documents["/fallback"] = SAY.format("ただいまつながりません。")
    return Line(desk, origin=ORIGIN, voice="/incoming", status="/status", fallback=fallback, strict=False)


@pytest.mark.parametrize("code,status,kind,body", [
    ("11200", 500, "text/xml; charset=utf-8", ""),
    ("11200", 404, "text/xml; charset=utf-8", ""),
    ("12300", 200, "text/html; charset=utf-8", ""),
    ("12100", 200, "text/xml; charset=utf-8", "raw:<Response>"),
    ("11750", 200, "text/xml; charset=utf-8", f"raw:<Response>{' ' * 70_000}</Response>"),
])  # fmt: skip
def test_a_failed_document_leads_to_the_fallback(desk: Desk, code: str, status: int, kind: str, body: str) -> None:
    desk.documents["/incoming"], desk.statuses["/incoming"], desk.types["/incoming"] = body, status, kind
    phone = failing(desk).dial()
    assert phone.heard == ["ただいまつながりません。"]
    assert desk.to("/fallback")[0]["ErrorCode"] == code
    assert desk.to("/fallback")[0]["ErrorUrl"] == f"{ORIGIN}/incoming"


def test_an_application_that_does_not_answer_is_given_fifteen_seconds(desk: Desk) -> None:
    desk.timeouts["/incoming"] = 1
    line = failing(desk)
    phone = line.dial()
    line.advance(14)
    assert phone.heard == []
    line.advance(2)
    assert phone.heard == ["ただいまつながりません。"]


@pytest.mark.parametrize("fragment,seconds", [("#rt=2000", 2), ("#tt=3000", 3), ("#rt=99&tt=20000", 15)])
def test_an_address_may_ask_for_less_patience(desk: Desk, fragment: str, seconds: int) -> None:
    desk.timeouts["/incoming"] = 1
    desk.documents["/fallback"] = SAY.format("ただいまつながりません。")
    line = Line(desk, origin=ORIGIN, voice=f"/incoming{fragment}", status="/status", fallback="/fallback", strict=False)
    phone = line.dial()
    line.advance(seconds - 0.1)
    assert phone.heard == []
    line.advance(0.2)
    assert phone.heard == ["ただいまつながりません。"]


def test_repetitions_end_with_the_total_time(desk: Desk) -> None:
    desk.timeouts["/status"] = 9
    line = Line(desk, origin=ORIGIN, voice="/incoming", status="/status#rc=5&rp=rt&rt=4000&tt=10000", strict=False)
    line.dial().hangs_up()
    line.advance(60)
    assert len(desk.to("/status")) == 3


@pytest.mark.parametrize("path", ["/wait", "/key", "/leave"])
@pytest.mark.parametrize("trouble", ["5xx", "page", "torn", "silence", "gone"])
def test_every_document_of_a_call_that_cannot_be_had_leads_to_the_fallback(desk: Desk, path: str, trouble: str) -> None:
    desk.documents["/wait"] = f'<Gather action="{ORIGIN}/key" timeout="2" actionOnEmptyResult="true"/>'
    desk.documents["/key"] = "<Leave/>"
    spoil = {
        "5xx": lambda: desk.statuses.update({path: 503}),
        "page": lambda: desk.types.update({path: "text/html; charset=utf-8"}),
        "torn": lambda: desk.documents.update({path: "raw:<Response><Say"}),
        "silence": lambda: desk.timeouts.update({path: 1}),
        "gone": lambda: desk.statuses.update({path: 404}),
    }
    spoil[trouble]()
    line = failing(desk)
    phone = line.dial()
    line.advance(25)
    assert phone.heard == ["ただいまつながりません。"]


def test_without_a_fallback_the_stock_message_ends_the_call(desk: Desk) -> None:
    desk.statuses["/incoming"] = 500
    line = failing(desk, fallback="")
    phone = line.dial()
    line.advance(5)
    assert phone.heard == [STOCK_ERROR] and phone.state == "completed"


def test_a_failing_wait_document_leads_to_the_fallback_and_out_of_the_queue(desk: Desk) -> None:
    desk.statuses["/wait"] = 500
    line = failing(desk)
    phone = line.dial()
    assert phone.heard == ["ただいまつながりません。"]
    assert desk.to("/leave")[0]["QueueResult"] == "error"


def test_a_failing_fallback_is_not_asked_again(desk: Desk) -> None:
    desk.statuses |= {"/incoming": 500, "/fallback": 500}
    line = failing(desk)
    line.dial()
    line.advance(10)
    assert len(desk.to("/fallback")) == 1


def test_a_connection_that_fails_is_tried_once_more_with_the_same_token(desk: Desk) -> None:
    line = failing(desk)
    line.engine.number = type(line.engine.number)("+81120529528", "https://nowhere.test/x", f"{ORIGIN}/fallback")
    line.dial()
    tried = [entry for entry in line.engine.journal.entries if entry.path == "/x"]
    assert len(tried) == 2 and desk.to("/fallback")[0]["ErrorCode"] == "11205"


def test_status_callbacks_are_repeated_as_their_fragment_asks(desk: Desk) -> None:
    desk.statuses["/status"] = 503
    line = Line(desk, origin=ORIGIN, voice="/incoming", status="/status#rc=3&rp=ct,5xx", strict=False)
    line.dial().hangs_up()
    tokens = [asked.headers["I-Twilio-Idempotency-Token"] for asked in desk.asked if asked.path == "/status"]
    assert len(tokens) == 4 and len(set(tokens)) == 1


def test_a_violation_fails_the_test(desk: Desk, line: Line) -> None:
    desk.documents["/incoming"] = "<Say>language is missing</Say>"
    with pytest.raises(TwimlViolation, match="lacks language"):
        line.dial()


def test_a_charset_is_demanded(desk: Desk, line: Line) -> None:
    desk.types["/incoming"] = "text/xml"
    with pytest.raises(TwimlViolation, match="content type"):
        line.dial()


def test_documents_that_redirect_to_themselves_end_the_call(desk: Desk) -> None:
    desk.documents["/incoming"] = f"<Redirect>{ORIGIN}/incoming</Redirect>"
    line = failing(desk)
    phone = line.dial()
    assert phone.state == "completed" and len(desk.to("/incoming")) == 20


def test_webhooks_may_come_without_the_account(desk: Desk, line: Line, office: Office) -> None:
    line.faults.no_account_sid = True
    office.connects()
    assert desk.asked
    assert all("AccountSid" not in asked.form for asked in desk.asked)
