"""What a refused sign-in costs, counted in statements: as many whatever is wrong, so that time tells nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from callcenter.domain.staff.sign_in_delays import FREE_MISSES
from callcenter.models.base import db
from callcenter.ui.staff.signin import limiter
from tests.integration.members import people
from tests.pages import ORIGIN, Site

UNKNOWN = "K7M2QX9PA"
WRONG = "not the password at all"


@pytest.fixture
def site(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(limiter, "enabled", False)
    site = Site(database_url)
    yield site
    site.close()


def statements(site: Site, number: str, password: str = WRONG) -> list[str]:
    """Try to sign in, and return the first word of every statement that this takes."""
    made = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        made.append(statement.split(maxsplit=1)[0])

    token = site.open("/mail/login").value("csrf_token")
    with site.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    data = {"csrf_token": token, "number": number, "password": password}
    assert site.reader.post("/mail/login", data=data, base_url=ORIGIN).status_code == 422
    event.remove(engine, "before_cursor_execute", note)
    return made


def test_a_number_that_has_to_wait_is_refused_with_the_same_statements_as_any_other(site: Site) -> None:
    known, locked = (people.registered_at(site.app, address=f"m{place}@example.jp")[1] for place in range(2))
    for _ in range(FREE_MISSES + 1):
        statements(site, locked)
    statements(site, known)
    statements(site, UNKNOWN)
    of_unknown = statements(site, UNKNOWN)
    assert statements(site, known) == of_unknown
    assert statements(site, locked, people.PASSWORD) == of_unknown
    assert "UPDATE" in of_unknown
