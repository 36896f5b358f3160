"""Everything the operator may set: read once from the environment, validated, frozen.

Nothing else in the project reads ``os.environ``. All that is missing or wrong is named in
one message, so that an operator mends it in one go.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from callcenter.domain.policy import Policy
from callcenter.domain.staff.second_factor import Demand

REQUIRED_IN_PRODUCTION = (
    "DATABASE_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
    "PUBLIC_BASE_URL",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "CALLER_ID_NUMBER",
    "SMTP_URL",
)

MAIL_ADDRESS = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+")

TWILIO = "https://api.twilio.com"

T = TypeVar("T")


class SettingsWrong(Exception):
    """The environment cannot be used; the message names every variable to mend."""


@dataclass(frozen=True)
class Settings:
    """The validated settings; secrets are kept out of the ``repr``."""

    env: str
    root: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    field_keys: str = field(repr=False)
    public_base_url: str
    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    api_key: str
    api_secret: str = field(repr=False)
    twilio_api_url: str
    twilio_named: bool
    """An account or a server in its place was named, not made up for a trial."""
    fallback_url: str
    fallback_file: Path | None
    """Where the script lies that the web server in front reads out while no process of ours answers."""
    redis_url: str | None
    line_number: str
    answered_numbers: frozenset[str]
    caller_id_number: str
    service_name: str
    smtp_url: str | None = field(repr=False)
    mail_from: str
    audit_head_to: tuple[str, ...] = field(repr=False)
    """Who gets the head of the audit chain once a day; people who do not keep the machine."""
    audit_head_file: Path | None
    """A file outside this machine's reach, or fetched from it, to which each day's head is added."""
    trusted_proxies: int
    """Web servers of ours in front of this process; their word about who asks is believed, nobody else's."""
    simulator_url: str | None
    clock_file: Path | None
    policy: Policy
    second_factor: Demand = field(default_factory=Demand)

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def demo(self) -> bool:
        """Every page says that this is a trial unless it runs in production."""
        return not self.production

    @property
    def var(self) -> Path:
        return self.root / "var"

    @classmethod
    def from_env(cls, environ: Mapping[str, str], root: Path) -> Settings:
        """Read *environ*; in development what is missing is made up and kept under ``var/``."""
        env = environ.get("CALLCENTER_ENV", "development")
        if env not in {"development", "production"}:
            raise SettingsWrong(f"CALLCENTER_ENV is 'development' or 'production', not {env!r}")
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        if env == "production":
            missing = [name for name in REQUIRED_IN_PRODUCTION if name not in given]
            if missing:
                raise SettingsWrong("production needs these environment variables: " + ", ".join(missing))
        named = env == "production" or "TWILIO_ACCOUNT_SID" in given
        if env != "production":
            given = _made_up(root, given) | given
        return _read(_Reader(given, named), env, root)


def _made_up(root: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What development makes up; never half of somebody's real Twilio account."""
    made = development_secrets(root)
    real_account = "TWILIO_ACCOUNT_SID" in given
    return {name: value for name, value in made.items() if not (real_account and name.startswith("TWILIO_"))}


class _Reader:
    """Reads variables and gathers what is wrong, to name it all at once."""

    def __init__(self, given: Mapping[str, str], named: bool) -> None:
        self.given, self.named, self.wrong = given, named, list[str]()

    def text(self, name: str, default: str = "") -> str:
        return self.given.get(name, default)

    def number(self, name: str, default: float, kind: Callable[[str], T] = int) -> T:  # type: ignore[assignment]  # int is a Callable[[str], int]
        raw = self.given.get(name, str(default))
        try:
            value = kind(raw)
            if float(raw) < 0:
                raise ValueError(raw)
        except ValueError:
            self.wrong.append(f"{name} must be a number that is not negative, not {raw!r}")
            return kind(str(default))
        return value

    def years(self, name: str, default: int) -> int:
        value: int = self.number(name, default)
        if value < 1:
            self.wrong.append(f"{name} must be at least one year: records of people who still call would be destroyed")
            return default
        return value

    def switch(self, name: str, default: bool) -> bool:
        raw = self.text(name, "on" if default else "off")
        if raw not in {"on", "off"}:
            self.wrong.append(f"{name} must be 'on' or 'off', not {raw!r}")
        return raw == "on"

    def origin(self, name: str, default: str) -> str:
        raw = self.text(name, default).rstrip("/")
        parts = urlsplit(raw)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
            self.wrong.append(f"{name} must be an origin such as https://example.jp, not {raw!r}")
        return raw

    def address(self, name: str) -> str:
        raw = self.text(name)
        if raw and (urlsplit(raw).scheme not in {"http", "https"} or not urlsplit(raw).hostname):
            self.wrong.append(f"{name} must be an address such as https://handler.example.jp/x, not {raw!r}")
        return raw

    def mail_addresses(self, name: str) -> tuple[str, ...]:
        found = tuple(part.strip() for part in self.text(name).split(",") if part.strip())
        if not all(MAIL_ADDRESS.fullmatch(one) for one in found):
            self.wrong.append(f"{name} must be mail addresses with commas between them")
        return found

    def e164(self, name: str, default: str) -> str:
        raw = self.text(name, default)
        if not (raw.startswith("+") and raw[1:].isdigit() and 8 <= len(raw) <= 16):
            self.wrong.append(f"{name} must be a telephone number such as +81120529528")
        return raw


def _read(read: _Reader, env: str, root: Path) -> Settings:
    line_number = read.e164("LINE_NUMBER", "+81120529528")
    answered = [part.strip() for part in read.text("ANSWERED_NUMBERS", line_number).split(",")]
    clock_file = read.text("CLOCK_FILE")
    settings = Settings(
        env=env,
        root=root,
        database_url=_database_url(read.text("DATABASE_URL", "sqlite:///var/callcenter.db"), root),
        secret_key=read.text("SECRET_KEY"),
        field_keys=read.text("FIELD_KEYS"),
        public_base_url=read.origin("PUBLIC_BASE_URL", "http://127.0.0.1:8000"),
        account_sid=read.text("TWILIO_ACCOUNT_SID"),
        auth_tokens=tuple(part.strip() for part in read.text("TWILIO_AUTH_TOKEN").split(",") if part.strip()),
        api_key=read.text("TWILIO_API_KEY"),
        api_secret=read.text("TWILIO_API_SECRET"),
        twilio_named=read.named or read.text("TWILIO_API_URL", TWILIO) != TWILIO,
        fallback_url=read.address("FALLBACK_URL"),
        fallback_file=root / read.text("FALLBACK_FILE") if read.text("FALLBACK_FILE") else None,
        twilio_api_url=read.origin("TWILIO_API_URL", TWILIO),
        redis_url=read.text("REDIS_URL") or None,
        line_number=line_number,
        answered_numbers=frozenset(answered),
        caller_id_number=read.e164("CALLER_ID_NUMBER", "+815000000000"),
        service_name=read.text("SERVICE_NAME", "東京都ひきこもりサポートネット"),
        smtp_url=read.text("SMTP_URL") or None,
        mail_from=read.text("MAIL_FROM", "no-reply@hikikomori-tokyo.net"),
        audit_head_to=read.mail_addresses("AUDIT_HEAD_TO"),
        audit_head_file=root / read.text("AUDIT_HEAD_FILE") if read.text("AUDIT_HEAD_FILE") else None,
        trusted_proxies=read.number("TRUSTED_PROXIES", 0),
        simulator_url=read.origin("SIMULATOR_URL", "") if read.text("SIMULATOR_URL") else None,
        clock_file=Path(clock_file) if clock_file else None,
        policy=_policy(read),
        second_factor=_second_factor(read, env),
    )
    if settings.account_sid and not settings.auth_tokens:
        read.wrong.append("TWILIO_AUTH_TOKEN is missing: without it no webhook can be trusted")
    _refuse_strays(read, env)
    if read.wrong:
        raise SettingsWrong("; ".join(read.wrong))
    return settings


def _refuse_strays(read: _Reader, env: str) -> None:
    """Name what must not be set."""
    if env == "production" and read.text("CLOCK_FILE"):
        read.wrong.append("CLOCK_FILE must not be set in production")
    for name in ("TWILIO_REGION", "TWILIO_EDGE"):
        if read.text(name):
            read.wrong.append(f"{name} must not be set: calls are processed in Twilio's default region")


def _second_factor(read: _Reader, env: str) -> Demand:
    required = read.switch("REQUIRE_SECOND_FACTOR", env == "production")
    return Demand(required, timedelta(days=read.number("SECOND_FACTOR_GRACE_DAYS", Demand().grace.days)))


def _policy(read: _Reader) -> Policy:
    default = Policy()

    def minutes(name: str, given: timedelta) -> timedelta:
        return timedelta(minutes=read.number(name, given.total_seconds() / 60, float))

    return Policy(
        queue_per_counsellor=read.number("QUEUE_PER_COUNSELLOR", default.queue_per_counsellor),
        queue_at_least=read.number("QUEUE_AT_LEAST", default.queue_at_least),
        crowded_from=read.number("CROWDED_FROM", default.crowded_from),
        offer_delay=timedelta(seconds=read.number("OFFER_DELAY_SECONDS", default.offer_delay.total_seconds(), float)),
        wait_ceiling=minutes("WAIT_CEILING_MINUTES", default.wait_ceiling),
        drain=minutes("DRAIN_MINUTES", default.drain),
        soft_limit=minutes("SOFT_LIMIT_MINUTES", default.soft_limit),
        wrap_up_limit=minutes("WRAP_UP_LIMIT_MINUTES", default.wrap_up_limit),
        show_listening=read.switch("SHOW_LISTENING", default.show_listening),
        pull_hold=timedelta(seconds=read.number("PULL_HOLD_SECONDS", default.pull_hold.total_seconds(), float)),
        prefer_for=timedelta(seconds=read.number("PREFERENCE_SECONDS", default.prefer_for.total_seconds(), float)),
        number_days=read.number("CALL_NUMBER_DAYS", default.number_days),
        line_log_days=read.number("TWILIO_LOG_DAYS", default.line_log_days),
        phone_record_years=read.years("PHONE_RECORD_YEARS", default.phone_record_years),
        visit_record_years=read.years("VISIT_RECORD_YEARS", default.visit_record_years),
        disclose_staff_names=read.switch("DISCLOSE_STAFF_NAMES", default.disclose_staff_names),
        directory_check_days=read.number("DIRECTORY_CHECK_DAYS", default.directory_check_days),
    )


def _database_url(url: str, root: Path) -> str:
    """Take a relative SQLite path from the checkout root, wherever the command was started."""
    for prefix in ("sqlite:///", "sqlite+pysqlite:///"):
        if url.startswith(prefix) and not url.startswith(prefix + "/") and url != prefix + ":memory:":
            return f"sqlite:///{root / url.removeprefix(prefix)}"
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url


def development_secrets(root: Path) -> dict[str, str]:
    """Return the made-up secrets of this checkout, making them on first use (mode 0600 under ``var/``)."""
    path = root / "var" / "secrets.json"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_KEYS": "dev1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
            "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
            "TWILIO_API_KEY": "SK" + secrets.token_hex(16),
            "TWILIO_API_SECRET": secrets.token_hex(16),
        }
        fresh = path.with_name(f"secrets.{secrets.token_hex(4)}.tmp")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file, indent=1)
        try:
            os.link(fresh, path)  # whoever is first wins; a second process then reads the first one's file
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept
