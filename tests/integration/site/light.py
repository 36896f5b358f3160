"""What a light page may hold."""

from __future__ import annotations

from html.parser import HTMLParser

MOST = 10 * 1024
HEAD = {"html", "head", "meta", "title", "body"}
LANDMARKS = {"header", "main", "footer"}
"""What screen readers go by; an old browser leaves a tag that it does not know alone."""
ALLOWED = {
    *HEAD,
    *LANDMARKS,
    *("h1", "h2", "p", "a", "ul", "ol", "li", "dl", "dt", "dd", "br", "hr", "strong", "ruby", "rp", "rt"),
    *("form", "input", "label", "select", "option", "textarea", "button"),
}


FORBIDDEN = {"style", "onclick", "src"}
"""Attributes."""


class Tags(HTMLParser):
    """Gathers tags and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.attributes = set[str](), set[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
