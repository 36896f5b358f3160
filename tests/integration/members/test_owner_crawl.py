"""What one member has stored leaves to nobody else: every route of members, each method, with another member's ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from callcenter.context import reading, unit_of_work
from callcenter.domain.members.threads import LinkKind, Written
from callcenter.models.base import Base, new_id
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Thread
from callcenter.services.members import drafts
from callcenter.services.members.accounts import links, sessions
from callcenter.ui.access import Who, rule_of
from tests.integration.members import people
from tests.integration.members.writers import answered, send
from tests.pages import ORIGIN, Site

CANARIES = ("みずうみの石", "きつねの返事", "つくしの下書き", "かりんの題", "アオイ", "aoi@example.jp")
LAST = "mail.leave_for_good"
"""The view after which there is no other member any more."""
CHANGES_EACH_TIME = re.compile(r'(name="(?:form_key|csrf_token)" value=|csrf-token" content=)"[^"]*"|[0-9a-f]{32}')


class Crawl:
    """Somebody who has written, and what others get when they ask with that member's ids."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.aoi, _ = people.registered_at(site.app, "アオイ", "aoi@example.jp")
        self.other, _ = people.registered_at(site.app, "ミナト", "minato@example.jp")
        with site.app.app_context(), unit_of_work() as session:
            self.ids = self._written(session, session.get_one(Member, self.aoi))

    def _written(self, session: Session, aoi: Member) -> dict[str, str]:
        now = self.site.clock.now()
        message = send(session, aoi, "みずうみの石のことです。", subject="かりんの題", now=now)
        answered(session, session.get_one(Thread, message.thread_id), "きつねの返事です。", now=now)
        key = new_id()
        draft = drafts.keep(session, aoi, Written(key, "つくしの下書き"), now=now)
        assert draft is not None
        links.make(session, aoi, LinkKind.RESET, now=now)
        sessions.begin(session, aoi, at=datetime.now(UTC))
        return {"thread_id": message.thread_id, "message_id": message.id, "draft_id": draft.id, "form_key": key}

    def routes(self) -> list[tuple[str, str, list[str]]]:
        """Return every route of members: endpoint, method, the names in its address."""
        found = []
        for rule in self.site.app.url_map.iter_rules():
            marked = rule_of(self.site.app.view_functions[rule.endpoint])
            if marked is not None and marked.who is Who.MEMBER:
                methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
                found += [(rule.endpoint, method, sorted(rule.arguments)) for method in methods]
        return found

    def ask(self, endpoint: str, method: str, names: list[str], ids: dict[str, str], token: str = "") -> TestResponse:
        """Ask with *ids* wherever an address or a form takes one."""
        with self.site.app.test_request_context(base_url=ORIGIN):
            named: dict[str, Any] = {name: ids[name] for name in names}
            path = url_for(endpoint, _method=method, **named)
        given = {"draft": ids["draft_id"], "thread": ids["thread_id"]}
        if method == "GET":
            return self.site.reader.get(path, query_string=given, base_url=ORIGIN, follow_redirects=True)
        form = given | {"form_key": ids["form_key"], "text": "xyz", "do": "send", "csrf_token": token}
        form |= {"present": people.PASSWORD, "kind": "json", "sure": "y", "password": people.PASSWORD}
        return self.site.reader.post(path, data=form, base_url=ORIGIN, follow_redirects=True)

    def stored(self) -> list[Any]:
        """Return everything of the member as it lies in the database."""
        with self.site.app.app_context(), reading() as session:
            rows: list[Any] = []
            for name in ("members", "threads", "messages", "member_drafts", "member_sessions", "member_links"):
                table = Base.metadata.tables[name]
                owner = table.c.id if name == "members" else table.c.member_id
                mine = select(table).where(owner == self.aoi).order_by(table.c.id)
                rows += [tuple(row) for row in session.execute(mine)]
            return rows


@pytest.fixture
def crawl(sqlite_url: str) -> Iterator[Crawl]:
    site = Site(sqlite_url)
    yield Crawl(site)
    site.close()


def nobodys() -> dict[str, str]:
    """Ids that never were."""
    return {"thread_id": new_id(), "message_id": new_id(), "draft_id": new_id(), "form_key": new_id()}


def test_the_crawl_knows_every_name_that_an_address_of_members_takes(crawl: Crawl) -> None:
    names = {name for _, _, arguments in crawl.routes() for name in arguments}
    assert names <= set(crawl.ids), "give the crawl an id of another member for each"
    assert len(crawl.routes()) > 15


def test_another_member_gets_nothing_with_these_ids_and_changes_nothing(crawl: Crawl) -> None:
    before = crawl.stored()
    for endpoint, method, names in sorted(crawl.routes(), key=lambda route: route[0] == LAST):
        people.signed_in(crawl.site.reader, crawl.other)
        token = crawl.site.open("/mail/my/new").value("csrf_token")
        answer = crawl.ask(endpoint, method, names, crawl.ids, token)
        told = [canary for canary in CANARIES if canary in answer.text]
        assert told == [], f"{method} {endpoint}"
        assert answer.status_code != 500, f"{method} {endpoint}"
    assert crawl.stored() == before


def test_somebody_elses_is_answered_like_what_never_was(crawl: Crawl) -> None:
    people.signed_in(crawl.site.reader, crawl.other)
    for endpoint, method, names in crawl.routes():
        if not names:
            continue
        token = crawl.site.open("/mail/my/new").value("csrf_token")
        theirs = crawl.ask(endpoint, method, names, crawl.ids, token)
        never = crawl.ask(endpoint, method, names, nobodys(), token)
        assert theirs.status_code == never.status_code == 404, f"{method} {endpoint}"
        assert CHANGES_EACH_TIME.sub("", theirs.text) == CHANGES_EACH_TIME.sub("", never.text), f"{method} {endpoint}"


@pytest.mark.parametrize("who", ["nobody", "staff"])
def test_nobody_else_gets_in_at_all(crawl: Crawl, who: str) -> None:
    if who == "staff":
        crawl.site.employ()
        crawl.site.sign_in()
    before = crawl.stored()
    for endpoint, method, names in crawl.routes():
        answer = crawl.ask(endpoint, method, names, crawl.ids)
        assert not [canary for canary in CANARIES if canary in answer.text], f"{method} {endpoint}"
        assert answer.request.path == "/mail/login" or answer.status_code in {400, 401}, f"{method} {endpoint}"
    assert crawl.stored() == before
