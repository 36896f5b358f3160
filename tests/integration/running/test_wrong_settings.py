"""No command and no server begins with a setting that cannot be right; one sentence names the variable."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

import wsgi
from tests.desk import ROOT, environment_of_the_test

EACH_COMMAND = [
    ("doctor",),
    ("hours", "at", "2026-11-26T14:00", "--json"),
    ("migrate",),
    ("audit", "verify"),
    ("keys", "rotate"),
    ("cases", "search", "みなと", "--json"),
    ("staff", "status", "tanto01", "away"),
    ("twilio", "setup"),
    ("export-fallback", "-"),
    ("seed-demo",),
    ("retention",),
    ("work",),
    ("run",),
]
WRONG_SETTINGS = {
    "FIELD_KEYS": "k1:" + "A" * 43,
    "SECRET_KEY": "short",
    "DATABASE_URL": "mysql://db.example.jp/callcenter",
    "REDIS_URL": "localhost:6379",
    "QUEUE_AT_LEAST": "５",
    "CALLCENTER_ENV": '"production"',
}


@pytest.fixture
def in_production(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Set the environment of a production; return what changes it."""
    for name, value in environment_of_the_test(sqlite_url).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize("name", WRONG_SETTINGS)
@pytest.mark.parametrize("words", EACH_COMMAND, ids=" ".join)
def test_no_command_begins_with_a_wrong_setting(
    words: tuple[str, ...], name: str, in_production: pytest.MonkeyPatch
) -> None:
    in_production.setenv(name, WRONG_SETTINGS[name])
    result = CliRunner().invoke(wsgi.cli, words)
    assert (result.exit_code, name in result.output, len(result.output.splitlines())) == (1, True, 1), result.output


def test_help_is_given_whatever_the_settings_are(in_production: pytest.MonkeyPatch) -> None:
    in_production.setenv("SECRET_KEY", "short")
    for words in (["--help"], ["doctor", "--help"], ["hours", "at", "-h"]):
        assert CliRunner().invoke(wsgi.cli, words).exit_code == 0


@pytest.mark.parametrize("more, status", [(["--preload"], 1), ([], 4)])
def test_the_web_server_ends_at_a_wrong_setting_with_one_sentence(
    more: list[str], status: int, in_production: pytest.MonkeyPatch
) -> None:
    in_production.setenv("QUEUE_AT_LEAST", "５")
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "wsgi:web()",
        "--bind",
        "127.0.0.1:0",
        "--log-level",
        "critical",
        *more,
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == status
    assert "QUEUE_AT_LEAST must be a number" in ended.stderr
    assert "Traceback" not in ended.stderr
