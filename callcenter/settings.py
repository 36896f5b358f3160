"""The operator's settings: read once from the environment, validated, frozen.

Nothing else in the project reads ``os.environ``. To add a setting, describe it in ``variables``, add a field to
``Settings`` or ``Policy``, and read it below.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from callcenter import variables
from callcenter.domain.policy import Policy
from callcenter.domain.staff.second_factor import Demand
from callcenter.environment import Environment, is_loopback


class SettingsWrong(Exception):
    """Raised when the environment cannot be used; the message names every variable to correct."""


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
    alarm_to: tuple[str, ...] = field(repr=False)
    """Who gets the alarms of the line by mail."""
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
    doubts: tuple[str, ...] = ()
    """What a trial may do with and production refuses: which settings, and what they must be."""

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def demo(self) -> bool:
        """Return whether every page says that this is a trial: always but in production."""
        return not self.production

    @property
    def var(self) -> Path:
        return self.root / "var"

    @classmethod
    def from_env(cls, environ: Mapping[str, str], root: Path) -> Settings:
        """Return the settings of *environ*; development makes up what is missing, kept under ``var/``."""
        env = environ.get(variables.CALLCENTER_ENV.name, "development")
        if env not in {"development", "production"}:
            raise SettingsWrong(f"CALLCENTER_ENV is development or production, without quotes around it, not {env!r}")
        production = env == "production"
        given = {name: value for name, value in environ.items() if value.strip()}
        environment = Environment(given if production else _made_up(root, given) | given, production=production)
        settings = _settings(environment, env, root, account_named=production or "TWILIO_ACCOUNT_SID" in given)
        _refuse(environment, settings)
        if environment.complaint:
            raise SettingsWrong(environment.complaint)
        return replace(settings, doubts=tuple(environment.doubts))


def _settings(environment: Environment, env: str, root: Path, *, account_named: bool) -> Settings:
    read = environment.read
    line_number = read(variables.LINE_NUMBER)
    answered_numbers = read(variables.ANSWERED_NUMBERS, otherwise=(line_number,))
    caller_id = read(variables.CALLER_ID_NUMBER)
    twilio_api_url = read(variables.TWILIO_API_URL)
    return Settings(
        env=env,
        root=root,
        database_url=_database_url(read(variables.DATABASE_URL), root),
        secret_key=read(variables.SECRET_KEY),
        field_keys=read(variables.FIELD_KEYS),
        public_base_url=read(variables.PUBLIC_BASE_URL),
        account_sid=read(variables.TWILIO_ACCOUNT_SID),
        auth_tokens=read(variables.TWILIO_AUTH_TOKEN),
        api_key=read(variables.TWILIO_API_KEY),
        api_secret=read(variables.TWILIO_API_SECRET),
        twilio_api_url=twilio_api_url,
        twilio_named=account_named or twilio_api_url != variables.TWILIO_API_URL.default,
        fallback_url=read(variables.FALLBACK_URL),
        fallback_file=_path(read(variables.FALLBACK_FILE), root),
        redis_url=read(variables.REDIS_URL) or None,
        line_number=line_number,
        answered_numbers=frozenset(answered_numbers),
        caller_id_number=caller_id,
        service_name=read(variables.SERVICE_NAME),
        smtp_url=read(variables.SMTP_URL) or None,
        mail_from=read(variables.MAIL_FROM),
        alarm_to=read(variables.ALARM_TO),
        audit_head_to=read(variables.AUDIT_HEAD_TO),
        audit_head_file=_path(read(variables.AUDIT_HEAD_FILE), root),
        trusted_proxies=read(variables.TRUSTED_PROXIES),
        simulator_url=read(variables.SIMULATOR_URL) or None,
        clock_file=_path(read(variables.CLOCK_FILE)),
        policy=replace(_policy(environment), own_numbers=frozenset({line_number, *answered_numbers, caller_id})),
        second_factor=_second_factor(environment, production=env == "production"),
    )


def _second_factor(environment: Environment, *, production: bool) -> Demand:
    return Demand(
        required=environment.read(variables.REQUIRE_SECOND_FACTOR, otherwise=production),
        grace=timedelta(days=environment.read(variables.SECOND_FACTOR_GRACE_DAYS)),
    )


def _policy(environment: Environment) -> Policy:
    read = environment.read
    return Policy(
        queue_per_counsellor=read(variables.QUEUE_PER_COUNSELLOR),
        queue_at_least=read(variables.QUEUE_AT_LEAST),
        crowded_from=read(variables.CROWDED_FROM),
        offer_delay=read(variables.OFFER_DELAY_SECONDS),
        wait_ceiling=read(variables.WAIT_CEILING_MINUTES),
        drain=read(variables.DRAIN_MINUTES),
        soft_limit=read(variables.SOFT_LIMIT_MINUTES),
        wrap_up_limit=read(variables.WRAP_UP_LIMIT_MINUTES),
        show_listening=read(variables.SHOW_LISTENING),
        alarm_wait=read(variables.ALARM_WAIT_MINUTES),
        alarm_again=read(variables.ALARM_AGAIN_MINUTES),
        bulk_within=read(variables.BULK_READING_MINUTES),
        bulk_cases=read(variables.BULK_READING_CASES),
        bulk_searches=read(variables.BULK_SEARCHES),
        pull_hold=read(variables.PULL_HOLD_SECONDS),
        prefer_for=read(variables.PREFERENCE_SECONDS),
        reserve_for=read(variables.RESERVE_SECONDS),
        rings_until_supervisors=read(variables.RINGS_UNTIL_SUPERVISORS),
        rings_until_two=read(variables.RINGS_UNTIL_TWO),
        number_days=read(variables.CALL_NUMBER_DAYS),
        line_log_days=read(variables.TWILIO_LOG_DAYS),
        phone_record_years=read(variables.PHONE_RECORD_YEARS),
        visit_record_years=read(variables.VISIT_RECORD_YEARS),
        disclose_staff_names=read(variables.DISCLOSE_STAFF_NAMES),
        directory_check_days=read(variables.DIRECTORY_CHECK_DAYS),
        reply_target_days=read(variables.REPLY_TARGET_DAYS),
        reply_approval=read(variables.REPLY_APPROVAL),
        warn_members=read(variables.WARN_MEMBERS),
        member_idle=read(variables.MEMBER_IDLE_MINUTES),
        confirm_new_device=read(variables.CONFIRM_NEW_DEVICE),
        strict_device_binding=read(variables.STRICT_DEVICE_BINDING),
        accept_legacy_carrier=read(variables.ACCEPT_LEGACY_CARRIER),
    )


def _refuse(environment: Environment, settings: Settings) -> None:
    """Complain about what must not be set, and about an account without its token."""
    if settings.account_sid and not settings.auth_tokens:
        environment.mistakes.append("TWILIO_AUTH_TOKEN is missing: without it no webhook can be trusted")
    if bool(settings.api_key) != bool(settings.api_secret):
        environment.mistakes.append("TWILIO_API_KEY and TWILIO_API_SECRET must be set together")
    if settings.production:
        environment.refuse("CLOCK_FILE", " in production")
        environment.mistakes += _open_to_listeners(settings)
    for name in variables.REFUSED:
        environment.refuse(name, ": calls are processed in Twilio's default region")


def _open_to_listeners(settings: Settings) -> list[str]:
    """Return what is wrong with addresses over which passwords and signatures would go unsealed."""
    addresses = {
        "PUBLIC_BASE_URL": settings.public_base_url,
        "TWILIO_API_URL": settings.twilio_api_url,
        "FALLBACK_URL": settings.fallback_url,
    }
    return [
        f"{name} must begin with https:// in production"
        for name, url in addresses.items()
        if url.startswith("http://") and not is_loopback(url)
    ]


def _path(name: str, base: Path = Path()) -> Path | None:
    """Return the path *name*, a relative one from *base*; nothing if there is no name."""
    return base / name if name else None


def _made_up(root: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return what development makes up; never half of a real Twilio account."""
    made = development_secrets(root)
    real_account = "TWILIO_ACCOUNT_SID" in given
    return {name: value for name, value in made.items() if not (real_account and name.startswith("TWILIO_"))}


def _database_url(url: str, root: Path) -> str:
    """Return the URL with a relative SQLite path taken from the checkout root."""
    for prefix in ("sqlite:///", "sqlite+pysqlite:///"):
        if url.startswith(prefix) and not url.startswith(prefix + "/") and url != prefix + ":memory:":
            return f"sqlite:///{root / url.removeprefix(prefix)}"
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url


def development_secrets(root: Path) -> dict[str, str]:
    """Return the made-up secrets of this checkout, made at first use (mode 0600 under ``var/``)."""
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
