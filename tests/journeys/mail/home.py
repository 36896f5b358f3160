"""A member at home with a browser: the site on a port of its own, and somebody who has signed in."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import select
from werkzeug.serving import make_server

from callcenter.context import reading, unit_of_work
from callcenter.loopback import free_port
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import MemberDraft, Message, Thread
from callcenter.services.members.accounts import sessions
from callcenter.ui.member import guard
from tests.integration.members import people, writers
from tests.journeys.office import Quiet
from tests.pages import Site

EVENING = "2026-11-26T21:10"


class Home:
    """The site, and a member who sits before it."""

    def __init__(
        self, database_url: str, *, at: str = EVENING, nickname: str = "つきみ草", target_days: int = 3
    ) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.site = Site(
            database_url, at=at, env="development", PUBLIC_BASE_URL=self.url, REPLY_TARGET_DAYS=str(target_days)
        )
        self.server = make_server("127.0.0.1", port, self.site.app, threaded=True, request_handler=Quiet)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.member_id, self.number = people.registered_at(self.site.app, nickname)

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.site.close()

    def sits_down(self, page: Page) -> Page:
        """Sign the browser in, without the sign-in page."""
        app = self.site.app
        with app.test_request_context(), unit_of_work() as session:
            token = sessions.begin(session, session.get_one(Member, self.member_id), at=datetime.now(UTC))
            name = guard.cookie()
        page.context.add_cookies([{"name": name, "value": token, "url": self.url, "httpOnly": True, "sameSite": "Lax"}])
        return page

    def has_sent(self, text: str, subject: str = "", *, days_ago: int = 0, reply: str | None = None) -> str:
        """Return the consultation that the member has sent, perhaps answered since."""
        then = self.site.clock.now() - timedelta(days=days_ago)
        with self.site.app.app_context(), unit_of_work() as session:
            member, policy = (
                session.get_one(Member, self.member_id),
                self.site.app.extensions["callcenter"].settings.policy,
            )
            message = writers.send(session, member, text, subject=subject, policy=policy, now=then)
            if reply is not None:
                writers.answered(session, session.get_one(Thread, message.thread_id), reply, now=self.site.clock.now())
            return message.thread_id

    def changes(self, model: type[Any], row_id: str, **values: Any) -> None:
        with self.site.app.app_context(), unit_of_work() as session:
            for name, value in values.items():
                setattr(session.get_one(model, row_id), name, value)

    def messages(self) -> list[str | None]:
        """Return what was sent, oldest first."""
        with self.site.app.app_context(), reading() as session:
            return [one.text for one in session.scalars(select(Message).order_by(Message.id))]

    def drafts(self) -> list[str | None]:
        """Return what is written and not sent, oldest first."""
        with self.site.app.app_context(), reading() as session:
            return [one.text for one in session.scalars(select(MemberDraft).order_by(MemberDraft.id))]
