"""The environment is read once, checked as a whole, and tells nobody's number, address or secret."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import timedelta
from pathlib import Path

import pytest

from callcenter.domain.policy import Policy
from callcenter.settings import Settings, SettingsWrong
from callcenter.variables import MADE_UP, REQUIRED_IN_PRODUCTION, SECTIONS

PRODUCTION = {
    "CALLCENTER_ENV": "production",
    "DATABASE_URL": "postgresql://db.example.jp/callcenter",
    "SECRET_KEY": "sign-with-this",
    "FIELD_KEYS": "k1:c2VhbC13aXRoLXRoaXM=",
    "PUBLIC_BASE_URL": "https://line.example.jp/",
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "newer-token, older-token",
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
    assert settings.auth_tokens == ("newer-token", "older-token")
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
    shown = repr(Settings.from_env(PRODUCTION | {"TWILIO_API_SECRET": "api-secret"}, tmp_path))
    hidden = ("sign-with-this", "c2VhbC13", "newer-token", "older-token", "mail-password", "api-secret")
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
