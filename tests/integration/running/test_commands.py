"""The operator's commands, run as a process would run them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

import wsgi
from callcenter.adapters.clock import WallClock
from callcenter.domain.duty.presence import Work
from callcenter.models.base import db
from callcenter.models.calendar import HolidayRow
from callcenter.models.calls.calls import Presence
from callcenter.models.engines import connect
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import heartbeats
from tests import chance
from tests.desk import FIELD_KEYS

Run = Callable[..., Result]
FRIDAY = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture
def run(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``callcenter`` with the words given, on a database of its own."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("FIELD_KEYS", FIELD_KEYS)
    monkeypatch.setenv("SECRET_KEY", "secret of the tests")
    monkeypatch.setattr(WallClock, "now", lambda _: FRIDAY)  # a day that is over cannot be closed

    def run(*words: str, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(wsgi.cli, words, input=stdin)
        app = wsgi.web()
        with app.app_context():
            db.engine.dispose()
        return result

    return run


def lines(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


VECTORS = [
    ("2026-11-20T09:59:59", False, "before_opening", None, "2026-11-20T10:00:00+09:00"),
    ("2026-11-20T10:00:00", True, "open", None, None),
    ("2026-11-20T16:59:59", True, "open", None, None),
    ("2026-11-20T17:00:00", False, "after_closing", None, "2026-11-24T10:00:00+09:00"),
    ("2026-11-23T12:00:00", False, "holiday", "勤労感謝の日", "2026-11-24T10:00:00+09:00"),
    ("2026-12-28T17:00:00", False, "after_closing", None, "2027-01-04T10:00:00+09:00"),
    ("2027-01-01T00:00:00", False, "holiday", "元日", "2027-01-04T10:00:00+09:00"),
    ("2027-01-03T23:59:59", False, "new_year", None, "2027-01-04T10:00:00+09:00"),
    ("2027-03-22T12:00:00", False, "holiday", "振替休日", "2027-03-23T10:00:00+09:00"),
    ("2026-09-22T12:00:00", False, "holiday", "国民の休日", "2026-09-24T10:00:00+09:00"),
    ("2026-11-21T12:00:00", False, "weekend", None, "2026-11-24T10:00:00+09:00"),
]


def test_hours_answers_many_moments_in_their_order_one_line_each(run: Run) -> None:
    told = lines(run("hours", "at", *(vector[0] for vector in VECTORS), "--json"))
    keys = ("open", "reason", "holiday", "next_open")
    assert [tuple(line[key] for key in keys) for line in told] == [vector[1:] for vector in VECTORS]


def test_hours_tells_a_person_in_words(run: Run) -> None:
    told = run("hours", "at", "2026-11-20T12:00", "2026-11-21T12:00", "2026-11-23T12:00", "2026-12-28T17:00").output
    assert told.splitlines() == [
        "受付中(通常の受付)",
        "受付時間外(土曜日・日曜日)。次は2026年11月24日(火)午前10時からです。",
        "受付時間外(勤労感謝の日)。次は2026年11月24日(火)午前10時からです。",
        "受付時間外(受付終了後)。次は2027年1月4日(月)午前10時からです。",
    ]


def test_years_beyond_the_table_are_computed(run: Run) -> None:
    told = lines(run("hours", "at", "2012-05-04T12:00", "2034-05-03T12:00", "2034-05-09T12:00", "--json"))
    assert [line["reason"] for line in told] == ["holiday", "holiday", "open"]


def test_a_moment_with_a_zone_is_taken_as_it_is(run: Run) -> None:
    told = lines(run("hours", "at", "2026-11-20T01:00:00Z", "2026-11-20T10:00:00+09:00", "--json"))
    assert told[0] == told[1]
    assert told[0]["open"] is True


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01", "2026-11-20T25:00", ""])
def test_a_moment_nobody_can_read_exits_2_with_a_sentence(run: Run, moment: str) -> None:
    result = run("hours", "at", "2026-11-20T10:00", moment, "--json")
    assert result.exit_code == 2
    assert "日時は" in result.output
    assert "{" not in result.output


def test_a_special_day_from_the_command_line_closes_the_line(run: Run) -> None:
    assert run("hours", "close", "2026-11-24", "--reason", "台風の影響").exit_code == 0
    told = lines(run("hours", "at", "2026-11-24T12:00", "--json"))
    assert (told[0]["reason"], told[0]["next_open"]) == ("special", "2026-11-25T10:00:00+09:00")
    assert run("hours", "close", "2026-11-24", "--reason", "もう一度").exit_code == 1


def test_a_day_may_be_shortened(run: Run) -> None:
    assert run("hours", "close", "2026-11-24", "--from", "15:00", "--reason", "研修").exit_code == 0
    told = lines(run("hours", "at", "2026-11-24T14:59", "2026-11-24T15:00", "--json"))
    assert [line["open"] for line in told] == [True, False]


@pytest.mark.parametrize(
    "words", [("2026-11-31",), ("2026-11-24", "--from", "25:00"), ("2026-11-24", "--from", "09:00")]
)
def test_a_closing_that_makes_no_sense_is_refused_with_a_sentence(run: Run, words: tuple[str, ...]) -> None:
    result = run("hours", "close", *words, "--reason", "研修")
    assert result.exit_code in {1, 2}
    assert "Traceback" not in result.output
    assert result.output.strip()


def test_a_special_day_can_be_taken_back_and_decided_anew(run: Run) -> None:
    assert run("hours", "close", "2026-11-24", "--reason", "台風の影響").exit_code == 0
    assert run("hours", "undo", "2026-11-24").exit_code == 0
    assert run("hours", "undo", "2026-11-24").exit_code == 1
    assert lines(run("hours", "at", "2026-11-24T12:00", "--json"))[0]["open"]
    assert run("hours", "open", "2026-11-24", "--from", "18:00", "--to", "20:00").exit_code == 0
    told = lines(run("hours", "at", "2026-11-24T17:30", "2026-11-24T18:30", "--json"))
    assert [(line["open"], line["reason"]) for line in told] == [(False, "special"), (True, "special")]
    assert run("hours", "open", "2026-11-25", "--from", "20:00", "--to", "18:00").exit_code == 2


def test_an_account_is_made_once(run: Run) -> None:
    words = ("staff", "add", "hanako", "--name", "担当11", "--role", "counsellor", "--phone", "+819012345678")
    assert run(*words).exit_code == 0
    again = run(*words)
    assert again.exit_code == 1
    assert "Error" in again.output


@pytest.mark.parametrize("role", ["counsellor", "supervisor", "administrator", "auditor"])
def test_every_role_can_be_given_and_a_password_read_from_standard_input(run: Run, role: str) -> None:
    made = run(
        "staff",
        "add",
        "x-1",
        "--name",
        "担当12",
        "--role",
        role,
        "--password-stdin",
        stdin="朝のコーヒーと図書館の匂い\n",
    )
    assert made.exit_code == 0
    assert "コーヒー" not in made.output


def test_a_password_that_is_made_up_is_never_one_that_would_be_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance.brings(monkeypatch, "abcd-efgh-abcd-efgh", "k7mq-3fzr-w8pn-d5hv")
    made = run("staff", "add", "x-1", "--name", "担当12", "--role", "auditor")
    assert (made.exit_code, made.output) == (0, "x-1 を登録しました。 パスワード: k7mq-3fzr-w8pn-d5hv\n")


def test_a_short_password_is_refused_with_a_kind_sentence(run: Run) -> None:
    made = run("staff", "add", "x-1", "--name", "担当12", "--role", "auditor", "--password-stdin", stdin="short\n")
    assert made.exit_code == 1
    assert "文字" in made.output


@pytest.mark.parametrize("password", ["password1234", "hikikomori0120529528", "x-1x-1x-1x-1x-1", "担当12担当12担当12"])
def test_a_password_that_others_would_try_is_refused_on_the_command_line_too(run: Run, password: str) -> None:
    words = ("staff", "add", "x-1", "--name", "担当12", "--role", "auditor", "--password-stdin")
    made = run(*words, stdin=f"{password}\n")
    assert made.exit_code == 1
    assert "思いつかれやすい" in made.output
    assert password not in made.output


def test_a_telephone_counsellor_is_available_without_a_browser(run: Run) -> None:
    run("staff", "add", "hanako", "--name", "担当11", "--role", "counsellor", "--phone", "+819012345678")
    assert run("staff", "status", "hanako", "available").exit_code == 0
    with wsgi.web().app_context():
        row = db.session().scalars(select(Presence).join(Staff, Staff.id == Presence.staff_id)).one()
        assert row.work is Work.AVAILABLE
        db.session.remove()
        db.engine.dispose()


def test_nobody_by_that_login_has_a_state(run: Run) -> None:
    result = run("staff", "status", "nobody", "available")
    assert result.exit_code == 1
    assert "nobody" in result.output


def test_a_role_and_an_account_are_changed_taken_away_and_given_back(run: Run, sqlite_url: str) -> None:
    run("staff", "add", "hanako", "--name", "担当11", "--role", "counsellor", "--phone", "+819012345678")
    run("staff", "status", "hanako", "available")
    assert run("staff", "role", "hanako", "supervisor").output == "担当11: supervisor\n"
    assert run("staff", "deactivate", "hanako").exit_code == 0
    refused = run("staff", "status", "hanako", "available")
    assert (refused.exit_code, "このアカウントは停止中です" in refused.output) == (1, True)
    assert run("staff", "activate", "hanako").exit_code == 0
    assert run("staff", "status", "hanako", "available").output == "担当11: available\n"


def test_during_a_call_a_change_waits_and_says_so_and_force_does_not_wait(run: Run, sqlite_url: str) -> None:
    run("staff", "add", "hanako", "--name", "担当11", "--role", "counsellor", "--phone", "+819012345678")
    run("staff", "status", "hanako", "available")
    engine = connect(sqlite_url)
    with engine.begin() as connection:
        connection.execute(update(Presence).values(work=Work.WRAP_UP))
    engine.dispose()
    assert "記録を閉じたとき" in run("staff", "deactivate", "hanako").output
    assert run("staff", "deactivate", "hanako", "--force").output == "担当11: アカウントを停止しました。\n"


def test_a_forgotten_password_and_a_lost_factor_are_mended_from_the_command_line(run: Run) -> None:
    run("staff", "add", "hanako", "--name", "担当11", "--role", "administrator")
    first = run("staff", "password", "hanako")
    assert re.search(r"^担当11: はじめのパスワード (\w{4}-){3}\w{4}$", first.output)
    assert run("staff", "reset-factor", "hanako", "--reason", "lost", "--checked", "in_person").exit_code == 0
    assert run("staff", "reset-factor", "hanako", "--reason", "because", "--checked", "in_person").exit_code == 2


@pytest.mark.parametrize("words", [("role", "nobody", "auditor"), ("deactivate", "nobody"), ("activate", "nobody")])
def test_nobody_by_that_login_is_changed(run: Run, words: tuple[str, ...]) -> None:
    result = run("staff", *words)
    assert (result.exit_code, "nobody" in result.output) == (1, True)


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_who_may_not_hear_callers_never_takes_the_line(run: Run, role: str) -> None:
    run("staff", "add", "kanri9", "--name", "管理09", "--role", role, "--phone", "+819012345678")
    result = run("staff", "status", "kanri9", "available")
    assert result.exit_code == 1
    assert "役割" in result.output


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/nothing", "no address at all"])
def test_a_database_out_of_reach_is_told_in_one_sentence(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    result = CliRunner().invoke(wsgi.cli, ["hours", "at", "2026-11-24T10:00"])
    assert result.exit_code == 1
    assert "DATABASE_URL" in result.output
    assert len(result.output.splitlines()) == 1


def test_a_nickname_nobody_has_finds_an_empty_list(run: Run) -> None:
    result = run("cases", "search", "だれでもない", "--json")
    assert (result.exit_code, result.output.strip()) == (0, "[]")


def test_the_demo_is_found_by_any_spelling_of_minato(run: Run) -> None:
    assert run("seed-demo").exit_code == 0
    for spelling in ("みなと", "ミナト", "ﾐﾅﾄ", "みなとさん", "minato"):
        (found, *_) = json.loads(run("cases", "search", spelling, "--json").output)
        assert found["nickname"] == "ミナト"
        assert isinstance(found["case"], str)
        assert isinstance(found["person"], str)
        assert 0 < found["score"] <= 1


def test_a_second_seed_changes_nothing_and_says_nothing(run: Run) -> None:
    run("seed-demo")
    again = run("seed-demo")
    assert (again.exit_code, again.output) == (0, "")


def test_the_trail_of_the_demo_holds_together(run: Run) -> None:
    run("seed-demo")
    assert run("audit", "verify").exit_code == 0


def test_the_doctor_says_what_is_well(run: Run) -> None:
    result = run("doctor")
    assert "second factor: " in result.output
    assert "✓ database" in result.output
    assert "✓ holidays" in result.output


def test_the_doctor_sees_that_no_worker_is_at_work(run: Run, sqlite_url: str) -> None:
    told = run("doctor")
    assert told.exit_code == 1
    assert "✗ worker: workerが動いていません" in told.output
    engine = connect(sqlite_url)
    with Session(engine) as session, session.begin():
        now = WallClock().now()
        heartbeats.record(session, "worker", {heartbeats.LINE: now, heartbeats.ERRANDS: now})
    engine.dispose()
    assert "✓ worker" in run("doctor").output


def test_the_doctor_sees_keys_that_do_not_open_the_records(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("seed-demo")
    assert "✓ keys" in run("doctor").output
    monkeypatch.setenv("FIELD_KEYS", "test:Wm4Zc9QxN1tYv6Ua0rLkB7sHdEo2JgXf5iTpRCq8uMI")
    result = run("doctor")
    assert result.exit_code == 1
    assert "✗ keys" in result.output


def test_the_doctor_sees_a_holiday_that_the_table_lacks(run: Run, sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    with engine.begin() as connection:
        connection.execute(delete(HolidayRow).where(HolidayRow.name == "勤労感謝の日"))
    engine.dispose()
    result = run("doctor")
    assert result.exit_code == 1
    assert "✗ holidays" in result.output


def test_the_doctor_alarms_when_the_holidays_end_too_soon(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clock = tmp_path / "clock.json"
    clock.write_text(json.dumps({"real": 0, "virtual": "2027-03-01T12:00:00+09:00", "pace": 0}))
    monkeypatch.setenv("CLOCK_FILE", str(clock))
    result = run("doctor")
    assert result.exit_code == 1
    assert "✗ calendar" in result.output


def test_production_names_everything_that_is_missing_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCENTER_ENV", "production")
    result = CliRunner().invoke(wsgi.cli, ["migrate"])
    assert result.exit_code == 1
    for name in ("PUBLIC_BASE_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "CALLER_ID_NUMBER", "SMTP_URL"):
        assert name in result.output


def test_the_clock_on_the_wall_is_in_utc() -> None:
    assert WallClock().now().utcoffset() is not None


def test_the_doctor_tells_in_a_trial_what_production_would_refuse(run: Run) -> None:
    told = next(line for line in run("doctor").output.splitlines() if "settings" in line)
    assert told.startswith("△")
    assert "SECRET_KEY must be at least 32 characters" in told
    assert "FIELD_KEYS" not in told


def test_half_a_letter_or_a_mark_nobody_sees_in_an_argument_is_a_sentence_and_no_failure(run: Run) -> None:
    odd = "み\udce3\u202eなと"
    assert run("cases", "search", odd).exit_code == 0
    for words in (
        ("hours", "close", "2026-12-01", "--reason", odd),
        ("staff", "add", odd, "--name", odd, "--role", "counsellor"),
        ("staff", "add", "tanto09", "--name", "\u3164", "--role", "counsellor"),
        ("staff", "role", odd, "auditor"),
        ("retention", "hold", odd, "--until", "２０２６-１２-０１", "--reason", "other", "--note", odd),
        ("hours", "close", "2020-01-01", "--reason", "台風"),
        ("hours", "close", "2026-12-01", "--from", "24:00", "--reason", "台風"),
    ):
        result = run(*words)
        assert result.exit_code in {1, 2}, words
        assert result.output.startswith(("Error:", "Usage:")), (words, result.output)
