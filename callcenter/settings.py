"""Everything the operator may set: read once from the environment, validated, frozen.

Nothing else in the project reads ``os.environ``. To add a setting, add a field to ``Settings`` and one call to the
function below that reads its section; ``docs/settings.md`` is written from these calls.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from callcenter.domain.policy import Policy
from callcenter.domain.staff.second_factor import Demand
from callcenter.environment import Environment, Section

TWILIO = "https://api.twilio.com"
MADE_UP = "made up"
"""What the documents call the default of a secret: in development one is made and kept under ``var/``."""
REFUSED = ("TWILIO_REGION", "TWILIO_EDGE")
"""Variables that must not be set: calls are processed in Twilio's default region."""


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
        production = env == "production"
        given = {name: value for name, value in environ.items() if value.strip()}
        read = Environment(given if production else _made_up(root, given) | given, production=production)
        settings = _settings(read, env, root, account_named=production or "TWILIO_ACCOUNT_SID" in given)
        if read.complaint:
            raise SettingsWrong(read.complaint)
        return settings


def sections() -> tuple[Section, ...]:
    """Return every setting by subject, with its default and meaning, as the documents list them."""
    read = Environment({}, production=False)
    _settings(read, "development", Path(), account_named=False)
    return tuple(read.sections)


def _settings(read: Environment, env: str, root: Path, *, account_named: bool) -> Settings:
    installation = read.section("The installation")
    telephone = read.section("The telephone")
    waiting = read.section("Waiting and talking")
    staff = read.section("Staff, mail and the audit trail")
    keeping = read.section("What is kept until when")

    twilio_api_url = telephone.origin("TWILIO_API_URL", "any server that behaves like it", default=TWILIO)
    line_number = telephone.telephone("LINE_NUMBER", "the number that is shown", default="+81120529528")
    settings = Settings(
        env=installation.text("CALLCENTER_ENV", "`development` or `production`", default=env, shown="development"),
        root=root,
        database_url=_database_url(
            installation.text(
                "DATABASE_URL",
                "SQLite (a relative path counts from the checkout) or `postgresql://…`",
                default="sqlite:///var/callcenter.db",
                required=True,
            ),
            root,
        ),
        redis_url=installation.text(
            "REDIS_URL", "wakes the worker at once and counts sign-in attempts; calls never depend on it"
        )
        or None,
        secret_key=installation.text("SECRET_KEY", "signs sessions and forms", shown=MADE_UP, required=True),
        field_keys=installation.text(
            "FIELD_KEYS",
            "`id:base64url` of 32 bytes, comma list; the first encrypts, all decrypt",
            shown=MADE_UP,
            required=True,
        ),
        public_base_url=installation.origin(
            "PUBLIC_BASE_URL",
            "the origin that Twilio calls and passkeys belong to; signatures are checked against it",
            default="http://127.0.0.1:8000",
            required=True,
        ),
        service_name=installation.text("SERVICE_NAME", "spoken and shown", default="東京都ひきこもりサポートネット"),
        trusted_proxies=installation.whole(
            "TRUSTED_PROXIES",
            "web servers of yours in front, whose word about who asks is believed (sign-in limits)",
            0,
        ),
        simulator_url=installation.origin("SIMULATOR_URL", "where the trial's line is; set by `callcenter run`")
        or None,
        clock_file=installation.path(
            "CLOCK_FILE", "the trial's clock; set by `callcenter run`, refused in production", base=Path()
        ),
        account_sid=telephone.text(
            "TWILIO_ACCOUNT_SID", "the account the line belongs to", shown=MADE_UP, required=True
        ),
        auth_tokens=tuple(
            telephone.words(
                "TWILIO_AUTH_TOKEN", "checks webhooks; a comma list while it is changed", shown=MADE_UP, required=True
            )
        ),
        api_key=telephone.text(
            "TWILIO_API_KEY",
            "used for REST when set (else account and token), and signs the browser's telephone token",
            shown=MADE_UP,
        ),
        api_secret=telephone.text("TWILIO_API_SECRET", "the secret of that key", shown=MADE_UP),
        twilio_api_url=twilio_api_url,
        twilio_named=account_named or twilio_api_url != TWILIO,
        line_number=line_number,
        answered_numbers=frozenset(
            telephone.words(
                "ANSWERED_NUMBERS",
                "comma list of numbers whose webhooks are accepted",
                default=line_number,
                shown="the line number",
            )
        ),
        caller_id_number=telephone.telephone(
            "CALLER_ID_NUMBER",
            "what a counsellor's telephone shows; a Twilio number of yours",
            default="+815000000000",
            required=True,
        ),
        fallback_url=telephone.address(
            "FALLBACK_URL", "where Twilio turns while this machine is away (a TwiML Bin); compared and set when given"
        ),
        fallback_file=telephone.path(
            "FALLBACK_FILE",
            "the same words as a file for the web server in front, kept current by the worker",
            base=root,
        ),
        second_factor=_second_factor(staff, required=env == "production"),
        smtp_url=staff.text(
            "SMTP_URL",
            "the mail server, `smtp://` or `smtps://` with user and password; without it mails are files in `var/mail`",
            required=True,
        )
        or None,
        mail_from=staff.text("MAIL_FROM", "whom mails come from", default="no-reply@hikikomori-tokyo.net"),
        audit_head_to=staff.mail_addresses(
            "AUDIT_HEAD_TO",
            "comma list of mail addresses that get the head of the audit trail daily; not of the machine's keepers",
        ),
        audit_head_file=staff.path(
            "AUDIT_HEAD_FILE",
            "a file to which each day's head is added; in a place that the keeper of the machine cannot change",
            base=root,
        ),
        policy=_policy(waiting, keeping),
    )
    _refuse(read, settings)
    return settings


def _second_factor(staff: Section, *, required: bool) -> Demand:
    return Demand(
        required=staff.switch(
            "REQUIRE_SECOND_FACTOR",
            "whether everybody on the staff must add a passkey or an app's codes to their password"
            " (`off`: they are only asked; who has one is always asked for it)",
            required,
            shown="on in production",
        ),
        grace=timedelta(
            days=staff.whole(
                "SECOND_FACTOR_GRACE_DAYS",
                "days after their first sign-in for which staff may still come in without one",
                Demand().grace.days,
            )
        ),
    )


def _policy(waiting: Section, keeping: Section) -> Policy:
    seconds, minutes = timedelta(seconds=1), timedelta(minutes=1)
    return Policy(
        queue_per_counsellor=waiting.whole(
            "QUEUE_PER_COUNSELLOR", "how many may wait for each counsellor on duty", Policy.queue_per_counsellor
        ),
        queue_at_least=waiting.whole(
            "QUEUE_AT_LEAST", "how many may wait however few are on duty", Policy.queue_at_least
        ),
        crowded_from=waiting.whole(
            "CROWDED_FROM", "waiting callers from which a new one hears that it is crowded", Policy.crowded_from
        ),
        offer_delay=waiting.duration(
            "OFFER_DELAY_SECONDS",
            "how much of the greeting is heard before the first ring",
            Policy.offer_delay,
            unit=seconds,
        ),
        wait_ceiling=waiting.duration(
            "WAIT_CEILING_MINUTES", "longest wait, then a spoken end", Policy.wait_ceiling, unit=minutes
        ),
        drain=waiting.duration(
            "DRAIN_MINUTES", "how long waiting callers are still served after closing", Policy.drain, unit=minutes
        ),
        soft_limit=waiting.duration(
            "SOFT_LIMIT_MINUTES",
            "how long a talk usually lasts: five minutes before, the call bar says so (`0`: never); none is ever ended",
            Policy.soft_limit,
            unit=minutes,
        ),
        wrap_up_limit=waiting.duration(
            "WRAP_UP_LIMIT_MINUTES",
            "how long writing it up usually lasts: past it the counsellor reads so, gently, and supervisors see it",
            Policy.wrap_up_limit,
            unit=minutes,
        ),
        show_listening=waiting.switch(
            "SHOW_LISTENING",
            "whether counsellors see that a supervisor listens; one who speaks is always shown",
            Policy.show_listening,
        ),
        pull_hold=waiting.duration(
            "PULL_HOLD_SECONDS",
            "while supervisors pull all new calls: how long a caller is kept for them before everybody is rung",
            Policy.pull_hold,
            unit=seconds,
        ),
        prefer_for=waiting.duration(
            "PREFERENCE_SECONDS",
            "how long a new caller is kept from counsellors who prefer the other kind; then everybody is rung",
            Policy.prefer_for,
            unit=seconds,
        ),
        number_days=keeping.whole(
            "CALL_NUMBER_DAYS", "days a caller's number is kept, sealed, in the call's own row", Policy.number_days
        ),
        twilio_log_days=keeping.whole(
            "TWILIO_LOG_DAYS",
            "days after which Twilio's own log of a call is deleted, each night from 3:00",
            Policy.twilio_log_days,
        ),
        phone_record_years=keeping.years(
            "PHONE_RECORD_YEARS",
            "years for which a case is kept after its last contact (at least 1)",
            Policy.phone_record_years,
        ),
        visit_record_years=keeping.years(
            "VISIT_RECORD_YEARS",
            "years for which a case with visits is kept after its closing (at least 1)",
            Policy.visit_record_years,
        ),
        disclose_staff_names=keeping.switch(
            "DISCLOSE_STAFF_NAMES",
            "whether a copy of a case for the person it is about names the counsellors",
            Policy.disclose_staff_names,
        ),
        directory_check_days=keeping.whole(
            "DIRECTORY_CHECK_DAYS",
            "days after which an entry of the directory is asked to be checked again",
            Policy.directory_check_days,
        ),
    )


def _refuse(read: Environment, settings: Settings) -> None:
    """Complain about what must not be set, and about an account without its token."""
    if settings.account_sid and not settings.auth_tokens:
        read.mistakes.append("TWILIO_AUTH_TOKEN is missing: without it no webhook can be trusted")
    if settings.production:
        read.refuse("CLOCK_FILE", " in production")
    for name in REFUSED:
        read.refuse(name, ": calls are processed in Twilio's default region")


def _made_up(root: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What development makes up; never half of somebody's real Twilio account."""
    made = development_secrets(root)
    real_account = "TWILIO_ACCOUNT_SID" in given
    return {name: value for name, value in made.items() if not (real_account and name.startswith("TWILIO_"))}


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


REQUIRED_IN_PRODUCTION = tuple(one.name for section in sections() for one in section.variables if one.required)
