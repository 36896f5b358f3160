"""What enters from outside: no character, depth or constant makes an answer fail, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from callcenter.domain.records.record_codes import Channel
from callcenter.domain.staff.roles import Role
from callcenter.services.records import consultations, record_fields
from tests.calls.webhooks import INCOMING, form, post, sign
from tests.desk import ORIGIN
from tests.integration.consoles import Console, Seat, opened

NUL = "a\0b"
HALF = "先週、\ud83d図書館まで行けた。"


@pytest.fixture
def desk(database_url: str) -> Iterator[Console]:
    """What a database refuses is tried on both."""
    yield from opened(database_url)


@pytest.fixture
def draft(desk: Console, seat: Seat) -> str:
    """A record of no call, begun by this counsellor."""
    with desk.work() as session:
        return consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=seat.staff_id, hint=None, now=desk.clock.now()
        ).id


def addresses(desk: Console, method: str) -> list[str]:
    """Return every address with a part that the asker chooses, filled with NUL."""
    rules = [one for one in desk.app.url_map.iter_rules() if one.arguments and method in (one.methods or ())]
    found = []
    for rule in rules:
        if rule.endpoint != "static":
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(f"<{name}>", "a%00b")
            found.append(path)
    return found


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_an_address_with_nul_in_it_is_no_address(desk: Console, role: Role) -> None:
    seat = desk.seat("tokatsu", role=role)
    asked, sent = addresses(desk, "GET"), addresses(desk, "POST")
    assert len(asked) > 15
    assert len(sent) > 60
    assert {path: code for path in asked if (code := seat.get(path).status_code) != 404} == {}
    assert {path: code for path in sent if (code := seat.sends(path).status_code) != 404} == {}


def test_a_file_or_json_where_a_form_is_expected_is_no_text(desk: Console, seat: Seat, draft: str) -> None:
    client, paths = desk.app.test_client(), ("/staff/login", "/staff/passkey", f"/console/records/{draft}/promises")
    for path, one in product(paths, (client, seat.client)):
        headers = {"X-CSRFToken": seat.token if one is seat.client else _token(client)}
        file = {
            name: (BytesIO(b"RIFF"), "a.wav") for name in ("login", "password", "credential", "promise", "csrf_token")
        }
        assert one.post(path, data=file, headers=headers, base_url=ORIGIN).status_code < 500
        for body in (["abc"], [1], {"login": ["a"], "password": {}, "promise": 7}, "abc", 3, None):
            assert one.post(path, json=body, headers=headers, base_url=ORIGIN).status_code < 500, (path, body)


def test_a_part_of_a_form_without_a_name_is_no_failure(desk: Console, seat: Seat, draft: str) -> None:
    body = b'--odd\r\nContent-Disposition: form-data; name="\\"\r\n\r\nabc\r\n--odd--\r\n'
    answer = seat.client.post(
        f"/console/records/{draft}/not-sure",
        data=body,
        content_type="multipart/form-data; boundary=odd",
        headers={"X-CSRFToken": seat.token, "Accept": "application/json"},
        base_url=ORIGIN,
    )
    assert answer.status_code == 200, answer.text


def _token(client: FlaskClient) -> str:
    return client.get("/staff/login", base_url=ORIGIN).text.split('name="csrf_token" value="')[1].split('"')[0]


def test_nobody_signs_in_with_nul(desk: Console) -> None:
    client = desk.app.test_client()
    sent = {"csrf_token": _token(client), "login": NUL, "password": NUL}
    assert client.post("/staff/login", data=sent, base_url=ORIGIN).status_code in {200, 401, 422}


def test_a_field_with_half_a_character_is_kept(desk: Console, seat: Seat, draft: str) -> None:
    answer = seat.saves(draft, 1, story=HALF, next_step=NUL)
    assert answer.status_code == 200
    assert sorted(answer.get_json()["kept"]) == ["next_step", "story"]
    kept = desk.record(draft)
    assert (kept["story"], kept["next_step"]) == ("先週、\ufffd図書館まで行けた。", "ab")


def test_a_save_of_the_wrong_kind_is_refused_or_kept_and_never_fails(seat: Seat, draft: str) -> None:
    fields = sorted(record_fields.FIELDS)
    values: list[Any] = [[], {}, ["a"], {"a": 1}, [[1]], None, True, 1.5, 10**30, "9" * 5000, NUL, "\ud800"]
    for field, value in product(fields, values):
        assert seat.saves(draft, 1, **{field: value}).status_code < 500, (field, value)


ODD = (
    "[" * 100_000,
    '{"fields":' * 5000 + "1" + "}" * 5000,
    '{"fields": {"story": NaN}, "seen": {"story": 1}}',
    '{"fields": {"story": "a"}, "seen": {"story": Infinity}}',
    '{"fields": {"story": "a"}, "seen": {"story": ' + "9" * 5000 + "}}",
    '{"fields": {"story": "a"}, "seen": {"story": 1e999}}',
    "\ufeff{}",
    '"\\ud800"',
    '{"version": 1, "writing": ["story"]}',
    '{"version": 1, "writing": {"story": 1}}',
    '{"version": 99999999999999999999999999, "writing": null}',
)


def test_odd_json_is_refused_with_a_sentence(seat: Seat, draft: str) -> None:
    headers = {"Accept": "application/json", "X-CSRFToken": seat.token, "Content-Type": "application/json"}
    for act, body in product(["save", "beside"], ODD):
        address = f"/console/records/{draft}/{act}"
        answer = seat.client.post(address, data=body.encode(), headers=headers, base_url=ORIGIN)
        assert answer.status_code < 500, (act, body[:60])
        assert answer.get_json(), (act, body[:60])


def test_a_signed_webhook_with_nul_is_answered_with_a_script(desk: Console) -> None:
    desk.counsellor()
    for number, name in enumerate(["From", "CallStatus", "Digits", "QueueSid", "CallSid"]):
        fields = form(f"CA{number:032}")
        answer = post(desk, INCOMING, fields | {name: f"{fields.get(name, '')}\0"})
        assert answer.status_code == 200
        assert b"<Enqueue" in answer.data, name


def test_names_of_calls_and_queues_longer_than_any_are_cut_and_not_failed_on(desk: Console) -> None:
    desk.counsellor()
    answer = post(desk, INCOMING, form("CA" + "あ" * 5000))
    assert b"<Enqueue" in answer.data
    [call] = desk.calls()
    waiting = form("CA" + "あ" * 5000) | {"QueueSid": "QU" + "1" * 5000, "QueueTime": "3"}
    post(desk, "/ivr/voice/wait", waiting)
    assert desk.calls()[0].queue_sid is not None
    room = form() | {
        "ConferenceSid": "CF" + "1" * 5000,
        "FriendlyName": call.id,
        "StatusCallbackEvent": "participant-join",
    }
    assert post(desk, f"/ivr/conference/{call.id}", room).status_code == 200
    assert desk.app.extensions["callcenter"].troubles.counts == {}


def test_a_webhook_whose_nul_was_added_on_the_way_is_forged(desk: Console) -> None:
    fields = form()
    sent = "&".join(f"{quote(name)}={quote(value)}" for name, value in fields.items()).replace(
        "CallSid=", "CallSid=%00"
    )
    answer = desk.app.test_client().post(
        INCOMING,
        data=sent,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": sign(INCOMING, fields)},
    )
    assert answer.status_code == 403
