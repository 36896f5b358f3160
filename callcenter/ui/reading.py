"""読みやすくする: how somebody wants to read public pages, kept in a cookie that says nothing about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from flask import Flask, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from callcenter.context import settings
from callcenter.domain.furigana import Furigana, shipped_readings
from callcenter.domain.places import municipalities

COOKIE = "reading"
REMEMBERED = timedelta(days=365)

SIZES = {"standard": "標準", "large": "大", "largest": "特大"}
THEMES = {"auto": "自動", "light": "明るい", "dark": "暗い(反転)"}
KANA = {"off": "つけない", "on": "つける"}
WORDS = {"usual": "ふつう", "easy": "やさしい日本語"}


@dataclass(frozen=True)
class Reading:
    """The reader's choices: text size, colours, furigana, and which version of the words."""

    size: str = "standard"
    theme: str = "auto"
    kana: str = "off"
    words: str = "usual"

    @classmethod
    def from_cookie(cls, text: str | None) -> Reading:
        """Return the choices kept in the browser; unknown ones fall back to the default."""
        return cls().changed(dict(zip(CHOICES, (text or "").split("."), strict=False)))

    def changed(self, sent: Mapping[str, str]) -> Reading:
        """Return the choices with those that were made now."""
        return replace(self, **{name: sent[name] for name in CHOICES if sent.get(name) in CHOICES[name]})

    def to_cookie(self) -> str:
        return ".".join(getattr(self, name) for name in CHOICES)

    @property
    def easy(self) -> bool:
        """Return whether pages come in やさしい日本語 where there is such a version."""
        return self.words == "easy"

    @property
    def with_kana(self) -> bool:
        """Return whether furigana stand over the words; easy Japanese always has them."""
        return self.kana == "on" or self.easy


CHOICES: dict[str, dict[str, str]] = {"size": SIZES, "theme": THEMES, "kana": KANA, "words": WORDS}


def reading_now() -> Reading:
    """Return the reader's choices in this request."""
    return Reading.from_cookie(request.cookies.get(_cookie_name()))


def remember(answer: Response, chosen: Reading) -> None:
    """Keep the choices in the browser for a year."""
    answer.set_cookie(
        _cookie_name(),
        chosen.to_cookie(),
        max_age=REMEMBERED,
        samesite="Lax",
        httponly=True,
        secure=_is_sealed(),
    )


def install(app: Flask) -> None:
    """Give templates ``reading``, the choices there are, and the filter ``kana`` for their fixed texts."""
    app.context_processor(lambda: {"reading": reading_now()})
    app.jinja_env.globals["reading_choices"] = CHOICES
    app.jinja_env.filters["kana"] = with_kana


def with_kana(text: str) -> str:
    """Return a fixed text with furigana if the reader asked for them; never for what somebody has written."""
    return Markup(_furigana().dress(text)) if reading_now().with_kana else text  # noqa: S704  # our own markup, dressed


@cache
def _furigana() -> Furigana:
    places = (f"|{place.name}《{place.kana}》" for place in municipalities().values())
    return Furigana([*shipped_readings(), *places])


def _is_sealed() -> bool:
    return settings().public_base_url.startswith("https://")


def _cookie_name() -> str:
    """Return a name that browsers take only over https and from this very host, where there is https."""
    return f"__Host-{COOKIE}" if _is_sealed() else COOKIE
