"""Environment variables as typed settings, read with all mistakes reported at once."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import SplitResult, urlsplit

T = TypeVar("T")

MAIL_ADDRESS = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+")
TELEPHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
HOST = re.compile(r"[A-Za-z0-9.:_-]+")
VISIBLE = re.compile(r"[!-~]+")
QUOTES = "\"'`“”‘’「」＂＇"
PLACEHOLDERS = re.compile(
    "changed?|please|replace|insert|example|sample|placeholder|default|secret|password|passphrase|random|string|value"
    "|insecure|private|admin|callcenter|helpline|something|very|long|your|this|here|with|todo|key|the|now|dev|prod|test|my"
    "|me|it|to|qwerty|asdf|abcdef|0?123456789?0?"
)
"""What people type where a secret is meant to stand."""

LARGEST = 100_000
"""Larger numbers of days, minutes or callers are slips of the hand, and dates that far away cannot be counted."""
MOST_YEARS = 100
SHORTEST_SECRET = 32
"""Characters of a secret that anybody may try to guess offline."""
LEAST_LEFT = 16
"""Letters and digits of a secret that are no placeholder."""
SHORTEST_TOKEN = 16
"""Characters of a token that Twilio made; its own have 32."""
WEB = ("http", "https")
WITHOUT_HOST = ("postgresql", "postgres", "postgresql+psycopg")
"""Schemes whose servers are also reached through a socket of this machine."""

Doubt = Callable[[T], str]
"""Returns what a value should be instead, or nothing: what a trial may do with, and production may not."""

NONE = "none"
"""What the documents call the default of a setting that changes nothing while it is not set."""
MADE_UP = "made up"
"""What they call the default of a secret: in development one is made and kept under ``var/``."""


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
    doubt: Doubt[T] = lambda _value: ""


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

    def tokens(self, name: str, meaning: str, *, required: bool = False) -> Setting[tuple[str, ...]]:
        """Describe a comma list of secrets that somebody else made."""
        return self._add(Setting(name, meaning, _words, (), MADE_UP, required, _tokens_doubt))

    def doubted(
        self, name: str, meaning: str, doubt: Doubt[str], *, parse: Callable[[str], str] = str, required: bool = False
    ) -> Setting[str]:
        """Describe a text that a trial makes up, and that production takes if *doubt* has none."""
        return self._add(Setting(name, meaning, parse, "", MADE_UP, required, doubt))

    def server(
        self, name: str, meaning: str, *schemes: str, default: str = "", required: bool = False, file: str = ""
    ) -> Setting[str]:
        """Describe the address of a server of one of *schemes*; one of the scheme *file* names a file."""

        def parse(raw: str) -> str:
            return _server(raw, schemes, file)

        return self._add(Setting(name, meaning, parse, default, default or NONE, required))

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
        return self._add(Setting(name, meaning, lambda raw: _decimal(raw) * unit, default, f"{default / unit:g}"))

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

    def mail_address(self, name: str, meaning: str, *, default: str) -> Setting[str]:
        """Describe one mail address without a name."""
        return self._add(Setting(name, meaning, _mail_address, default, default))

    def telephones(self, name: str, meaning: str, *, shown: str) -> Setting[tuple[str, ...]]:
        """Describe a comma list of telephone numbers in E.164 form."""
        return self._add(Setting(name, meaning, _telephones, (), shown))

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
        self.doubts: list[str] = []
        """What production would refuse, in words that repeat no value."""
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
            value = setting.parse(plain(raw))
        except ValueError as wrong:
            self.mistakes.append(f"{setting.name} must be {wrong}")
            return default
        if better := setting.doubt(value):
            (self.mistakes if self._production else self.doubts).append(f"{setting.name} must be {better}")
        return value

    def refuse(self, name: str, why: str) -> None:
        """Complain if *name* is set at all."""
        if name in self._given:
            self.mistakes.append(f"{name} must not be set{why}")


def plain(raw: str) -> str:
    """Return *raw*; ``ValueError`` if quotes were typed around it, or something in it cannot be seen."""
    if raw[0] in QUOTES and raw[-1] in QUOTES:
        raise ValueError("written without quotes around it")
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in raw):
        raise ValueError("written without control characters and marks that cannot be seen")
    return raw


def like(pattern: str, words: str) -> Doubt[str]:
    """Return the doubt whether a text is *pattern* as a whole; *words* say what that is."""
    return lambda raw: "" if re.fullmatch(pattern, raw) else words


def is_loopback(url: str) -> bool:
    """Return whether *url* leads to this machine only."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _weakness(raw: str, shortest: int) -> str:
    """Return what *raw* must be not to be guessed, or nothing."""
    if len(raw) < shortest:
        return f"at least {shortest} characters long"
    repeated = (raw + raw).find(raw, 1) < len(raw)
    if repeated or len(set(raw)) < shortest // 4:
        return "made by chance, not repeated"
    return ""


def secret_doubt(raw: str) -> str:
    """Return what a secret of our own making must be, or nothing."""
    left = re.sub("[^a-z0-9]", "", PLACEHOLDERS.sub("", raw.lower()))
    thought_of = "made by chance, not thought of" if len(left) < LEAST_LEFT else ""
    wrong = _weakness(raw, SHORTEST_SECRET) or thought_of
    return f"{wrong}, as from python3 -c 'import secrets; print(secrets.token_urlsafe(48))'" if wrong else ""


def token_doubt(raw: str) -> str:
    """Return what a secret that somebody else made must be, or nothing."""
    return _weakness(raw, SHORTEST_TOKEN) if VISIBLE.fullmatch(raw) else "of plain letters, digits and signs"


def _tokens_doubt(found: tuple[str, ...]) -> str:
    return next((better for one in found if (better := token_doubt(one))), "")


def _number(raw: str, form: re.Pattern[str], largest: int = LARGEST) -> float:
    """Return the number that *raw* is in plain digits; ``int`` and ``float`` would take ``1_0``, ``1e3`` and ``３``."""
    if not form.fullmatch(raw):
        raise ValueError(f"a number that is not negative, in plain digits, not {raw!r}")
    if float(raw) > largest:
        raise ValueError(f"a number up to {largest}, not {raw!r}")
    return float(raw)


def _decimal(raw: str) -> float:
    return _number(raw, DECIMAL)


def _whole(raw: str) -> int:
    return int(_number(raw, WHOLE_NUMBER))


def _count(raw: str) -> int:
    number = _whole(raw)
    if number < 1:
        raise ValueError("at least 1")
    return number


def _years(raw: str) -> int:
    years = int(_number(raw, WHOLE_NUMBER, MOST_YEARS))
    if years < 1:
        raise ValueError("at least one year: records of people who still call would be destroyed")
    return years


def _switch(raw: str) -> bool:
    if raw not in {"on", "off"}:
        raise ValueError(f"'on' or 'off', not {raw!r}")
    return raw == "on"


def _split(raw: str) -> SplitResult | None:
    """Return the parts of an address; None if it has a space, a host or a port that cannot be."""
    try:
        parts = urlsplit(raw)
        host = parts.hostname or ""
        _ = parts.port  # raises what is no port
    except ValueError:
        return None
    return parts if VISIBLE.fullmatch(raw) and (not host or HOST.fullmatch(host)) else None


def _origin(raw: str) -> str:
    trimmed = raw.rstrip("/")
    parts = _split(trimmed)
    if parts is None or parts.scheme not in WEB or not parts.hostname or "@" in parts.netloc:
        raise ValueError("an origin such as https://example.jp")
    if parts.path or "?" in trimmed or "#" in trimmed:
        raise ValueError("an origin such as https://example.jp, with nothing after it")
    return trimmed.lower()


def _address(raw: str) -> str:
    parts = _split(raw)
    if parts is None or parts.scheme not in WEB or not parts.hostname or "@" in parts.netloc:
        raise ValueError("an address such as https://handler.example.jp/x")
    return raw


def _server(raw: str, schemes: tuple[str, ...], file: str) -> str:
    scheme, sign, rest = raw.partition("://")
    parts = _split(raw)
    known = sign and scheme in schemes
    if file and known and scheme.startswith(file):
        if not rest.startswith("/") or not rest.strip("/"):
            raise ValueError(f"{scheme}:/// with three slashes, and the name of a file")
        return raw
    if not known or parts is None or not (parts.hostname or scheme in WITHOUT_HOST):
        raise ValueError(f"an address that begins with {' or '.join(f'{one}://' for one in schemes)}")
    return raw


def _words(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _mail_address(raw: str) -> str:
    if not raw.isascii() or not MAIL_ADDRESS.fullmatch(raw):
        raise ValueError("a mail address such as no-reply@example.jp")
    return raw


def _mail_addresses(raw: str) -> tuple[str, ...]:
    found = _words(raw)
    if not raw.isascii() or not all(MAIL_ADDRESS.fullmatch(one) for one in found):
        raise ValueError("mail addresses with commas between them")
    return found


def _telephone(raw: str) -> str:
    if not TELEPHONE_NUMBER.fullmatch(raw):
        raise ValueError("a telephone number such as +81120529528")
    return raw


def _telephones(raw: str) -> tuple[str, ...]:
    found = _words(raw)
    if not found or not all(TELEPHONE_NUMBER.fullmatch(one) for one in found):
        raise ValueError("telephone numbers such as +81120529528, with commas between them")
    return found
