"""What is left of a usual page's markup on a light page: a short list of tags, the words, and the forms.

The standard library's parser reads our own templates, in which what people wrote is escaped; every word and value is
escaped anew. A sanitiser for strangers' markup could only leave tags out: here some become others, as an old browser
would run a legend or a summary into the words beside it, and what stands in a textarea stays as it is.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

from markupsafe import Markup

from callcenter.ui.light.twins import is_light

KEPT = frozenset({
    *("h1", "h2", "p", "a", "ul", "ol", "li", "dl", "dt", "dd", "br", "hr", "strong", "ruby", "rt", "rp"),
    *("form", "input", "label", "select", "option", "textarea", "button"),
})  # fmt: skip
RENAMED = {"b": "strong", "legend": "p", "summary": "p"}
LEFT_OUT = frozenset({"svg", "script", "style", "template"})
"""Left out with what is in them, as is what stays hidden until a script shows it."""
ATTRIBUTES = frozenset({
    *("id", "href", "rel", "role", "dir", "hidden", "aria-current", "aria-describedby", "aria-invalid", "aria-label"),
    *("action", "method", "novalidate", "name", "type", "value", "for", "checked", "selected", "readonly", "required"),
    *("rows", "autocomplete", "inputmode"),
})  # fmt: skip
VOID = frozenset({"br", "hr", "input", "meta", "link", "img", "use"})
INLINE = frozenset({"span", "small", "time"})
EMPHATIC = frozenset({"notice-title", "wrong"})
"""Classes of paragraphs that have to be seen first; without styles they are strong."""
OWN_LINE = frozenset({"label", "select", "textarea"})
ON_A_LINE = frozenset({"hidden", "radio", "checkbox"})
"""Types of inputs that a line is not ended by."""

_SPACES = re.compile(r"[ \t\n\r\f]+")


def light_tags(markup: str) -> str:
    """Return *markup* as it is, or on a light page in few tags; a filter for blocks of templates."""
    if not is_light():
        return markup
    sieve = _Sieve()
    sieve.feed(markup)
    sieve.close()
    return Markup("".join(sieve.out))  # noqa: S704  # our own markup, every word and value escaped


class _Sieve(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.out: list[str] = []
        self._open: list[tuple[str, str]] = []
        """Each open tag, and what ends it here."""
        self._silent = 0
        """How many open tags there are from the one on that is left out."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID and self._silent:
            return
        given = dict(attrs)
        if self._silent or tag in LEFT_OUT or ("hidden" in given and tag not in KEPT):
            self._open.append((tag, ""))
            self._silent += 1
            return
        begins, ends = self._bounds(tag, given)
        self.out.append(begins)
        if tag not in VOID:
            self._open.append((tag, ends))

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _ in self._open):
            name, ends = self._open.pop()
            self._silent = max(0, self._silent - 1)
            self.out.append(ends)
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._open and self._open[-1][0] == "textarea":
            self.out.append(escape(data))
            return
        words = _SPACES.sub(lambda run: "\n" if "\n" in run[0] else " ", data)
        if words != "\n" or not (self.out and self.out[-1].endswith("\n")):
            self.out.append(escape(words, quote=False))

    def _bounds(self, tag: str, given: dict[str, str | None]) -> tuple[str, str]:
        """Return how a tag begins and ends here."""
        name, classes = RENAMED.get(tag, tag), (given.get("class") or "").split()
        if name not in KEPT:
            # What a link on the page leads to stays where it was.
            aim = f'<a id="{escape(given["id"] or "")}"></a>' if "id" in given else ""
            if tag in INLINE:
                return ("<br>" if "hint" in classes and self._open[-1:] == [("legend", "</p>")] else " ") + aim, ""
            return aim, "<br>" if "field" in classes else ""
        told = "".join(
            f" {key}" if not value else f' {key}="{escape(value)}"' for key, value in given.items() if key in ATTRIBUTES
        )
        if name == "input":
            return f"<{name}{told}>{'' if given.get('type') in ON_A_LINE else '<br>'}", ""
        strong = tag == "summary" or not EMPHATIC.isdisjoint(classes)
        begins, ends = ("<strong>", "</strong>") if strong else ("", "")
        return f"<{name}{told}>{begins}", f"{ends}</{name}>{'<br>' if name in OWN_LINE else ''}"
