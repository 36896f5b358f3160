"""What every page is given: service name, trial mark, display choices, other lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, request

from callcenter.context import ports, settings
from callcenter.domain import phone_numbers
from callcenter.domain.directory.helplines import shipped_helplines, tonight
from callcenter.ui.state_labels import ROLES, state_label

COOKIE = "reading"
SIZES = {"standard": "標準", "large": "大", "largest": "特大"}
OTHER_LINES = 4
THEMES = {"auto": "自動", "light": "明るい", "dark": "暗い"}


@dataclass(frozen=True)
class Reading:
    """The reader's display choices: text size and colours."""

    size: str = "standard"
    theme: str = "auto"

    @classmethod
    def from_cookie(cls, text: str | None) -> Reading:
        """Return the choices kept in the browser; unknown ones fall back to the default."""
        size, _, theme = (text or "").partition(".")
        return cls(size if size in SIZES else "standard", theme if theme in THEMES else "auto")

    def changed(self, size: str | None, theme: str | None) -> Reading:
        """Return the choices with those that were made now."""
        return Reading.from_cookie(f"{size or self.size}.{theme or self.theme}")

    def to_cookie(self) -> str:
        return f"{self.size}.{self.theme}"


def reading_now() -> Reading:
    """Return the reader's choices in this request."""
    return Reading.from_cookie(request.cookies.get(COOKIE))


def install(app: Flask) -> None:
    """Give every template what all pages show, without a query, so that error pages have it too."""
    app.context_processor(_given)
    app.jinja_env.globals.update(state_label=state_label, role_names=ROLES, reading_sizes=SIZES, reading_themes=THEMES)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _given() -> dict[str, Any]:
    chosen = settings()
    return {
        "service_name": chosen.service_name,
        "line_number": chosen.line_number,
        "line_number_shown": phone_numbers.display(chosen.line_number),
        "demo": chosen.demo,
        "reading": reading_now(),
        "tonight": lambda: tonight(shipped_helplines(), ports().clock.now(), OTHER_LINES),
    }
