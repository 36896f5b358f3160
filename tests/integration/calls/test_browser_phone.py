"""The telephone in a counsellor's browser, as the server sees it: tokens, the one tab that rings, and where else."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from pathlib import Path

import jwt
from sqlalchemy import select

from callcenter.adapters.twilio.browser import EDGES
from callcenter.adapters.twilio.voice_token import IDENTITY
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.staff.roles import Contact, Role
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.duty.presence import CallInOtherTab
from callcenter.services.staff import accounts
from callcenter.services.trail.audit import OPERATOR
from tests.integration.consoles import Console, Seat
from tests.line import ACCOUNT

TELEPHONE = "+819012345678"
SDK = Path(__file__).parents[3] / "callcenter/static/vendor/twilio-voice.min.js"


def actions(desk: Console) -> list[str]:
    with desk.work() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def answered(desk: Console, seat: Seat) -> str:
    """Let somebody call and this person answer in the browser; return the caller's leg."""
    phone = desk.line.dial()
    seat.is_rung_by(phone)
    seat.answers()
    return phone.sid


# ------------------------------------------------------------------ tokens


def test_a_token_lets_its_tab_be_rung_for_a_quarter_of_an_hour_and_dial_nobody(seat: Seat) -> None:
    answer = seat.sends("/console/line/token", lease=seat.takes_the_line()).get_json()
    claims = jwt.decode(answer["token"], ACCOUNT.api_secret, algorithms=["HS256"])
    assert claims["grants"] == {"identity": seat.presence.identity, "voice": {"incoming": {"allow": True}}}
    assert "outgoing" not in claims["grants"]["voice"]
    assert "twr" not in jwt.get_unverified_header(answer["token"])  # calls are processed in the default region
    assert answer["seconds"] == 900
    assert 600 < claims["exp"] - time.time() <= 900


def test_every_token_is_written_into_the_trail(desk: Console, seat: Seat) -> None:
    lease = seat.takes_the_line()
    seat.sends("/console/line/token", lease=lease)
    assert actions(desk)[-1] == "line.token"


def test_the_name_at_twilio_is_new_for_each_tab_and_has_plain_letters_only(seat: Seat) -> None:
    seat.takes_the_line()
    first = seat.presence.identity
    seat.sends("/console/lease", force="1")
    assert IDENTITY.fullmatch(first)
    assert IDENTITY.fullmatch(seat.presence.identity)
    assert seat.presence.identity != first


def test_who_may_no_longer_take_calls_gets_no_token_and_is_rung_no_more(desk: Console, seat: Seat) -> None:
    lease = seat.takes_the_line()
    with desk.work() as session:
        who = session.get_one(Staff, seat.staff_id)
        accounts.set_role(session, who, Role.AUDITOR, by=OPERATOR, now=desk.clock.now())
    assert seat.sends("/console/line/token", lease=lease).status_code == 401
    assert seat.sends("/console/beat", lease=lease, registered="1").status_code == 401
    desk.line.dial()
    desk.line.advance(20)
    assert not any(offer.claimed_at or offer.state == "ringing" for offer in desk.offers())


def test_an_account_that_was_closed_gets_no_token(desk: Console, seat: Seat) -> None:
    lease = seat.takes_the_line()
    with desk.work() as session:
        who = session.get_one(Staff, seat.staff_id)
        accounts.set_active(session, who, False, by=OPERATOR, now=desk.clock.now())
    assert seat.sends("/console/line/token", lease=lease).status_code == 401


# ------------------------------------------------------------------ the one tab


def test_the_telephone_stays_in_the_tab_that_rings_or_talks(desk: Console, seat: Seat) -> None:
    lease = seat.takes_the_line()
    phone = desk.line.dial()
    seat.is_rung_by(phone)
    refused = seat.sends("/console/lease", force="1")
    assert (refused.status_code, CallInOtherTab.message in refused.get_json()["error"]) == (409, True)
    seat.answers()
    seat.stays()
    assert seat.sends("/console/lease", force="1").status_code == 409
    assert seat.presence.lease == lease


def test_a_tab_that_died_in_a_talk_keeps_nobody_from_the_telephone(desk: Console, seat: Seat) -> None:
    seat.takes_the_line()
    answered(desk, seat)
    desk.line.advance(20)
    assert seat.sends("/console/lease").status_code == 200


def test_a_page_that_stood_still_puts_its_person_away_and_says_so(seat: Seat) -> None:
    lease = seat.takes_the_line()
    seat.sends("/console/beat", lease=lease, registered="1", stood_still="1")
    assert (seat.presence.work, seat.presence.reason) == (Work.AWAY, AwayReason.UNREACHABLE)
    page = seat.opens()
    assert "画面が止まっていたか、電話につながらなかったため、離席にしています。" in page.words
    assert "data-put-away" in page.response.text


def test_a_page_that_stood_still_in_a_talk_leaves_the_talk_alone(desk: Console, seat: Seat) -> None:
    lease = seat.takes_the_line()
    sid = answered(desk, seat)
    seat.sends("/console/beat", lease=lease, registered="1", stood_still="1")
    assert (seat.presence.work, desk.call(sid).state) == (Work.ON_CALL, CallState.TALKING)


def test_a_device_that_is_not_there_once_is_tried_again_and_twice_puts_its_person_away(
    desk: Console, seat: Seat
) -> None:
    lease = seat.takes_the_line()
    desk.line.unregistered.add(seat.presence.identity)
    phone = desk.line.dial()
    met = []
    for _ in range(16):
        seat.sends("/console/beat", lease=lease, registered="1")
        desk.line.advance(0.5)
        met.append((seat.presence.misses, seat.presence.work, seat.presence.reason))
    assert any(misses == 1 and work is not Work.AWAY for misses, work, _ in met)
    assert met[-1] == (2, Work.AWAY, AwayReason.UNREACHABLE)
    assert len(desk.offers()) == 2
    assert desk.call(phone.sid).state is CallState.WAITING
    desk.line.unregistered.clear()
    seat.sends("/console/beat", lease=lease, registered="1")
    seat.sends("/console/presence", work="available")
    assert seat.presence.misses == 0


# ------------------------------------------------------------------ a telephone instead


def choose(seat: Seat, contact: str) -> int:
    return seat.sends("/console/contact", contact=contact).status_code


def test_a_counsellor_with_a_telephone_goes_back_and_forth(desk: Console) -> None:
    seat = desk.seat(phone=TELEPHONE)
    assert choose(seat, "browser") == 204
    seat.takes_the_line()
    assert (seat.presence.contact, seat.sends("/console/line/token", lease=seat.presence.lease).status_code) == (
        Contact.BROWSER,
        200,
    )
    assert choose(seat, "phone") == 204
    assert seat.presence.contact is Contact.PHONE
    seat.is_rung_by(desk.line.dial())
    assert desk.line.handsets[TELEPHONE].rings
    assert actions(desk).count("staff.set_contact") == 2


def test_the_way_back_to_the_telephone_is_one_key_on_the_page(desk: Console) -> None:
    seat = desk.seat(phone=TELEPHONE)
    choose(seat, "browser")
    button = re.search(r"<button[^>]*name=\"contact\"[^>]*>", seat.opens().response.text)
    assert button is not None
    assert 'value="phone"' in button[0]
    assert 'aria-keyshortcuts="Alt+P"' in button[0]


def test_who_changes_in_a_talk_is_told_that_it_holds_for_the_next_one(desk: Console) -> None:
    seat = desk.seat(phone=TELEPHONE)
    choose(seat, "browser")
    seat.takes_the_line()
    sid = answered(desk, seat)
    assert choose(seat, "phone") == 204
    assert (seat.presence.contact, desk.call(sid).state) == (Contact.BROWSER, CallState.TALKING)
    assert "いまの電話が終わると、電話機で受けます。" in seat.opens().words


def test_who_changes_while_it_rings_is_rung_at_the_telephone_next(desk: Console) -> None:
    seat = desk.seat(phone=TELEPHONE)
    choose(seat, "browser")
    seat.takes_the_line()
    phone = desk.line.dial()
    offer_id = seat.is_rung_by(phone)
    choose(seat, "phone")
    assert seat.presence.contact is Contact.BROWSER
    seat.sends(f"/console/offers/{offer_id}/decline")
    seat.is_rung_by(phone, within=20)  # whoever declined is left in peace for a while
    assert desk.line.handsets[TELEPHONE].rings


def test_without_a_registered_telephone_nothing_changes_and_the_words_are_kind(seat: Seat) -> None:
    answer = seat.sends("/console/contact", contact="phone")
    assert (answer.status_code, "管理者に声をかけて" in answer.get_json()["error"]) == (409, True)
    assert choose(seat, "carrier pigeon") == 409
    assert "contact" not in re.findall(r'name="(\w+)"', seat.opens().response.text)


# ------------------------------------------------------------------ what the page may load and reach


def test_only_the_console_on_a_real_line_is_a_telephone(desk: Console, seat: Seat) -> None:
    console, door = seat.get("/console/"), seat.get("/staff/")
    policy = console.headers["Content-Security-Policy"]
    for edge in EDGES:
        assert f"wss://voice-js.{edge}.twilio.com" in policy
    assert "https://eventgw.twilio.com https://eventgw.us1.twilio.com;" in policy
    assert re.search(r"media-src [^;]*mediastream:", policy)
    assert not re.search(r"unsafe|sdk\.twilio\.com|media\.twiliocdn\.com|\*", policy)
    assert "twilio" not in door.headers["Content-Security-Policy"]
    assert "microphone=(self)" in console.headers["Permissions-Policy"]
    assert "microphone=()" in door.headers["Permissions-Policy"]
    assert "telephone.js" not in door.text


def test_the_sdk_is_the_vendored_file_and_the_browser_holds_it_against_its_hash(seat: Seat) -> None:
    page = seat.get("/console/").text
    address, integrity = re.findall(r'data-sdk="([^"]+)"\s+data-integrity="([^"]+)"', page)[0]
    served = seat.get(address).data
    assert served == SDK.read_bytes()
    assert integrity == "sha384-" + base64.b64encode(hashlib.sha384(served).digest()).decode()
    assert "telephone.js" not in "".join(re.findall(r"<script[^>]*>", page))  # fetched when it is needed, not before


def test_beside_a_simulator_devices_can_be_tried_but_there_is_no_sdk_and_no_way_to_twilio(sqlite_url: str) -> None:
    desk = Console(sqlite_url, SIMULATOR_URL="http://127.0.0.1:9")
    console = desk.seat().get("/console/")
    assert not re.search(r"telephone\.js|network-check", console.text)
    assert "<mic-check" in console.text
    assert "ネットワークの確認は、本番の回線で使えます" in console.text
    assert "twilio" not in console.headers["Content-Security-Policy"]
    assert "connect-src 'self' http://127.0.0.1:9;" in console.headers["Content-Security-Policy"]
    desk.close()


def test_the_heartbeat_decides_who_is_rung_whatever_the_device_says(desk: Console, seat: Seat) -> None:
    seat.takes_the_line()
    desk.line.advance(16)
    desk.line.dial()
    desk.line.advance(8)
    assert desk.offers() == []
