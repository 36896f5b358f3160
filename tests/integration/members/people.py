"""Members of the mail consultation, as tests meet them: registered, signed in, coming back late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from callcenter.context import context, reading, unit_of_work
from callcenter.domain.members.registration import Profile, Registration
from callcenter.domain.members.threads import LinkKind
from callcenter.domain.places import Prefecture
from callcenter.domain.records.record_codes import Period, Relation, Sex
from callcenter.models.members.accounts import Member, MemberLink, MemberSession
from callcenter.services.members.accounts import links, passwords, registering, sessions
from callcenter.services.staff.passwords import hashed
from callcenter.ui.member import guard
from tests.desk import CHEAP
from tests.integration.people import NOW

PASSWORD = "asagao no hana to umi"
PROFILE = Profile(
    relation=Relation.SELF,
    nickname="ミナト",
    prefecture=Prefecture.TOKYO,
    age=27,
    sex=Sex.NO_ANSWER,
    period=Period.FROM_3,
)


def registered_member(
    session: Session,
    nickname: str = "ミナト",
    address: str = "minato@example.jp",
    *,
    password: str | None = PASSWORD,
    now: datetime = NOW,
) -> Member:
    """Somebody who has registered and, unless *password* is None, chosen a password; nothing is committed."""
    given = Registration(replace(PROFILE, nickname=nickname), address)
    member = registering.register(session, given, now=now)
    session.flush()
    if password is not None:
        passwords.choose_first(session, member, hashed(password, CHEAP), now=now)
    return member


def registered_at(app: Flask, nickname: str = "ミナト", address: str = "minato@example.jp") -> tuple[str, str]:
    """Register somebody with a password at a running site; return their id and their user number."""
    with app.app_context(), unit_of_work() as session:
        member = registered_member(session, nickname, address, now=context().ports.clock.now())
        return member.id, member.number or ""


def as_stored(app: Flask, member_id: str | None = None) -> SimpleNamespace:
    """Return everything that is stored of a member, or of the only one, opened."""
    with app.app_context(), reading() as session:
        everybody = select(Member) if member_id is None else select(Member).where(Member.id == member_id)
        found = session.scalars(everybody).one()
        opened = {name: getattr(found, name) for name in ("nickname", "number", "address", "new_address")}
        return SimpleNamespace(
            **{column.key: getattr(found, column.key) for column in inspect(Member).columns}, **opened
        )


def mailed_path(app: Flask, member_id: str, kind: LinkKind) -> str:
    """Return the address of the newest link of that kind that was mailed to the member."""
    with app.app_context(), reading() as session:
        mine = select(MemberLink).where(MemberLink.member_id == member_id, MemberLink.kind == kind)
        link = session.scalars(mine.order_by(MemberLink.used_at.is_(None).desc(), MemberLink.made_at.desc())).first()
        assert link is not None
        return f"/mail/{kind}/{links.token_of(session, session.get_one(Member, member_id), link)}"


def signed_in(client: FlaskClient, member_id: str) -> FlaskClient:
    """Sign the browser in as that member, without the sign-in page."""
    app = client.application
    with app.test_request_context(), unit_of_work() as session:
        token = sessions.begin(session, session.get_one(Member, member_id), at=datetime.now(UTC))
        name = guard.cookie()
    client.set_cookie(name, token, domain="desk.test", secure=True)
    return client


def let_pass(app: Flask, member_id: str, time: timedelta) -> None:
    """Let the member's browsers do nothing for so long."""
    with app.app_context(), unit_of_work() as session:
        for row in session.scalars(select(MemberSession).where(MemberSession.member_id == member_id)):
            values = {"seen_at": row.seen_at - time, "began_at": row.began_at - time}
            session.execute(update(MemberSession).where(MemberSession.id == row.id).values(**values))
