"""Pages as a reader meets them: opened through the real app, and refused if they lack what every page must have."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from callcenter.context import unit_of_work
from callcenter.domain.calendar.times import parse_moment
from callcenter.domain.ports import Ports
from callcenter.domain.staff.roles import Role
from callcenter.domain.telephony import Telephony
from callcenter.factory import create_app
from callcenter.models.base import db
from callcenter.services.staff.accounts import NewStaff, add_staff
from callcenter.services.staff.passwords import hashed
from callcenter.services.trail.audit import OPERATOR
from callcenter.settings import Settings

ORIGIN = "https://desk.test"
PASSWORD = "a long enough password"
THURSDAY = "2026-11-26T14:07"
CONTROLS = {"input", "select", "textarea"}
UNREAD = {"script", "style", "rp", "rt"}
"""What stands in these is no word of the page; furigana repeat one."""
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class _Reader(HTMLParser):
    """Gathers from a page what the checks below ask about."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, str] = {}
        self.everything: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.labelled: set[str] = set()
        self.unlabelled: list[dict[str, str]] = []
        self.tokenless: list[str] = []
        self._form: dict[str, str] | None = None
        self._token = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "label" and "for" in given:
            self.labelled.add(given["for"])
        if tag == "form":
            self._form, self._token = given, False
        if tag in CONTROLS:
            self._meet_control(given)
        if tag not in VOID:
            self.open.append((tag, given))

    def _meet_control(self, given: dict[str, str]) -> None:
        self._token = self._token or given.get("name") == "csrf_token"
        inside_label = any(tag == "label" for tag, _ in self.open)
        if given.get("type") not in {"hidden", "submit"} and not inside_label and "aria-label" not in given:
            self.unlabelled.append(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            if self._form.get("method", "get").lower() == "post" and not self._token:
                self.tokenless.append(self._form.get("action", ""))
            self._form = None
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        words = data.strip()
        if not words or any(tag in UNREAD for tag, _ in self.open):
            return
        self.everything.append(words)
        for tag, _ in self.open:
            self.texts[tag] = self.texts.get(tag, "") + words


@dataclass(frozen=True)
class Page:
    """An answer that a person reads."""

    path: str
    response: TestResponse
    reader: _Reader = field(repr=False)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def title(self) -> str:
        return self.reader.texts.get("title", "")

    @property
    def heading(self) -> str:
        return self.reader.texts.get("h1", "")

    @property
    def words(self) -> str:
        return " ".join(self.reader.everything)

    @property
    def links(self) -> list[str]:
        return [given["href"] for tag, given in self.reader.tags if tag in {"a", "link"} and "href" in given]

    def value(self, name: str) -> str:
        """Return the value of the control called *name*."""
        return next(
            given.get("value", "") for tag, given in self.reader.tags if tag in CONTROLS and given.get("name") == name
        )

    def leads_to(self, link: str) -> bool:
        """Whether *link* goes to a part of this page that is there."""
        return link.removeprefix("#") in {given.get("id") for _, given in self.reader.tags}


def read_page(path: str, response: TestResponse) -> Page:
    """Read an answer, and refuse one that a reader would stumble over."""
    reader = _Reader()
    reader.feed(response.text)
    page = Page(path, response, reader)
    assert page.heading, f"{path} has no h1"
    same = unspaced(page.title).startswith(unspaced(page.heading))
    assert same, f"{path}: the title {page.title!r} does not start with {page.heading!r}"
    missing = [given for given in reader.unlabelled if given.get("id") not in reader.labelled]
    assert missing == [], f"{path} has controls without a label"
    assert reader.tokenless == [], f"{path} has posting forms without a token"
    loose = [tag for tag, given in reader.tags if "style" in given or any(name.startswith("on") for name in given)]
    assert loose == [], f"{path} has inline styles or handlers"
    return page


def unspaced(text: str) -> str:
    return "".join(text.split())


class PageClock:
    """Tells the time that a test sets."""

    def __init__(self, at: str) -> None:
        self.at = parse_moment(at)

    def now(self) -> datetime:
        return self.at


class SilentBell:
    """A doorbell nobody listens to."""

    def ring(self) -> None:
        return


class Site:
    """The real app at a moment of the test's choosing, seen by one reader."""

    def __init__(
        self, database_url: str, *, at: str = THURSDAY, env: str = "production", var: Path | None = None, **more: str
    ) -> None:
        self.clock = PageClock(at)
        telephony = cast(Telephony, object())  # no page rings anybody
        self.app: Flask = create_app(
            _settings(database_url, env, var, more), Ports(self.clock, telephony, SilentBell())
        )
        self.reader = self.app.test_client()

    def another_browser(self) -> Site:
        """The same app, seen by a second reader."""
        other = copy(self)
        other.reader = self.app.test_client()
        return other

    def open(self, path: str, **options: Any) -> Page:
        """Open a page, following where it leads, and hold it to what every page must have."""
        response = self.reader.get(path, base_url=ORIGIN, follow_redirects=True, **options)
        return read_page(response.request.path, response)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Ask for *path* and return the bare answer."""
        return self.reader.get(path, base_url=ORIGIN, **options)

    def send(self, path: str, page: Page, **fields: str) -> Page:
        """Post the form of *page*, as a browser does, and read what comes."""
        data = {"csrf_token": page.value("csrf_token")} | fields
        response = self.reader.post(path, data=data, base_url=ORIGIN, follow_redirects=True)
        return read_page(response.request.path, response)

    def sign_in(self, login: str = "tanto07", password: str = PASSWORD, **fields: str) -> Page:
        return self.send("/staff/login", self.open("/staff/login"), login=login, password=password, **fields)

    def employ(self, login: str = "tanto07", role: Role = Role.ADMINISTRATOR) -> None:
        """Give somebody an account."""
        with self.app.app_context(), unit_of_work() as session:
            add_staff(session, NewStaff(login, "担当07", role), hashed(PASSWORD), by=OPERATOR, now=self.clock.now())

    def dead_links(self, page: Page) -> list[str]:
        """Return the links of *page* that lead nowhere on this site."""
        return [link for link in page.links if not self._is_alive(page, link)]

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()

    def _is_alive(self, page: Page, link: str) -> bool:
        if link.startswith("#"):
            return page.leads_to(link)
        parts = urlsplit(urljoin(f"{ORIGIN}{page.path}", link))
        if parts.scheme == "tel":
            return bool(parts.path)
        if parts.netloc != urlsplit(ORIGIN).netloc:
            return parts.scheme == "https"
        return self.get(parts.path).status_code < 400


OpenSite = Callable[..., Site]


def _settings(database_url: str, env: str, var: Path | None, more: dict[str, str]) -> Settings:
    given = {
        "CALLCENTER_ENV": env,
        "DATABASE_URL": database_url,
        "SECRET_KEY": "signs-only-what-the-tests-have-signed",
        "FIELD_KEYS": "test:yTz0bOaFVqxGq4hI2uJm8s1cR7nKpW5dLfEeXo3kPAY",
        "PUBLIC_BASE_URL": ORIGIN,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "token-of-the-tests",
        "CALLER_ID_NUMBER": "+815000000000",
        "SMTP_URL": "smtp://127.0.0.1:1",
    }
    return Settings.from_env(given | more, var or Path(__file__).resolve().parent.parent)
