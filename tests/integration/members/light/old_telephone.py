"""A very old telephone with light pages of a member: it follows links, presses buttons, and checks each page."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.integration.site.light import ALLOWED, FORBIDDEN, MOST, Tags
from tests.pages import ORIGIN, Page, Site, read_page

ELSEWHERE = {"/reading"}
"""Stores how somebody wants to read, and leads back to the light page."""


@dataclass
class FormOnPage:
    """A form: where it goes, what stands in it, and its buttons by their words."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """Reads the forms and links of a page as a plain browser does."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[FormOnPage] = []
        self.links: dict[str, str] = {}
        self._words: list[str] = []
        self._given: dict[str, str] = {}
        self._select = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(FormOnPage(given.get("action", ""), given.get("method", "get")))
        elif tag == "input":
            self._meet_input(given)
        elif tag == "select":
            self._select = given["name"]
            self.forms[-1].names.add(self._select)
        elif tag == "option":
            if "selected" in given or self._select not in self.forms[-1].values:
                self.forms[-1].values[self._select] = given["value"]
        elif tag in {"a", "button", "textarea"}:
            self._given, self._words = given, []

    def _meet_input(self, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given["name"]
        form.names.add(name)
        if given.get("type") not in {"radio", "checkbox"} or "checked" in given:
            form.values[name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        words = "".join(self._words)
        if tag == "a" and "href" in self._given:
            self.links[words.strip()] = self._given["href"]
        elif tag == "button":
            named = {self._given["name"]: self._given.get("value", "")} if "name" in self._given else {}
            self.forms[-1].buttons[words.strip()] = named
        elif tag == "textarea":
            self.forms[-1].names.add(self._given["name"])
            self.forms[-1].values[self._given["name"]] = "\r\n".join(
                words.replace("\r\n", "\n").removeprefix("\n").split("\n")
            )


class OldTelephone:
    """One browser on light pages, and the page that it shows."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.page: Page

    def opens(self, path: str, **options: Any) -> Page:
        return self._shown(self.site.reader.get(path, base_url=ORIGIN, follow_redirects=True, **options))

    def follows(self, words: str) -> Page:
        return self.opens(self.forms.links[words])

    def presses(self, words: str, **fields: str) -> Page:
        """Press the button after typing the *fields*."""
        path, data = self.filled(words, **fields)
        return self._shown(self.site.reader.post(path, data=data, base_url=ORIGIN, follow_redirects=True))

    def filled(self, words: str, **fields: str) -> tuple[str, dict[str, str]]:
        """Return where the button sends its form, and what it sends."""
        form = next(form for form in self.forms.forms if words in form.buttons)
        assert form.method == "post"
        assert set(fields) <= form.names, "the page has no such field"
        return form.action, form.values | fields | form.buttons[words]

    def forgets(self) -> None:
        """Lose every cookie, as a browser that was closed."""
        self.site = self.site.another_browser()

    @property
    def forms(self) -> Forms:
        return Forms(self.page.response.text)

    def _shown(self, response: Any) -> Page:
        page = read_page(response.request.path, response)
        hold(page)
        self.page = page
        return page


def hold(page: Page, *, own: str = "") -> None:
    """Hold a page to what a light page may be; *own* is what its reader has written on it themselves."""
    found = Tags(page.response.text)
    assert found.tags - ALLOWED == set(), page.path
    assert (FORBIDDEN | {"class"}) & found.attributes == set(), page.path
    assert not any(name.startswith(("on", "data-")) for name in found.attributes), page.path
    assert len(page.response.data) - len(own.encode()) <= MOST, page.path
    assert page.response.headers["Cache-Control"] == "no-store"
    read = Forms(page.response.text)
    for address in (*read.links.values(), *(form.action for form in read.forms)):
        to = urlsplit(urljoin(page.path, address))
        if address.startswith("#"):
            assert page.leads_to(address), f"{page.path}: {address}"
        elif not to.scheme:
            assert to.path.startswith("/m/") or to.path in ELSEWHERE, f"{page.path}: {address}"
    assert "このページをすぐに閉じる" in read.links, page.path
    assert any("ふりがなをつける" in form.buttons for form in read.forms), page.path
