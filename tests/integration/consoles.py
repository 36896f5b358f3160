"""The counsellors' console as integration tests meet it: the real app, a real database, the line at its other end."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher
from werkzeug.test import TestResponse

from callcenter.adapters.twilio.browser import browser_line
from callcenter.adapters.twilio.voice_token import SignedTokens
from callcenter.domain.ports import Ports
from callcenter.domain.staff.roles import Role
from callcenter.models.calls.calls import Presence
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import presence
from callcenter.services.staff import browser_sessions
from callcenter.services.staff.accounts import NewStaff, add_staff
from callcenter.services.staff.passwords import hashed
from callcenter.services.trail.audit import OPERATOR
from ivr.preview import Preview
from tests.desk import ORIGIN, PASSWORD, Desk
from tests.line import ACCOUNT, Phone
from tests.pages import Page, read_page

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Console(Desk):
    """A desk whose browsers can be rung."""

    def _ports(self) -> Ports:
        tokens = SignedTokens(ACCOUNT.sid, ACCOUNT.api_key, ACCOUNT.api_secret)
        line = browser_line(self.settings.simulator_url)
        return Ports(self.clock, self.telephony, self.bell, tokens, browser_line=line, line_words=Preview())

    def seat(self, login: str = "tanto07", *, role: Role = Role.COUNSELLOR, phone: str | None = None) -> Seat:
        """Give somebody an account and let them sign in."""
        with self.work() as session:
            new = NewStaff(login, login.replace("tanto", "担当"), role, phone=phone)
            staff_id = add_staff(session, new, hashed(PASSWORD, CHEAP), by=OPERATOR, now=self.clock.now()).id
        return Seat(self, login, staff_id)

    def record(self, record_id: str) -> dict[str, Any]:
        """Read a record's texts and links back."""
        with self.work() as session:
            found = session.get_one(Consultation, record_id)
            names = ("story", "next_step", "nickname_heard", "relation", "person_id", "state", "version")
            return {name: getattr(found, name) for name in names} | {
                "outcomes": [row.code for row in found.codes if row.list == "outcomes"]
            }


class Seat:
    """One person's browser, signed in."""

    def __init__(self, desk: Console, login: str, staff_id: str) -> None:
        self.desk, self.login, self.staff_id = desk, login, staff_id
        self.client = desk.app.test_client()
        with desk.work() as session:
            staff, at = session.get_one(Staff, staff_id), datetime.now(UTC)
            token = browser_sessions.begin(session, staff, "Linux・Chrome", since=at, at=at)
        with self.client.session_transaction(base_url=ORIGIN) as cookie:  # signing in itself has its own tests
            cookie.update({"_user_id": token, "_fresh": True, "active_at": time.time()})
        answer = self.get("/console/form-token")  # a page without a picture: this is done for every test
        self.token = answer.get_json()["token"] if answer.status_code == 200 else ""

    @property
    def may_enter(self) -> bool:
        return self.get("/console/").status_code == 200

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, base_url=ORIGIN, **options)

    def opens(self, path: str = "/console/") -> Page:
        """Open a page and hold it to what every page must have."""
        return read_page(path, self.get(path))

    def sends(
        self, path: str, sent: Mapping[str, str] | None = None, *, script: bool = True, **fields: Any
    ) -> TestResponse:
        """Post a form, as our scripts do or as a browser without scripts does."""
        headers = {"Accept": "application/json"} if script else {}
        data = {"csrf_token": self.token} | dict(sent or {}) | fields
        return self.client.post(path, data=data, headers=headers, base_url=ORIGIN)

    def saves(self, record_id: str, seen: int, **fields: Any) -> TestResponse:
        """Save fields as the script does, all last seen at one version."""
        sent = {"fields": fields, "seen": dict.fromkeys(fields, seen)}
        return self.saves_raw(record_id, sent)

    def saves_raw(self, record_id: str, sent: Any) -> TestResponse:
        headers = {"Accept": "application/json", "X-CSRFToken": self.token}
        return self.client.post(f"/console/records/{record_id}/save", json=sent, headers=headers, base_url=ORIGIN)

    @property
    def presence(self) -> Presence:
        with self.desk.work() as session:
            return session.get_one(Presence, self.staff_id)

    def takes_the_line(self) -> str:
        """Hold the telephone in this tab, be rung from now on, and return the lease."""
        lease: str = self.sends("/console/lease").get_json()["lease"]
        self.sends("/console/beat", lease=lease, registered="1")
        self.sends("/console/presence", work="available")
        return lease

    def is_rung_by(self, phone: Phone, *, within: int = 8) -> str:
        """Let the caller's waiting come so far, in *within* seconds, that this person is rung; return the offer."""
        for _ in range(within):
            self.stays()
            self.desk.line.advance(1)
            offer_id = self.presence.offer_id
            if offer_id:
                self.desk.line.advance(1)
                return offer_id
        raise AssertionError(f"nobody was rung for {phone.sid}")

    def stays(self) -> None:
        with self.desk.work() as session:
            row = presence.lock_or_create(session, session.get_one(Staff, self.staff_id), now=self.desk.clock.now())
            row.heartbeat_at = self.desk.clock.now()

    def answers(self) -> str:
        """Accept the ringing call and return the record that opened."""
        self.desk.line.handsets[f"client:{self.presence.identity}"].answers()
        self.desk.line.advance(1)
        return self.current_record

    @property
    def current_record(self) -> str:
        parts = self.get("/console/fragment/line").text
        found = re.search(r'data-record="([0-9a-f]*)"', parts)
        assert found is not None
        return found.group(1)


def opened(database_url: str) -> Iterator[Console]:
    """Yield a running desk on this database; close it behind the test."""
    desk = Console(database_url)
    yield desk
    desk.close()
