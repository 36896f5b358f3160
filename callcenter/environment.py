"""Environment variables as typed settings, read with all mistakes reported at once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

MAIL_ADDRESS = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+")
TELEPHONE_NUMBER = re.compile(r"\+[0-9]{7,15}")

NONE = "none"
"""What the documents call the default of a setting that changes nothing while it is not set."""

T = TypeVar("T")


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One environment variable: how its text is parsed, its default, and what it means."""

    name: str
    meaning: str
    parse: Callable[[str], T]
    """Turns the text into a value; its ``ValueError`` says what the value must be, and quotes nothing private."""
    default: T
    shown: str
    """The default as it would be written, or words where there is none to write."""
    required: bool = False
    """Production does not start without it."""


class Section:
    """The settings about one subject; each method describes one setting."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.settings: list[Setting[Any]] = []

    def text(
        self, name: str, meaning: str, *, default: str = "", shown: str = "", required: bool = False
    ) -> Setting[str]:
        """Describe any text; *shown* says in words what the default is."""
        return self._add(Setting(name, meaning, str, default, shown or default or NONE, required))

    def words(self, name: str, meaning: str, *, shown: str, required: bool = False) -> Setting[tuple[str, ...]]:
        """Describe a comma list."""
        return self._add(Setting(name, meaning, _words, (), shown, required))

    def whole(self, name: str, meaning: str, default: int) -> Setting[int]:
        """Describe a whole number that is not negative."""
        return self._add(Setting(name, meaning, _whole, default, str(default)))

    def count(self, name: str, meaning: str, default: int) -> Setting[int]:
        """Describe a whole number, at least one."""
        return self._add(Setting(name, f"{meaning} (at least 1)", _count, default, str(default)))

    def years(self, name: str, meaning: str, default: int) -> Setting[int]:
        """Describe a number of years, at least one."""
        return self._add(Setting(name, meaning, _years, default, str(default)))

    def duration(self, name: str, meaning: str, default: timedelta, *, unit: timedelta) -> Setting[timedelta]:
        """Describe a length of time, written as a number of *unit*."""
        return self._add(Setting(name, meaning, lambda raw: _number(raw) * unit, default, f"{default / unit:g}"))

    def switch(self, name: str, meaning: str, default: bool, *, shown: str = "") -> Setting[bool]:
        """Describe ``on`` or ``off``."""
        return self._add(Setting(name, meaning, _switch, default, shown or ("on" if default else "off")))

    def origin(self, name: str, meaning: str, *, default: str = "", required: bool = False) -> Setting[str]:
        """Describe scheme, host and port of a web server."""
        return self._add(Setting(name, meaning, _origin, default, default or NONE, required))

    def address(self, name: str, meaning: str) -> Setting[str]:
        """Describe a web address."""
        return self._add(Setting(name, meaning, _address, "", NONE))

    def mail_addresses(self, name: str, meaning: str) -> Setting[tuple[str, ...]]:
        """Describe a comma list of mail addresses."""
        return self._add(Setting(name, meaning, _mail_addresses, (), NONE))

    def telephone(self, name: str, meaning: str, *, default: str, required: bool = False) -> Setting[str]:
        """Describe a telephone number in E.164 form."""
        return self._add(Setting(name, meaning, _telephone, default, default, required))

    def _add(self, setting: Setting[T]) -> Setting[T]:
        self.settings.append(setting)
        return setting


class Environment:
    """The given variables, and what is missing or wrong among those that were read.

    A wrong value is replaced by the default, so that reading goes on and ``complaint`` names everything at once.
    """

    def __init__(self, given: Mapping[str, str], *, production: bool) -> None:
        self.mistakes: list[str] = []
        self._missing: list[str] = []
        self._given = {name: value.strip() for name, value in given.items() if value.strip()}
        self._production = production

    @property
    def complaint(self) -> str:
        """Return all that must be corrected, in one sentence; empty if all is well."""
        missing = f"production needs these environment variables: {', '.join(self._missing)}"
        return "; ".join([missing, *self.mistakes] if self._missing else self.mistakes)

    def read(self, setting: Setting[T], *, otherwise: T | None = None) -> T:
        """Return the value of *setting*; *otherwise* replaces a default that depends on other settings."""
        default = setting.default if otherwise is None else otherwise
        raw = self._given.get(setting.name)
        if raw is None:
            if setting.required and self._production:
                self._missing.append(setting.name)
            return default
        try:
            return setting.parse(raw)
        except ValueError as wrong:
            self.mistakes.append(f"{setting.name} must be {wrong}")
            return default

    def refuse(self, name: str, why: str) -> None:
        """Complain if *name* is set at all."""
        if name in self._given:
            self.mistakes.append(f"{name} must not be set{why}")


def _number(raw: str, kind: Callable[[str], float] = float) -> float:
    refused = ValueError(f"a number that is not negative, not {raw!r}")
    try:
        value = kind(raw)
    except ValueError:
        raise refused from None
    if not math.isfinite(value) or value < 0:
        raise refused
    return value


def _whole(raw: str) -> int:
    return int(_number(raw, int))


def _count(raw: str) -> int:
    number = _whole(raw)
    if number < 1:
        raise ValueError("at least 1")
    return number


def _years(raw: str) -> int:
    years = _whole(raw)
    if years < 1:
        raise ValueError("at least one year: records of people who still call would be destroyed")
    return years


def _switch(raw: str) -> bool:
    if raw not in {"on", "off"}:
        raise ValueError(f"'on' or 'off', not {raw!r}")
    return raw == "on"


def _origin(raw: str) -> str:
    trimmed = raw.rstrip("/")
    parts = urlsplit(trimmed)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ValueError(f"an origin such as https://example.jp, not {trimmed!r}")
    return trimmed


def _address(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"an address such as https://handler.example.jp/x, not {raw!r}")
    return raw


def _words(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _mail_addresses(raw: str) -> tuple[str, ...]:
    found = _words(raw)
    if not all(MAIL_ADDRESS.fullmatch(one) for one in found):
        raise ValueError("mail addresses with commas between them")
    return found


def _telephone(raw: str) -> str:
    if not TELEPHONE_NUMBER.fullmatch(raw):
        raise ValueError("a telephone number such as +81120529528")
    return raw
