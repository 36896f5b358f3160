"""What every setting means, in the words of ``docs/settings.md``: one entry for each environment variable.

Kept beside ``settings``, which reads them; tests compare names, defaults and what production demands.
"""

from __future__ import annotations

from dataclasses import dataclass

MADE_UP = "made up"
"""The default of a secret: in development one is made and kept under ``var/``."""
NONE = "none"
"""The default of a variable that changes nothing while it is unset."""


@dataclass(frozen=True)
class Help:
    """One environment variable: what holds while it is unset, and what it is for."""

    variable: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Section:
    """Variables about one subject."""

    title: str
    settings: tuple[Help, ...]


INSTALLATION = Section(
    "The installation",
    (
        Help("CALLCENTER_ENV", "development", "`development` or `production`"),
        Help(
            "DATABASE_URL",
            "sqlite:///var/callcenter.db",
            "SQLite (a relative path counts from the checkout) or `postgresql://…`",
        ),
        Help(
            "REDIS_URL",
            NONE,
            "wakes the worker at once, queues heavy jobs, counts sign-in attempts; calls never depend on it",
        ),
        Help("SECRET_KEY", MADE_UP, "signs sessions and forms"),
        Help("FIELD_KEYS", MADE_UP, "`id:base64url` of 32 bytes, comma list; the first encrypts, all decrypt"),
        Help(
            "PUBLIC_BASE_URL",
            "http://127.0.0.1:8000",
            "the origin that Twilio calls and passkeys belong to; signatures are checked against it",
        ),
        Help("SERVICE_NAME", "東京都ひきこもりサポートネット", "spoken and shown"),
        Help(
            "TRUSTED_PROXIES",
            "0",
            "web servers of yours in front, whose word about who asks is believed (sign-in limits)",
        ),
        Help("SIMULATOR_URL", NONE, "where the trial's line is; set by `callcenter run`"),
        Help("CLOCK_FILE", NONE, "the trial's clock; set by `callcenter run`, refused in production"),
    ),
)

TELEPHONE = Section(
    "The telephone",
    (
        Help("TWILIO_ACCOUNT_SID", MADE_UP, "the account the line belongs to"),
        Help("TWILIO_AUTH_TOKEN", MADE_UP, "checks webhooks; a comma list while it is changed"),
        Help(
            "TWILIO_API_KEY",
            MADE_UP,
            "used for REST when set (else account and token), and signs the browser's telephone token",
        ),
        Help("TWILIO_API_SECRET", MADE_UP, "the secret of that key"),
        Help("TWILIO_API_URL", "https://api.twilio.com", "any server that behaves like it"),
        Help("LINE_NUMBER", "+81120529528", "the number that is shown"),
        Help("ANSWERED_NUMBERS", "the line number", "comma list of numbers whose webhooks are accepted"),
        Help("CALLER_ID_NUMBER", "+815000000000", "what a counsellor's telephone shows; a Twilio number of yours"),
        Help(
            "FALLBACK_URL",
            NONE,
            "where Twilio turns while this machine is away (a TwiML Bin); compared and set when given",
        ),
        Help("FALLBACK_FILE", NONE, "the same words as a file for the web server in front, kept current by the worker"),
    ),
)

WAITING = Section(
    "Waiting and talking",
    (
        Help("QUEUE_PER_COUNSELLOR", "3", "how many may wait for each counsellor on duty"),
        Help("QUEUE_AT_LEAST", "5", "how many may wait however few are on duty"),
        Help("CROWDED_FROM", "3", "waiting callers from which a new one hears that it is crowded"),
        Help("OFFER_DELAY_SECONDS", "3", "how much of the greeting is heard before the first ring"),
        Help("WAIT_CEILING_MINUTES", "30", "longest wait, then a spoken end"),
        Help("DRAIN_MINUTES", "15", "how long waiting callers are still served after closing"),
        Help(
            "SOFT_LIMIT_MINUTES",
            "40",
            "how long a talk usually lasts: five minutes before, the call bar says so (`0`: never); none is ever ended",
        ),
        Help(
            "WRAP_UP_LIMIT_MINUTES",
            "10",
            "how long writing it up usually lasts: past it the counsellor reads so, gently, and supervisors see it",
        ),
        Help(
            "SHOW_LISTENING",
            "on",
            "whether counsellors see that a supervisor listens; one who speaks is always shown",
        ),
        Help(
            "PULL_HOLD_SECONDS",
            "60",
            "while supervisors pull all new calls: how long a caller is kept for them before everybody is rung",
        ),
        Help(
            "PREFERENCE_SECONDS",
            "15",
            "how long a new caller is kept from counsellors who prefer the other kind; then everybody is rung",
        ),
    ),
)

STAFF = Section(
    "Staff, mail and the audit trail",
    (
        Help(
            "REQUIRE_SECOND_FACTOR",
            "on in production",
            "whether everybody on the staff must add a passkey or an app's codes to their password"
            " (`off`: they are only asked; who has one is always asked for it)",
        ),
        Help(
            "SECOND_FACTOR_GRACE_DAYS",
            "7",
            "days after their first sign-in for which staff may still come in without one",
        ),
        Help(
            "SMTP_URL",
            NONE,
            "the mail server, `smtp://` or `smtps://` with user and password; without it mails are files in `var/mail`",
        ),
        Help("MAIL_FROM", "no-reply@hikikomori-tokyo.net", "whom mails come from"),
        Help(
            "AUDIT_HEAD_TO",
            NONE,
            "comma list of mail addresses that get the head of the audit trail daily; not of the machine's keepers",
        ),
        Help(
            "AUDIT_HEAD_FILE",
            NONE,
            "a file to which each day's head is added; in a place that the keeper of the machine cannot change",
        ),
    ),
)

KEEPING = Section(
    "What is kept until when",
    (
        Help("CALL_NUMBER_DAYS", "30", "days a caller's number is kept, sealed, in the call's own row"),
        Help("TWILIO_LOG_DAYS", "30", "days after which Twilio's own log of a call is deleted, each night from 3:00"),
        Help("PHONE_RECORD_YEARS", "2", "years for which a case is kept after its last contact (at least 1)"),
        Help("VISIT_RECORD_YEARS", "5", "years for which a case with visits is kept after its closing (at least 1)"),
        Help(
            "DISCLOSE_STAFF_NAMES",
            "off",
            "whether a copy of a case for the person it is about names the counsellors",
        ),
        Help("DIRECTORY_CHECK_DAYS", "90", "days after which an entry of the directory is asked to be checked again"),
    ),
)

SECTIONS = (INSTALLATION, TELEPHONE, WAITING, STAFF, KEEPING)

REFUSED = ("TWILIO_REGION", "TWILIO_EDGE")
"""Variables that must not be set: calls are processed in Twilio's default region."""
