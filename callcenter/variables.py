"""Every environment variable the operator may set: name, meaning, default, what production requires.

``settings`` reads them; ``docs/settings.md`` lists them.
"""

from __future__ import annotations

from datetime import timedelta

from callcenter.crypto import KeyRing, KeyUnusable
from callcenter.domain.policy import Policy
from callcenter.domain.staff.second_factor import Demand
from callcenter.environment import Section, like, secret_doubt, token_doubt

DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgres", "postgresql+psycopg")
"""What a database's address may begin with: what we are tried with, and no other driver."""


def _key_ring(raw: str) -> str:
    try:
        KeyRing.parse(raw)
    except KeyUnusable as unusable:
        raise ValueError(f"keys as id:base64url of 32 bytes, with commas between them: {unusable}") from None
    return raw


def _guessable_keys(raw: str) -> str:
    weak = ", ".join(KeyRing.parse(raw).predictable)
    return f"keys made by chance, which {weak} was not" if weak else ""


SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

INSTALLATION = Section("The installation")
CALLCENTER_ENV = INSTALLATION.text("CALLCENTER_ENV", "`development` or `production`", default="development")
DATABASE_URL = INSTALLATION.server(
    "DATABASE_URL",
    "SQLite (a relative path counts from the checkout) or `postgresql://…`",
    *DATABASES,
    default="sqlite:///var/callcenter.db",
    required=True,
    file="sqlite",
)
REDIS_URL = INSTALLATION.server(
    "REDIS_URL",
    "wakes the worker at once, queues heavy jobs, counts sign-in attempts; calls never depend on it",
    "redis",
    "rediss",
    "unix",
    file="unix",
)
SECRET_KEY = INSTALLATION.doubted(
    "SECRET_KEY", "signs sessions and forms; at least 32 characters made by chance", secret_doubt, required=True
)
FIELD_KEYS = INSTALLATION.doubted(
    "FIELD_KEYS",
    "`id:base64url` of 32 bytes, comma list; the first encrypts, all decrypt",
    _guessable_keys,
    parse=_key_ring,
    required=True,
)
PUBLIC_BASE_URL = INSTALLATION.origin(
    "PUBLIC_BASE_URL",
    "the origin that Twilio calls and passkeys belong to; signatures are checked against it",
    default="http://127.0.0.1:8000",
    required=True,
)
SERVICE_NAME = INSTALLATION.text("SERVICE_NAME", "spoken and shown", default="東京都ひきこもりサポートネット")
TRUSTED_PROXIES = INSTALLATION.whole(
    "TRUSTED_PROXIES", "web servers of yours in front, whose word about who asks is believed (sign-in limits)", 0
)
SIMULATOR_URL = INSTALLATION.origin("SIMULATOR_URL", "where the trial's line is; set by `callcenter run`")
CLOCK_FILE = INSTALLATION.text("CLOCK_FILE", "the trial's clock; set by `callcenter run`, refused in production")

TELEPHONE = Section("The telephone")
TWILIO_ACCOUNT_SID = TELEPHONE.doubted(
    "TWILIO_ACCOUNT_SID",
    "the account the line belongs to",
    like("AC[0-9a-fA-F]{32}", "AC and 32 hexadecimal digits"),
    required=True,
)
TWILIO_AUTH_TOKEN = TELEPHONE.tokens(
    "TWILIO_AUTH_TOKEN", "checks webhooks; a comma list while it is changed", required=True
)
TWILIO_API_KEY = TELEPHONE.doubted(
    "TWILIO_API_KEY",
    "used for REST when set (else account and token), and signs the browser's telephone token",
    like("SK[0-9a-fA-F]{32}", "SK and 32 hexadecimal digits"),
)
TWILIO_API_SECRET = TELEPHONE.doubted("TWILIO_API_SECRET", "the secret of that key", token_doubt)
TWILIO_API_URL = TELEPHONE.origin("TWILIO_API_URL", "any server that behaves like it", default="https://api.twilio.com")
LINE_NUMBER = TELEPHONE.telephone("LINE_NUMBER", "the number that is shown", default="+81120529528")
ANSWERED_NUMBERS = TELEPHONE.telephones(
    "ANSWERED_NUMBERS", "comma list of numbers whose webhooks are accepted", shown="the line number"
)
CALLER_ID_NUMBER = TELEPHONE.telephone(
    "CALLER_ID_NUMBER",
    "what a counsellor's telephone shows; a Twilio number of yours",
    default="+815000000000",
    required=True,
)
FALLBACK_URL = TELEPHONE.address(
    "FALLBACK_URL",
    "where Twilio turns while this machine is away (a TwiML Bin): compared, and set; the doctor fails without it",
)
FALLBACK_FILE = TELEPHONE.text(
    "FALLBACK_FILE", "the same words as a file for the web server in front, kept current by the worker"
)

WAITING = Section("Waiting and talking")
QUEUE_PER_COUNSELLOR = WAITING.whole(
    "QUEUE_PER_COUNSELLOR", "how many may wait for each counsellor who can come", Policy.queue_per_counsellor
)
QUEUE_AT_LEAST = WAITING.whole("QUEUE_AT_LEAST", "how many may wait however few can come", Policy.queue_at_least)
CROWDED_FROM = WAITING.whole(
    "CROWDED_FROM", "waiting callers from which a new one hears that it is crowded", Policy.crowded_from
)
OFFER_DELAY_SECONDS = WAITING.duration(
    "OFFER_DELAY_SECONDS",
    "how much of the greeting is heard before the first ring",
    Policy.offer_delay,
    unit=SECOND,
)
WAIT_CEILING_MINUTES = WAITING.duration(
    "WAIT_CEILING_MINUTES", "longest wait, then a spoken end", Policy.wait_ceiling, unit=MINUTE
)
DRAIN_MINUTES = WAITING.duration(
    "DRAIN_MINUTES", "how long waiting callers are still served after closing", Policy.drain, unit=MINUTE
)
SOFT_LIMIT_MINUTES = WAITING.duration(
    "SOFT_LIMIT_MINUTES",
    "how long a talk usually lasts: five minutes before, the call bar says so (`0`: never); none is ever ended",
    Policy.soft_limit,
    unit=MINUTE,
)
WRAP_UP_LIMIT_MINUTES = WAITING.duration(
    "WRAP_UP_LIMIT_MINUTES",
    "how long writing it up usually lasts: past it the counsellor reads so, gently, and supervisors see it",
    Policy.wrap_up_limit,
    unit=MINUTE,
)
SHOW_LISTENING = WAITING.switch(
    "SHOW_LISTENING",
    "whether counsellors see that a supervisor listens; one who speaks is always shown",
    Policy.show_listening,
)
PULL_HOLD_SECONDS = WAITING.duration(
    "PULL_HOLD_SECONDS",
    "while supervisors pull all new calls: how long a caller is kept for them before everybody is rung",
    Policy.pull_hold,
    unit=SECOND,
)
PREFERENCE_SECONDS = WAITING.duration(
    "PREFERENCE_SECONDS",
    "how long a new caller is kept from counsellors who prefer the other kind; then everybody is rung",
    Policy.prefer_for,
    unit=SECOND,
)
RESERVE_SECONDS = WAITING.duration(
    "RESERVE_SECONDS",
    "how long a caller whose counsellor's browser was lost is kept for that counsellor (`0`: not at all)",
    Policy.reserve_for,
    unit=SECOND,
)
RINGS_UNTIL_SUPERVISORS = WAITING.count(
    "RINGS_UNTIL_SUPERVISORS",
    "after so many rings for one caller that nobody took, supervisors are told, and rung if they are at their desk",
    Policy.rings_until_supervisors,
)
RINGS_UNTIL_TWO = WAITING.count(
    "RINGS_UNTIL_TWO", "after so many, two are rung for that caller at once", Policy.rings_until_two
)

STAFF = Section("Staff, mail and the audit trail")
REQUIRE_SECOND_FACTOR = STAFF.switch(
    "REQUIRE_SECOND_FACTOR",
    "whether everybody on the staff must add a passkey or an app's codes to their password"
    " (`off`: they are only asked; who has one is always asked for it)",
    Demand.required,
    shown="on in production",
)
SECOND_FACTOR_GRACE_DAYS = STAFF.whole(
    "SECOND_FACTOR_GRACE_DAYS",
    "days after their first sign-in for which staff may still come in without one",
    Demand.grace.days,
)
SMTP_URL = STAFF.server(
    "SMTP_URL",
    "the mail server, `smtp://` or `smtps://` with user and password; without it mails are files in `var/mail`",
    "smtp",
    "smtps",
    required=True,
)
MAIL_FROM = STAFF.mail_address("MAIL_FROM", "whom mails come from", default="no-reply@hikikomori-tokyo.net")
ALARM_TO = STAFF.mail_addresses(
    "ALARM_TO",
    "comma list of mail addresses that get the alarms of the line: which, since when and a link, nothing else",
)
ALARM_WAIT_MINUTES = STAFF.duration(
    "ALARM_WAIT_MINUTES",
    "a caller who has waited longer is an alarm on supervisors' pages (`0`: never)",
    Policy.alarm_wait,
    unit=MINUTE,
)
ALARM_AGAIN_MINUTES = STAFF.duration(
    "ALARM_AGAIN_MINUTES",
    "an alarm that was seen so long ago and is still so sounds and is mailed again",
    Policy.alarm_again,
    unit=MINUTE,
)
BULK_READING_MINUTES = STAFF.duration(
    "BULK_READING_MINUTES",
    "within so long somebody's openings and searches are counted, for an alarm to supervisors without any content",
    Policy.bulk_within,
    unit=MINUTE,
)
BULK_READING_CASES = STAFF.whole(
    "BULK_READING_CASES",
    "cases of others that one person opens within that time to be an alarm (`0`: never)",
    Policy.bulk_cases,
)
BULK_SEARCHES = STAFF.whole(
    "BULK_SEARCHES", "searches of one person within that time to be an alarm (`0`: never)", Policy.bulk_searches
)
AUDIT_HEAD_TO = STAFF.mail_addresses(
    "AUDIT_HEAD_TO",
    "comma list of mail addresses that get the head of the audit trail daily; not of the machine's keepers",
)
AUDIT_HEAD_FILE = STAFF.text(
    "AUDIT_HEAD_FILE",
    "a file to which each day's head is added; in a place that the keeper of the machine cannot change",
)

KEEPING = Section("What is kept until when")
CALL_NUMBER_DAYS = KEEPING.whole(
    "CALL_NUMBER_DAYS", "days a caller's number is kept, sealed, in the call's own row", Policy.number_days
)
TWILIO_LOG_DAYS = KEEPING.whole(
    "TWILIO_LOG_DAYS",
    "days after which Twilio's own log of a call is deleted, each night from 3:00",
    Policy.line_log_days,
)
PHONE_RECORD_YEARS = KEEPING.years(
    "PHONE_RECORD_YEARS",
    "years for which a case is kept after its last contact (at least 1)",
    Policy.phone_record_years,
)
VISIT_RECORD_YEARS = KEEPING.years(
    "VISIT_RECORD_YEARS",
    "years for which a case with visits is kept after its closing (at least 1)",
    Policy.visit_record_years,
)
DISCLOSE_STAFF_NAMES = KEEPING.switch(
    "DISCLOSE_STAFF_NAMES",
    "whether a copy of a case for the person it is about names the counsellors",
    Policy.disclose_staff_names,
)
DIRECTORY_CHECK_DAYS = KEEPING.whole(
    "DIRECTORY_CHECK_DAYS",
    "days after which an entry of the directory is asked to be checked again",
    Policy.directory_check_days,
)

MAIL = Section("Mail consultation")
REPLY_TARGET_DAYS = MAIL.whole(
    "REPLY_TARGET_DAYS",
    "business days by which a reply is meant to be there, told to members as めやす; `0` tells none",
    Policy.reply_target_days,
)
REPLY_APPROVAL = MAIL.switch(
    "REPLY_APPROVAL", "whether a supervisor reads every reply before it goes", Policy.reply_approval
)
WARN_MEMBERS = MAIL.switch(
    "WARN_MEMBERS", "whether members are told 30 days before the two-year rule deletes them", Policy.warn_members
)
MEMBER_IDLE_MINUTES = MAIL.duration(
    "MEMBER_IDLE_MINUTES", "minutes without a click after which a member is signed out", Policy.member_idle, unit=MINUTE
)
CONFIRM_NEW_DEVICE = MAIL.switch(
    "CONFIRM_NEW_DEVICE",
    "whether a member's first sign-in in a browser waits for a link by mail; the mailbox may be shared",
    Policy.confirm_new_device,
)
STRICT_DEVICE_BINDING = MAIL.switch(
    "STRICT_DEVICE_BINDING",
    "whether mobile phones get the literal notice that replies to a registration from a PC form cannot be read there",
    Policy.strict_device_binding,
)
ACCEPT_LEGACY_CARRIER = MAIL.switch(
    "ACCEPT_LEGACY_CARRIER",
    "whether carrier addresses against RFC 5321 (`a..b@`, `ab.@`) are taken and written to in quoted form",
    Policy.accept_legacy_carrier,
)

SECTIONS = (INSTALLATION, TELEPHONE, WAITING, STAFF, KEEPING, MAIL)
REQUIRED_IN_PRODUCTION = tuple(one.name for section in SECTIONS for one in section.settings if one.required)
REFUSED = ("TWILIO_REGION", "TWILIO_EDGE")
"""Variables that must not be set: calls are processed in Twilio's default region."""
