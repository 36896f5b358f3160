"""Reads environment variables: each typed, with its meaning beside it, and all mistakes gathered to be told at once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

MAIL_ADDRESS = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+")
TELEPHONE_NUMBER = re.compile(r"\+[0-9]{7,15}")

NONE = "none"
"""The default of a variable that changes nothing while it is not set."""

T = TypeVar("T")


@dataclass(frozen=True)
class Variable:
    """An environment variable as the documents list it."""

    name: str
    default: str
    """What holds when it is not set: the value as it would be written, or words where there is none to write."""
    meaning: str
    required: bool = False
    """Production does not start without it."""


class Environment:
    """The variables that were given, and what is missing or wrong among those that were read.

    A wrong value is replaced by the default, so that reading goes on and ``complaint`` names everything at once.
    It quotes only values that are nobody's number or address.
    """

    def __init__(self, given: Mapping[str, str], *, production: bool) -> None:
        self.sections: list[Section] = []
        self.mistakes: list[str] = []
        self._missing: list[str] = []
        self._given = {name: value.strip() for name, value in given.items() if value.strip()}
        self._production = production

    @property
    def complaint(self) -> str:
        """All that must be mended, in one sentence; empty if all is well."""
        missing = f"production needs these environment variables: {', '.join(self._missing)}"
        return "; ".join([missing, *self.mistakes] if self._missing else self.mistakes)

    def section(self, title: str) -> Section:
        """Return a new section, whose methods read the variables about one subject."""
        self.sections.append(Section(title, self))
        return self.sections[-1]

    def read(self, variable: Variable, parse: Callable[[str], T], default: T) -> T:
        """Return the value of *variable* as *parse* understands it; its ``ValueError`` says what it must be."""
        raw = self._given.get(variable.name)
        if raw is None:
            if variable.required and self._production:
                self._missing.append(variable.name)
            return default
        try:
            return parse(raw)
        except ValueError as wrong:
            self.mistakes.append(f"{variable.name} must be {wrong}")
            return default

    def refuse(self, name: str, why: str) -> None:
        """Complain if *name* is set at all."""
        if name in self._given:
            self.mistakes.append(f"{name} must not be set{why}")


class Section:
    """The variables about one subject; each method reads one, by its name, its meaning and its default."""

    def __init__(self, title: str, environment: Environment) -> None:
        self.title = title
        self.variables: list[Variable] = []
        self._environment = environment

    def text(self, name: str, meaning: str, *, default: str = "", shown: str = "", required: bool = False) -> str:
        """Read any text; *shown* says in words what holds without one."""
        return self._read(Variable(name, shown or default or NONE, meaning, required), str, default)

    def words(self, name: str, meaning: str, *, default: str = "", shown: str, required: bool = False) -> list[str]:
        """Read a comma list."""
        listed = self.text(name, meaning, default=default, shown=shown, required=required)
        return [part.strip() for part in listed.split(",") if part.strip()]

    def path(self, name: str, meaning: str, *, base: Path) -> Path | None:
        """Read the path of a file; a relative one counts from *base*."""
        raw = self.text(name, meaning)
        return base / raw if raw else None

    def whole(self, name: str, meaning: str, default: int) -> int:
        """Read a whole number that is not negative."""
        return self._read(Variable(name, str(default), meaning), _whole, default)

    def years(self, name: str, meaning: str, default: int) -> int:
        """Read a number of years, at least one."""
        return self._read(Variable(name, str(default), meaning), _years, default)

    def duration(self, name: str, meaning: str, default: timedelta, *, unit: timedelta) -> timedelta:
        """Read a length of time, written as a number of *unit*."""
        return self._read(Variable(name, f"{default / unit:g}", meaning), lambda raw: _number(raw) * unit, default)

    def switch(self, name: str, meaning: str, default: bool, *, shown: str = "") -> bool:
        """Read ``on`` or ``off``."""
        return self._read(Variable(name, shown or ("on" if default else "off"), meaning), _switch, default)

    def origin(self, name: str, meaning: str, *, default: str = "", required: bool = False) -> str:
        """Read scheme, host and port of a web server."""
        return self._read(Variable(name, default or NONE, meaning, required), _origin, default)

    def address(self, name: str, meaning: str) -> str:
        """Read a web address."""
        return self._read(Variable(name, NONE, meaning), _address, "")

    def mail_addresses(self, name: str, meaning: str) -> tuple[str, ...]:
        """Read a comma list of mail addresses."""
        return self._read(Variable(name, NONE, meaning), _mail_addresses, ())

    def telephone(self, name: str, meaning: str, *, default: str, required: bool = False) -> str:
        """Read a telephone number in E.164 form."""
        return self._read(Variable(name, default, meaning, required), _telephone, default)

    def _read(self, variable: Variable, parse: Callable[[str], T], default: T) -> T:
        self.variables.append(variable)
        return self._environment.read(variable, parse, default)


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


def _mail_addresses(raw: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in raw.split(",") if part.strip())
    if not all(MAIL_ADDRESS.fullmatch(one) for one in found):
        raise ValueError("mail addresses with commas between them")
    return found


def _telephone(raw: str) -> str:
    if not TELEPHONE_NUMBER.fullmatch(raw):
        raise ValueError("a telephone number such as +81120529528")
    return raw
