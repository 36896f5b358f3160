"""What reaches the telephone's door and should not; and what comes twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from callcenter.domain.calls.lifecycle import CallState
from callcenter.models.calls.calls import Call, Receipt
from callcenter.models.trail.audit import AuditEntry
from callcenter.twilio_words import NEWS_RETRIES
from tests.calls.webhooks import INCOMING, form, post, sign
from tests.desk import ORIGIN, Desk
from tests.line import ACCOUNT


def nothing_written(desk: Desk) -> bool:
    with desk.work() as session:
        return not any(session.scalar(select(func.count()).select_from(table)) for table in (Call, Receipt, AuditEntry))


def test_a_signed_webhook_is_answered_with_a_script(desk: Desk) -> None:
    answer = post(desk, INCOMING, form())
    assert answer.status_code == 200
    assert answer.content_type == "text/xml; charset=utf-8"
    assert b"<Enqueue" in answer.data


@pytest.mark.parametrize("signature", ["", "AAAA", "あ", sign(INCOMING, form(), token="another account's token")])
def test_a_forged_or_missing_signature_gets_403_and_no_script(desk: Desk, signature: str) -> None:
    headers = {"X-Twilio-Signature": signature.encode().decode("latin-1")} if signature else {}
    answer = desk.app.test_client().post(INCOMING, data=form(), headers=headers)
    assert answer.status_code == 403
    assert b"<Response" not in answer.data
    assert nothing_written(desk)


def test_a_signature_for_another_address_opens_nothing(desk: Desk) -> None:
    fields = form()
    for path, origin in (("/ivr/voice/status", ORIGIN), (INCOMING, "https://elsewhere.test")):
        answer = post(desk, INCOMING, fields, signature=sign(path, fields, origin=origin))
        assert answer.status_code == 403


def test_the_host_header_has_no_say(desk: Desk) -> None:
    fields = form()
    answer = post(desk, INCOMING, fields, Host="evil.test", X_Forwarded_Host="evil.test")
    assert answer.status_code == 200
    assert b"evil.test" not in answer.data


@pytest.mark.parametrize("fields", [form(AccountSid="AC" + "9" * 32), form(To="+81312345678")])
def test_another_account_or_number_is_as_good_as_forged(desk: Desk, fields: dict[str, str]) -> None:
    assert post(desk, INCOMING, fields).status_code == 403
    assert nothing_written(desk)


def test_a_whole_call_whose_webhooks_name_no_account_is_served(desk: Desk) -> None:
    desk.line.faults.no_account_sid = True
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(3)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert post(desk, INCOMING, form("CA" + "4" * 32, AccountSid="")).status_code == 200


def test_every_address_that_is_told_of_events_asks_for_what_was_lost_to_be_sent_again(desk: Desk) -> None:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(3)
    assert desk.call(phone.sid).state is CallState.TALKING
    told = [room.status_hook for room in desk.line.engine.rooms.values()]
    told += [leg.status_hook for leg in desk.line.engine.legs.values() if not leg.inbound]
    assert len(told) == 2
    assert all(hook is not None and hook.url.endswith(NEWS_RETRIES) for hook in told)


def test_news_of_a_room_that_met_a_dead_web_server_is_sent_again(desk: Desk) -> None:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    posts, missed = desk.line.engine._post, list[str]()

    def post_once_in_vain(method: str, url: str, *more: Any) -> Any:
        if "/ivr/conference/" in url and url not in missed:
            missed.append(url)
            return 502, {}, b""
        return posts(method, url, *more)

    desk.line.engine._post = post_once_in_vain
    counsellor.takes_the_call()
    desk.line.advance(3)
    assert len(missed) == 1
    assert desk.call(phone.sid).state is CallState.TALKING


def test_during_a_rotation_both_secrets_open(database_url: str) -> None:
    desk = Desk(database_url, TWILIO_AUTH_TOKEN=f"the-new-token-of-the-line,{ACCOUNT.auth_token}")
    old, new = form("CA" + "2" * 32), form("CA" + "3" * 32)
    assert post(desk, INCOMING, old).status_code == 200
    assert (
        post(desk, INCOMING, new, signature=sign(INCOMING, new, token="the-new-token-of-the-line")).status_code == 200
    )
    desk.close()


def test_a_truncated_body_is_refused(desk: Desk) -> None:
    fields = form()
    short = "&".join(f"{name}={value}" for name, value in list(fields.items())[:-1])
    answer = desk.app.test_client().post(
        INCOMING,
        data=short,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": sign(INCOMING, fields)},
    )
    assert answer.status_code == 403


def test_a_body_that_is_no_utf8_is_refused_without_an_error_of_ours(desk: Desk) -> None:
    answer = desk.app.test_client().post(
        INCOMING,
        data=b"CallSid=\xff\xfe&From=%ff%fe",
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": "x"},
    )
    assert answer.status_code == 403


def test_a_body_larger_than_any_webhook_is_refused_unread(desk: Desk) -> None:
    fields = form(Unknown="x" * 70_000)
    assert post(desk, INCOMING, fields).status_code in {403, 413}
    assert nothing_written(desk)


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_only_post_is_understood(desk: Desk, method: str) -> None:
    answer = getattr(desk.app.test_client(), method)(INCOMING)
    assert 400 <= answer.status_code < 500
    assert b"<Response" not in answer.data


def test_parameters_nobody_has_heard_of_are_ignored(desk: Desk) -> None:
    answer = post(desk, INCOMING, form(StirVerstat="TN-Validation-Passed-A", NewIn2027="なにか", Blank=""))
    assert b"<Enqueue" in answer.data


@pytest.mark.parametrize("headers", [{"I_Twilio_Idempotency_Token": "one"}, {}])
def test_a_repeated_webhook_gets_the_same_answer_and_has_one_effect(desk: Desk, headers: dict[str, str]) -> None:
    answers = {post(desk, INCOMING, form(), **headers).data for _ in range(4)}
    assert len(answers) == 1
    assert len(desk.calls()) == 1
    assert desk.events() == ["arrived"]


def test_the_same_call_under_another_token_is_still_one_call(desk: Desk) -> None:
    first = post(desk, INCOMING, form(), I_Twilio_Idempotency_Token="one")
    second = post(desk, INCOMING, form(), I_Twilio_Idempotency_Token="two")
    assert first.data == second.data
    assert len(desk.calls()) == 1


def test_a_key_pressed_twice_by_the_network_is_one_key(desk: Desk) -> None:
    post(desk, INCOMING, form())
    pressed = form(Digits="2", CallStatus="in-progress")
    answers = {post(desk, "/ivr/voice/key", pressed, I_Twilio_Idempotency_Token="k").data for _ in range(3)}
    assert len(answers) == 1
    assert desk.events() == ["arrived", "key"]


def test_a_waiting_caller_is_looked_at_afresh_every_time(desk: Desk) -> None:
    post(desk, INCOMING, form())
    asked = form(CallStatus="in-progress", QueueSid="QU" + "1" * 32, QueueTime="0")
    first, second = (post(desk, "/ivr/voice/wait", asked, I_Twilio_Idempotency_Token="w") for _ in range(2))
    assert b"<Gather" in first.data
    assert b"<Gather" not in second.data


@pytest.mark.parametrize("digits", ["12345678901234567890", "²", "１", "-1", "w", "1; DROP TABLE calls"])
def test_impossible_digits_are_no_key(desk: Desk, digits: str) -> None:
    post(desk, INCOMING, form())
    answer = post(desk, "/ivr/voice/key", form(Digits=digits, CallStatus="in-progress"))
    assert answer.status_code == 200
    assert desk.calls()[0].key is None


def test_a_call_that_waits_without_having_arrived_arrives_now(desk: Desk) -> None:
    answer = post(desk, "/ivr/voice/wait", form(CallStatus="in-progress", QueueTime="0"))
    assert b"<Gather" in answer.data
    assert len(desk.calls()) == 1


@pytest.mark.parametrize("waited", ["9" * 20, "9" * 5000, "-1", "٣", "1e9"])
def test_an_impossible_time_of_waiting_counts_as_none(desk: Desk, waited: str) -> None:
    answer = post(desk, "/ivr/voice/wait", form(CallStatus="in-progress", QueueTime=waited))
    assert answer.status_code == 200
    assert b"<Gather" in answer.data


@pytest.mark.parametrize("stamp", ["Mon, 99 Foo 2026 99:99:99 +9999", "Fri, 31 Dec 9999 23:59:59 -1400"])
def test_an_impossible_time_stamp_does_not_keep_a_call_open(desk: Desk, stamp: str) -> None:
    post(desk, INCOMING, form())
    answer = post(desk, "/ivr/voice/status", form(CallStatus="completed", Timestamp=stamp))
    assert answer.status_code == 200
    assert desk.calls()[0].ended_at == desk.clock.now()


@pytest.mark.parametrize(
    "path", ["/ivr/voice/join/nobody", "/ivr/voice/requeue/nobody", "/ivr/offer/nobody/answer", "/ivr/leg/nobody/end"]
)
def test_a_callback_for_nobody_gets_a_script_and_changes_nothing(desk: Desk, path: str) -> None:
    answer = post(desk, path, form(CallStatus="in-progress"))
    assert answer.status_code == 200
    assert answer.data.startswith(b"<?xml")
    assert desk.calls() == []


@pytest.mark.parametrize("path", ["/ivr/voice/status", "/ivr/offer/nobody/status", "/ivr/conference/nobody"])
def test_news_is_answered_with_an_empty_script(desk: Desk, path: str) -> None:
    answer = post(desk, path, form(CallStatus="completed", StatusCallbackEvent="participant-join", Timestamp="junk"))
    assert answer.status_code == 200
    assert answer.data.endswith(b"<Response />") or answer.data.endswith(b"<Response/>")


def test_no_log_line_names_a_caller(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    fields = form(From="+819012345678")
    post(desk, INCOMING, fields)
    post(desk, INCOMING, fields, signature="forged")
    post(desk, "/ivr/voice/status", fields | {"CallStatus": "completed"})
    assert "9012345678" not in caplog.text


@pytest.mark.parametrize("path", ["/ivr/nowhere", "/ivr/voice/nowhere", "/nowhere"])
def test_an_address_that_does_not_exist_is_not_found(desk: Desk, path: str) -> None:
    assert post(desk, path, form()).status_code == 404
