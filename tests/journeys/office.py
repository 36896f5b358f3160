"""The whole desk for a real browser: web server, worker and line simulator, each in a thread of this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from callcenter.adapters.twilio.browser import browser_line
from callcenter.adapters.twilio.line import TwilioLine
from callcenter.adapters.twilio.voice_token import SignedTokens
from callcenter.context import unit_of_work
from callcenter.domain.ports import Ports
from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.domain.staff.roles import Role
from callcenter.factory import create_app
from callcenter.jobs.line import rounds
from callcenter.loopback import free_port
from callcenter.models.cases.cases import Person
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, linking
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.records import consultations
from callcenter.services.staff import browser_sessions
from callcenter.services.staff.accounts import NewStaff, add_staff
from callcenter.services.staff.passwords import hashed
from callcenter.services.trail.audit import OPERATOR
from callcenter.settings import Settings
from ivr.preview import Preview
from ivr.routes import bp as telephone
from ivr.simulator.app import create_app as create_line
from ivr.simulator.clock import Clock
from ivr.simulator.line.engine import Engine, Number
from ivr.simulator.line.legs import Leg
from ivr.simulator.line.runner import Runner, http_post
from tests.desk import CHEAP, FIELD_KEYS, PASSWORD, SECRET_KEY
from tests.line import A_WEDNESDAY_AFTERNOON, ACCOUNT

HOST = "127.0.0.1"


class Quiet(WSGIRequestHandler):
    """Says nothing of the requests it serves."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Leave it out."""


class SilentBell:
    """A doorbell for a worker that looks by itself."""

    def ring(self) -> None:
        """Nobody listens."""


class Office:
    """Everything that ``run`` starts, on two free ports."""

    def __init__(
        self, database_url: str, folder: Path, *, at: datetime = A_WEDNESDAY_AFTERNOON, trial: bool = True
    ) -> None:
        """Build the desk; unless it is a *trial*, its pages take the line for Twilio's own."""
        self.port, line_port = free_port(), free_port()
        self.url, self.line_url = f"http://{HOST}:{self.port}", f"http://{HOST}:{line_port}"
        self.clock = Clock(at)
        number = Number("+81120529528", f"{self.url}/ivr/voice/incoming", "", f"{self.url}/ivr/voice/status")
        self.line = Engine(ACCOUNT, number, http_post, clock=self.clock)
        line_app = create_line(self.line, allowed_origins=[self.url])
        self.runner, self.line_stopping = Runner(self.line), line_app.extensions["stopping"]
        self.app = self._app(database_url, folder, trial)
        self.servers = [serve(self.port, self.app), serve(line_port, line_app)]
        self.stopping = threading.Event()
        self.worker = threading.Thread(target=self._work, name="worker", daemon=True)

    def _app(self, database_url: str, folder: Path, trial: bool) -> Flask:
        given = {
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET_KEY,
            "FIELD_KEYS": FIELD_KEYS,
            "PUBLIC_BASE_URL": self.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT.sid,
            "TWILIO_AUTH_TOKEN": ACCOUNT.auth_token,
            "TWILIO_API_KEY": ACCOUNT.api_key,
            "TWILIO_API_SECRET": ACCOUNT.api_secret,
            "TWILIO_API_URL": self.line_url,
        } | ({"SIMULATOR_URL": self.line_url} if trial else {})
        settings = Settings.from_env(given, folder)
        telephony = TwilioLine(ACCOUNT.sid, ACCOUNT.api_key, ACCOUNT.api_secret, self.line_url, "+815000000000")
        tokens = SignedTokens(ACCOUNT.sid, ACCOUNT.api_key, ACCOUNT.api_secret)
        line = browser_line(settings.simulator_url)
        ports = Ports(self.clock, telephony, SilentBell(), tokens, browser_line=line, line_words=Preview())
        return create_app(settings, ports, mounts=[telephone])

    def start(self) -> None:
        self.runner.start()
        for server in self.servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.worker.start()

    def stop(self) -> None:
        self.stopping.set()
        self.line_stopping.set()
        for listener in list(self.app.extensions["callcenter.follower"].listeners):
            listener.leave()
        self.worker.join(timeout=10)
        self.runner.stop()
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def _work(self) -> None:
        swept = 0
        while not self.stopping.wait(0.1):
            with self.app.app_context():
                rounds.ring_and_run_errands()
                swept += 1
                if swept % 30 == 0:
                    rounds.sweep()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction of the app's own kind."""
        with self.app.app_context(), unit_of_work() as session:
            yield session

    # ---- people

    def hire(self, login: str = "tanto07", *, role: Role = Role.COUNSELLOR, phone: str | None = None) -> str:
        """Make an account and return its id; the name is what colleagues see."""
        with self.transaction() as session:
            new = NewStaff(login, login.replace("tanto", "担当"), role, phone=phone)
            return add_staff(session, new, hashed(PASSWORD, CHEAP), by=OPERATOR, now=self.clock.now()).id

    def sign_in(self, page: Page, login: str = "tanto07") -> Page:
        """Open the console as somebody who came in by the door; the door itself has journeys of its own."""
        with self.transaction() as session:
            staff, at = session.scalars(select(Staff).where(Staff.login == login)).one(), datetime.now(UTC)
            token = browser_sessions.begin(session, staff, "Linux・Chrome", since=at, at=at)
        sessions = self.app.session_interface
        assert isinstance(sessions, SecureCookieSessionInterface)
        signer, now = sessions.get_signing_serializer(self.app), int(time.time())
        assert signer is not None
        times = dict.fromkeys(("active_at", "since", "proven_at"), now)
        worth = signer.dumps({"_user_id": token, "_fresh": True} | times)
        page.context.add_cookies([{"name": self.app.config["SESSION_COOKIE_NAME"], "value": worth, "url": self.url}])
        page.goto(f"{self.url}/console/")
        expect(page.get_by_role("heading", level=1)).to_have_text("相談員の画面")
        page.wait_for_load_state()  # before that no script hears a key
        return page

    def known_caller(self, nickname: str, relation: Relation = Relation.SELF, *, by: str, told: str = "") -> str:
        """Let somebody have called before; return the person's id."""
        now = self.clock.now()
        with self.transaction() as session:
            staff = session.get_one(Staff, by)
            person = cases.open_case(session, NewCase(NewPerson(nickname, relation=relation)), by=OPERATOR, now=now)
            if told:
                self._talk(session, person, staff, told, now)
            return person.id

    def tell(self, session: Session, person: Person, by: str, told: str) -> None:
        """Let somebody have told something before."""
        self._talk(session, person, session.get_one(Staff, by), told, self.clock.now())

    def _talk(self, session: Session, person: Person, staff: Staff, told: str, now: datetime) -> None:
        record = consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=staff.id, hint=None, now=now
        )
        texts = {"story": told, "next_step": f"{told}の続き", "nickname_heard": "", "response": "聞いた。"}
        consultations.save_draft(session, record.id, 1, texts, by=staff, now=now)
        linking.confirm_person(session, record.id, person.id, by=staff, now=now)
        consultations.finish(session, record.id, by=staff, now=now)

    # ---- callers

    def dial(self, from_: str = "anonymous") -> Leg:
        return self.line.dial(from_)


def serve(port: int, app: Flask) -> BaseWSGIServer:
    return make_server(HOST, port, app, threaded=True, request_handler=Quiet)


def until(page: Page, true: Callable[[], bool], *, seconds: float = 15.0) -> None:
    """Wait for something outside the browser."""
    for _ in range(int(seconds * 20)):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come about in time")
