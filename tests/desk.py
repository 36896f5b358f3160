"""The desk as tests meet it: the real app on a real database, with the telephone line at its other end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from callcenter.adapters.twilio.line import TwilioLine
from callcenter.context import Context, unit_of_work
from callcenter.crypto import KeyRing
from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.domain.duty.presence import Work
from callcenter.domain.ports import Ports
from callcenter.domain.staff.roles import Role
from callcenter.factory import create_app
from callcenter.jobs import worker
from callcenter.jobs.line import rounds
from callcenter.models.base import db
from callcenter.models.calls.calls import Call, CallEvent, Offer, Presence
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import presence
from callcenter.services.staff.accounts import NewStaff, add_staff
from callcenter.services.staff.passwords import hashed
from callcenter.services.trail.audit import OPERATOR
from callcenter.settings import Settings
from ivr.preview import Preview
from ivr.routes import bp
from tests import reused_apps
from tests.line import A_WEDNESDAY_AFTERNOON, ACCOUNT, Line
from tests.reused_apps import ReusedApp

ORIGIN = "https://desk.test"
PASSWORD = "a long enough password"
SECRET_KEY = "signs-only-what-the-tests-have-signed"
FIELD_KEYS = "test:yTz0bOaFVqxGq4hI2uJm8s1cR7nKpW5dLfEeXo3kPAY"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Nobody attacks the passwords of a test, and an honest hash costs a sixth of a second."""
ROOT = Path(__file__).resolve().parent.parent


class LineClock:
    """Tells the simulated line's time."""

    def __init__(self) -> None:
        self.line: Line | None = None

    def now(self) -> datetime:
        return A_WEDNESDAY_AFTERNOON if self.line is None else self.line.clock.now()


class CountingBell:
    """A doorbell that only counts."""

    def __init__(self) -> None:
        self.rung = 0

    def ring(self) -> None:
        self.rung += 1


def environment_of_the_test(database_url: str) -> dict[str, str]:
    """Return variables as production has them, but for the test line."""
    return {
        "CALLCENTER_ENV": "production",
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET_KEY,
        "FIELD_KEYS": FIELD_KEYS,
        "PUBLIC_BASE_URL": ORIGIN,
        "TWILIO_ACCOUNT_SID": ACCOUNT.sid,
        "TWILIO_AUTH_TOKEN": ACCOUNT.auth_token,
        "TWILIO_API_KEY": ACCOUNT.api_key,
        "TWILIO_API_SECRET": ACCOUNT.api_secret,
        "CALLER_ID_NUMBER": "+815000000000",
        "SMTP_URL": "smtp://127.0.0.1:1",
    }


def settings_of_the_test(database_url: str, **more: str) -> Settings:
    """Settings as production has them, but for the test line."""
    return Settings.from_env(environment_of_the_test(database_url) | more, ROOT)


class CompiledTemplates(BytecodeCache):
    """Templates as this process compiled them once; every test has an app of its own, and the same templates."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill *bucket* if its template was compiled; Jinja compares the source's checksum."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        self._code[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()


class Desk:
    """The app, its worker and the line; time passes only when told to."""

    def __init__(
        self,
        database_url: str,
        *,
        at: datetime = A_WEDNESDAY_AFTERNOON,
        hurried: bool = False,
        reused: bool = True,
        **more: str,
    ) -> None:
        """Build the desk; unless *hurried*, a slow machine costs an answer no more than time.

        With *reused* its app may have served another desk; who changes the app itself wants one of their own.
        """
        self.settings = settings_of_the_test(database_url, **more)
        if not hurried:
            policy = replace(self.settings.policy, answer_within=timedelta(seconds=30))
            self.settings = replace(self.settings, policy=policy)
        self.clock, self.bell = LineClock(), CountingBell()
        self.telephony = TwilioLine(
            ACCOUNT.sid, ACCOUNT.api_key, ACCOUNT.api_secret, "https://line.test", "+815000000000", http_client=None
        )
        self.working = True
        self._kind = (type(self), make_url(database_url).get_backend_name())
        self._lent: ReusedApp | None = None
        self.app = self._borrow() if reused and not hurried and not more else self._build()
        self.line = Line(self.app.wsgi_app, origin=ORIGIN, at=at, tick=self._tick)
        object.__setattr__(self.telephony, "http_client", self.line.http_client)
        self.clock.line = self.line
        self._swept = self.line.engine.elapsed

    def _ports(self) -> Ports:
        return Ports(self.clock, self.telephony, self.bell, line_words=Preview())

    def _build(self) -> Flask:
        app = create_app(self.settings, self._ports(), mounts=[bp])
        app.jinja_env.bytecode_cache = COMPILED
        return app

    def _borrow(self) -> Flask:
        context = Context(self.settings, self._ports(), KeyRing.parse(self.settings.field_keys))
        self._lent = reused_apps.lend(self._kind, context, self._build)
        return self._lent.app

    def _tick(self) -> None:
        """What the worker process does between two moments."""
        if not self.working:
            return
        with self.app.app_context():
            rounds.ring_and_run_errands()
            if self.line.engine.elapsed - self._swept >= worker.SWEEP:
                self._swept = self.line.engine.elapsed
                rounds.sweep()
                rounds.ring_and_run_errands()

    @contextmanager
    def work(self) -> Iterator[Session]:
        """One transaction of the app's own kind."""
        with self.app.app_context(), unit_of_work() as session:
            yield session

    def counsellor(self, login: str = "tanto02", *, phone: str | None = "+819000000002", **more: Any) -> Counsellor:
        """Let a counsellor come to work and be available."""
        with self.work() as session:
            new = NewStaff(login, more.get("name", login), more.get("role", Role.COUNSELLOR), phone=phone)
            staff = add_staff(session, new, hashed(PASSWORD, CHEAP), by=OPERATOR, now=self.clock.now())
            row = presence.become_available(session, staff, now=self.clock.now())
            if phone is None:
                row = presence.take_lease(session, staff, force=True, now=self.clock.now())
                row.registered = True
            address = phone or f"client:{row.identity}"
        return Counsellor(self, staff.id, address)

    def close(self) -> None:
        """Let go of the database and of the app."""
        with self.app.app_context():
            db.engine.dispose()
        if self._lent is not None:
            reused_apps.give_back(self._kind, self._lent)
            self._lent = None

    def call(self, sid: str) -> Call:
        """Read a call back from the database."""
        with self.work() as session:
            return session.scalars(select(Call).where(Call.caller_sid == sid)).one()

    def call_in(self, session: Session, sid: str) -> Call:
        """Read a call in a transaction of the test's own."""
        return session.scalars(select(Call).where(Call.caller_sid == sid)).one()

    def forgets_after(self, days: int) -> None:
        """Let *days* pass, and the worker forget what has served its time."""
        self.line.at(self.clock.now() + timedelta(days=days))
        with self.app.app_context():
            worker.forget()

    def calls(self) -> list[Call]:
        with self.work() as session:
            return list(session.scalars(select(Call).order_by(Call.arrived_at, Call.id)))

    def offers(self) -> list[Offer]:
        with self.work() as session:
            return list(session.scalars(select(Offer).order_by(Offer.rung_at, Offer.id)))

    def events(self) -> list[str]:
        with self.work() as session:
            return list(session.scalars(select(CallEvent.kind).order_by(CallEvent.seq)))

    def outcome(self, sid: str) -> tuple[CallState, CallOutcome | None]:
        call = self.call(sid)
        return call.state, call.outcome


class Counsellor:
    """Somebody who answers: at a telephone, or at a browser that stays alive while time passes."""

    def __init__(self, desk: Desk, staff_id: str, address: str) -> None:
        self.desk, self.staff_id, self.address = desk, staff_id, address
        self.handset = desk.line.handsets[address]

    @property
    def work(self) -> Work:
        return self.presence.work

    @property
    def presence(self) -> Presence:
        with self.desk.work() as session:
            return session.get_one(Presence, self.staff_id)

    @property
    def rings(self) -> bool:
        return self.handset.rings

    def stays(self) -> None:
        """Let the browser's heartbeat be heard."""
        with self.desk.work() as session:
            session.get_one(Presence, self.staff_id).heartbeat_at = self.desk.clock.now()

    def takes_the_call(self) -> None:
        """Pick up and, at a telephone, press 1."""
        self.handset.answers()
        if not self.address.startswith("client:"):
            self.handset.presses("1")
        self.desk.line.settle()

    def ends_the_call(self) -> None:
        """Use the end button of the screen."""
        from callcenter.services.talks import room

        with self.desk.work() as session:
            row = session.get_one(Presence, self.staff_id)
            offer = session.get_one(Offer, row.offer_id)
            room.end_by_counsellor(session, session.get_one(Call, offer.call_id), offer, now=self.desk.clock.now())
        self.desk.line.settle()

    def is_ready_again(self) -> None:
        """Finish the wrap-up."""
        with self.desk.work() as session:
            presence.become_available(session, session.get_one(Staff, self.staff_id), now=self.desk.clock.now())
        self.desk.line.settle()
