"""The environment is read once, checked as a whole, and tells nobody's number, address or secret."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import timedelta
from pathlib import Path

import pytest

from callcenter.domain.policy import Policy
from callcenter.environment import MADE_UP
from callcenter.settings import Settings, SettingsWrong
from callcenter.variables import REQUIRED_IN_PRODUCTION, SECTIONS

PRODUCTION = {
    "CALLCENTER_ENV": "production",
    "DATABASE_URL": "postgresql://db.example.jp/callcenter",
    "SECRET_KEY": "sign-with-this-and-tell-it-to-nobody",
    "FIELD_KEYS": "k1:yTz0bOaFVqxGq4hI2uJm8s1cR7nKpW5dLfEeXo3kPAY=",
    "PUBLIC_BASE_URL": "https://line.example.jp/",
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "newer-token-of-line, older-token-of-line",
    "CALLER_ID_NUMBER": "+815012345678",
    "SMTP_URL": "smtps://user:mail-password@mail.example.jp",
}
EVERY = [one for section in SECTIONS for one in section.settings]


def refusal(environ: dict[str, str], root: Path) -> str:
    """Return the sentence with which *environ* is refused."""
    with pytest.raises(SettingsWrong) as refused:
        Settings.from_env(environ, root)
    return str(refused.value)


def test_everything_missing_and_everything_wrong_is_named_in_one_sentence(tmp_path: Path) -> None:
    environ = {
        "CALLCENTER_ENV": "production",
        "QUEUE_AT_LEAST": "many",
        "SHOW_LISTENING": "yes",
        "VISIT_RECORD_YEARS": "0",
        "SIMULATOR_URL": "here",
        "FALLBACK_URL": "ftp://example.jp",
        "CLOCK_FILE": "clock.json",
        "TWILIO_EDGE": "tokyo",
    }
    sentence = refusal(environ, tmp_path)
    assert [name for name in (*REQUIRED_IN_PRODUCTION, *environ) if name not in sentence] == ["CALLCENTER_ENV"]


def test_production_starts_with_what_it_demands_and_nothing_else(tmp_path: Path) -> None:
    settings = Settings.from_env(PRODUCTION, tmp_path)
    assert settings.auth_tokens == ("newer-token-of-line", "older-token-of-line")
    assert settings.public_base_url == "https://line.example.jp"
    assert settings.database_url.startswith("postgresql+psycopg://")
    assert settings.second_factor.required
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("name", REQUIRED_IN_PRODUCTION)
def test_production_does_not_start_with_one_of_them_empty(name: str, tmp_path: Path) -> None:
    assert name in refusal(PRODUCTION | {name: "  "}, tmp_path)


@pytest.mark.parametrize("tokens", ["", " , "])
def test_an_account_without_a_token_is_refused(tokens: str, tmp_path: Path) -> None:
    environ = {"TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": tokens}
    assert "TWILIO_AUTH_TOKEN" in refusal(environ, tmp_path)
    assert "TWILIO_AUTH_TOKEN" in refusal(PRODUCTION | environ, tmp_path)


def test_an_unknown_kind_of_installation_is_refused(tmp_path: Path) -> None:
    for kind in ("prod", "", " production"):
        assert "CALLCENTER_ENV" in refusal({"CALLCENTER_ENV": kind}, tmp_path)


@pytest.mark.parametrize("number", ["nan", "inf", "-1", "three", "1e400"])
@pytest.mark.parametrize("name", ["WAIT_CEILING_MINUTES", "TRUSTED_PROXIES"])
def test_what_is_no_number_of_anything_is_refused(name: str, number: str, tmp_path: Path) -> None:
    assert f"{name} must be a number that is not negative" in refusal({name: number}, tmp_path)


def test_a_refusal_tells_no_number_and_no_address(tmp_path: Path) -> None:
    sentence = refusal({"LINE_NUMBER": "0312345678", "AUDIT_HEAD_TO": "somebody@home, example.jp"}, tmp_path)
    assert "LINE_NUMBER" in sentence
    assert "AUDIT_HEAD_TO" in sentence
    assert "0312345678" not in sentence
    assert "somebody" not in sentence


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    shown = repr(
        Settings.from_env(
            PRODUCTION | {"TWILIO_API_KEY": "SK" + "1" * 32, "TWILIO_API_SECRET": "api-secret-of-line"}, tmp_path
        )
    )
    hidden = (
        "sign-with-this-and-tell-it-to-nobody",
        "yTz0bOaFVqxGq4h",
        "newer-token",
        "older-token",
        "mail-password",
        "api-secret",
    )
    assert [secret for secret in hidden if secret in shown] == []


def test_settings_do_not_change(tmp_path: Path) -> None:
    with pytest.raises(FrozenInstanceError):
        Settings.from_env({}, tmp_path).env = "production"  # type: ignore[misc]  # that is what is tested


def test_a_trial_makes_its_secrets_up_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    first, again = (Settings.from_env({}, tmp_path) for _ in range(2))
    assert first == again
    assert first.secret_key
    assert (tmp_path / "var" / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_real_account_never_gets_half_of_a_made_up_one(tmp_path: Path) -> None:
    environ = {"TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "token"}
    settings = Settings.from_env(environ, tmp_path)
    assert (settings.api_key, settings.api_secret, settings.twilio_named) == ("", "", True)
    assert not Settings.from_env({}, tmp_path).twilio_named


def test_lengths_of_time_are_read_in_the_unit_of_their_name(tmp_path: Path) -> None:
    environ = {"WAIT_CEILING_MINUTES": "2.5", "PULL_HOLD_SECONDS": "0", "SECOND_FACTOR_GRACE_DAYS": "3"}
    settings = Settings.from_env(environ, tmp_path)
    assert settings.policy.wait_ceiling == timedelta(minutes=2, seconds=30)
    assert settings.policy.pull_hold == timedelta()
    assert settings.second_factor.grace == timedelta(days=3)


def test_files_are_found_from_the_checkout(tmp_path: Path) -> None:
    settings = Settings.from_env({"FALLBACK_FILE": "fallback.xml", "AUDIT_HEAD_FILE": "/mnt/heads"}, tmp_path)
    assert settings.fallback_file == tmp_path / "fallback.xml"
    assert settings.audit_head_file == Path("/mnt/heads")


# ------------------------------------------------------------------ what the documents are written from


def test_every_setting_is_described_once() -> None:
    names = [one.name for one in EVERY]
    assert len(names) == len(set(names))
    assert [one.name for one in EVERY if not one.meaning or not one.shown] == []


def test_every_number_of_the_line_is_known_as_its_own(tmp_path: Path) -> None:
    given = {
        "LINE_NUMBER": "+81120000001",
        "ANSWERED_NUMBERS": "+815011110001,+815011110002",
        "CALLER_ID_NUMBER": "+815011110003",
    }
    known = Settings.from_env(given, tmp_path).policy.own_numbers
    assert known == {"+81120000001", "+815011110001", "+815011110002", "+815011110003"}


def test_the_default_that_is_described_is_the_one_that_holds(tmp_path: Path) -> None:
    in_words = {MADE_UP, "none", "the line number", "on in production"}
    written = {one.name: one.shown for one in EVERY if one.shown not in in_words}
    assert Settings.from_env(written, tmp_path) == Settings.from_env({}, tmp_path)
    policy = Settings.from_env(written, tmp_path).policy
    assert policy == Policy(own_numbers=policy.own_numbers)


# ------------------------------------------------------------------ wrong values of every kind

GOOD_KEY = "yTz0bOaFVqxGq4hI2uJm8s1cR7nKpW5dLfEeXo3kPAY"
WRONG = {
    "DATABASE_URL": [
        "var/callcenter.db",
        "sqlite://var/x.db",
        "sqlite://",
        "sqlite:///",
        "mysql://db/x",
        "postgresql+psycopg2://db/x",
        "postgresql+asyncpg://db/x",
        "oracle://db",
        "db.example.jp/callcenter",
        "postgresql://db:port/x",
        "postgresql://db:99999/x",
        "postgresql:/db/x",
        "postgresql://[::1/x",
    ],
    "REDIS_URL": [
        "localhost:6379",
        "127.0.0.1",
        "http://localhost:6379",
        "redis://",
        "redis:localhost",
        "redis://h:six",
    ],
    "SMTP_URL": ["mail.example.jp", "mail.example.jp:25", "https://mail.example.jp", "smtp://", "smtp://mail:25x"],
    "FIELD_KEYS": [
        GOOD_KEY,
        f"k1:{GOOD_KEY[:-1]}+",
        f"k1:{GOOD_KEY[:-2]}",
        "k1:" + "ab" * 32,
        f"k1:{GOOD_KEY},k1:{GOOD_KEY}",
        f"k1:{GOOD_KEY},k2:{GOOD_KEY}",
    ],
    "PUBLIC_BASE_URL": [
        "line.example.jp",
        "ftp://line.example.jp",
        "https://",
        "https://line.example.jp/staff",
        "https://line.example.jp:port",
        "https://line.example.jp?x",
        "https://user:word@line.example.jp",
        "https://ｌine.example.jp",
        "https://line example.jp",
        "https://[::1",
        "//line.example.jp",
        "https://a.jp, https://b.jp",
    ],
    "TWILIO_API_URL": ["api.twilio.com"],
    "FALLBACK_URL": ["handler.twilio.com/x", "https://"],
    "LINE_NUMBER": ["0120529528", "+８１１２０５２９５２８", "+81 120 529 528", "+0120529528", "81120529528"],
    "CALLER_ID_NUMBER": ["05012345678", "+81-50-1234-5678"],
    "ANSWERED_NUMBERS": ["0120529528", "+81120529528、+815012345678", "+81120529528;+815012345678", ","],
    "MAIL_FROM": ["no-reply", "Desk <no-reply@example.jp>", "no-reply@example", "no-reply＠example.jp"],
    "ALARM_TO": ["somebody", "a@example.jp;b@example.jp", "a＠example.jp"],
    "WAIT_CEILING_MINUTES": [
        "３０",
        "1e3",
        "1_0",
        "+5",
        "-1",
        "0x10",
        "30m",
        "1,5",
        "٣",
        ".5",
        "5.",
        "999999999",
        "nan",
    ],
    "QUEUE_AT_LEAST": ["５", "5.0", "1_0", "+5", "five", "1e1", "5人", "٥", "99999999999999999999", "-0"],
    "CALL_NUMBER_DAYS": ["3０", "1000000"],
    "PHONE_RECORD_YEARS": ["２", "0", "2.5", "2年", "9999"],
    "SHOW_LISTENING": ["true", "1", "ON", "ｏｎ", "yes"],
}
ONLY_FOR_A_TRIAL = {
    "SECRET_KEY": [
        "short",
        "x" * 40,
        "0123456789abcdef" * 4,
        "please-change-me-please-change-it-now!",
        "ab" * 32,
        "your-secret-key-here-1234567890-abcdef",
        "12345678901234567890123456789012",
    ],
    "FIELD_KEYS": [
        "k1:" + "A" * 43,
        "k1:" + "_" * 42 + "8",
        "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        f"k2:{GOOD_KEY},k1:" + "A" * 43,
    ],
    "PUBLIC_BASE_URL": ["http://line.example.jp", "http://127.0.0.1.example.jp"],
    "TWILIO_API_URL": ["http://api.twilio.com"],
    "FALLBACK_URL": ["http://handler.twilio.com/x"],
    "TWILIO_ACCOUNT_SID": ["AC123", "SK" + "1" * 32, "AC" + "１" * 32],
    "TWILIO_AUTH_TOKEN": ["short", "1" * 32, "a token with spaces in it", "newer-token-of-line,short"],
    "TWILIO_API_KEY": ["AC" + "1" * 32, "SK1"],
    "TWILIO_API_SECRET": ["short", "a secret with spaces"],
}


def each(values: dict[str, list[str]]) -> list[object]:
    """Return every pair of *values* as a case of its own."""
    return [pytest.param(name, one, id=f"{name}={one}") for name, several in values.items() for one in several]


def tells_nothing(sentence: str, name: str, value: str) -> bool:
    """Return whether *sentence* names the variable, in one line, and repeats no secret."""
    secret = name in {"SECRET_KEY", "FIELD_KEYS", "TWILIO_AUTH_TOKEN", "SMTP_URL", "DATABASE_URL", "REDIS_URL"}
    told = secret and not value.endswith("/") and f" {value}" in sentence
    return name in sentence and "\n" not in sentence and not told


@pytest.mark.parametrize("name, value", each(WRONG))
def test_a_wrong_value_is_refused_by_the_name_of_its_variable_and_not_repeated(
    name: str, value: str, tmp_path: Path
) -> None:
    assert tells_nothing(refusal(PRODUCTION | {name: value}, tmp_path), name, value)
    trial = {"CALLCENTER_ENV": "development"} | {name: value}
    assert tells_nothing(refusal(trial, tmp_path), name, value)


@pytest.mark.parametrize("name, value", each(ONLY_FOR_A_TRIAL))
def test_what_does_for_a_trial_is_refused_in_production(name: str, value: str, tmp_path: Path) -> None:
    pair = {"TWILIO_API_KEY": "SK" + "1" * 32, "TWILIO_API_SECRET": "api-secret-of-line"}
    given = PRODUCTION | pair | {name: value}
    assert tells_nothing(refusal(given, tmp_path), name, value)
    doubts = Settings.from_env(given | {"CALLCENTER_ENV": "development"}, tmp_path).doubts
    assert name.endswith("_URL") or [name] == [one.partition(" ")[0] for one in doubts]


def test_a_key_without_its_secret_is_refused(tmp_path: Path) -> None:
    for alone in ({"TWILIO_API_KEY": "SK" + "1" * 32}, {"TWILIO_API_SECRET": "api-secret-of-line"}):
        assert "TWILIO_API_KEY and TWILIO_API_SECRET must be set together" in refusal(PRODUCTION | alone, tmp_path)


@pytest.mark.parametrize(
    "marks", ['""', "''", "“”", "「」", "\ufeff\ufeff", "\u200b\u200b", "\x00\x00", "\udce3\udce3"]
)
@pytest.mark.parametrize("name", [one.name for one in EVERY])
def test_no_value_may_have_quotes_or_unseen_marks_around_it(name: str, marks: str, tmp_path: Path) -> None:
    good = PRODUCTION.get(name) or next(one.shown for one in EVERY if one.name == name)
    given = PRODUCTION | {name: f"{marks[0]}{good}{marks[1]}"}
    assert name in refusal(given, tmp_path)


@pytest.mark.parametrize(
    "name, value",
    [
        ("DATABASE_URL", "sqlite:////srv/x.db"),
        ("DATABASE_URL", "postgresql:///callcenter"),
        ("DATABASE_URL", "postgresql:///callcenter?host=/run/postgresql"),
        ("DATABASE_URL", "postgresql+psycopg://user:p%40ss@[::1]:5432/x"),
        ("REDIS_URL", "redis://:word@localhost:6379/0"),
        ("REDIS_URL", "unix:///run/redis.sock"),
        ("REDIS_URL", "rediss://redis.example.jp"),
        ("PUBLIC_BASE_URL", "https://LINE.example.jp:8443/"),
        ("PUBLIC_BASE_URL", "http://127.0.0.1:8000"),
        ("FIELD_KEYS", f"k2:{GOOD_KEY}="),
        ("WAIT_CEILING_MINUTES", "0.5"),
        ("QUEUE_AT_LEAST", " 7 "),
        ("ANSWERED_NUMBERS", "+81120529528, +815012345678"),
        ("SERVICE_NAME", "みんなの「相談」窓口"),
    ],
)
def test_right_values_in_every_form_are_taken(name: str, value: str, tmp_path: Path) -> None:
    Settings.from_env(PRODUCTION | {name: value}, tmp_path)
