"""The page about what goes when, the night's work and the commands."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from callcenter.cli.commands import build
from callcenter.domain.staff.roles import Role
from callcenter.jobs.night import retention as night
from callcenter.models.cases.cases import Case
from callcenter.models.keeping.retention import RetentionHold
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import nightly
from tests.integration.consoles import Console, Seat
from tests.integration.people import draft_of, person_called, talk

TONIGHT = datetime.fromisoformat("2026-11-26T03:10+09:00")


@pytest.fixture
def boss(desk: Console) -> Seat:
    return desk.seat("tokatsu", role=Role.SUPERVISOR)


@pytest.fixture
def old(desk: Console, boss: Seat) -> str:
    """A case that nobody called about for years; its id."""
    with desk.work() as session:
        staff = session.get_one(Staff, boss.staff_id)
        person = person_called(session, "ミナト")
        person.case.created_at = desk.clock.now() - timedelta(days=900)
        talk(session, staff, person, 800)
        draft_of(session, staff, desk.clock.now() - timedelta(days=800))
        return person.case_id


def left(desk: Console) -> list[str]:
    with desk.work() as session:
        return list(session.scalars(select(Case.id).where(Case.purged_at.is_(None))))


def test_the_page_says_what_goes_tonight_and_names_nobody(desk: Console, boss: Seat, old: str) -> None:
    page = boss.opens("/admin/retention")
    assert old[-8:] in page.words
    assert f"/console/cases/{old}" in page.links
    assert "ミナト" not in page.words
    assert "電話の記録は、最後の連絡から 2 年" in page.words
    chief = desk.seat("kanri", role=Role.ADMINISTRATOR).opens("/admin/retention")
    assert old[-8:] in chief.words
    assert f"/console/cases/{old}" not in chief.links


def test_a_supervisor_holds_with_reason_and_day_and_lifts_again(desk: Console, boss: Seat, old: str) -> None:
    path = f"/admin/retention/hold/{old}"
    refused = boss.sends(path, script=False, reason="disclosure", until="2026-13-40", note="請求があった")
    assert refused.status_code == 422
    assert "いつまで残すかを" in refused.text
    assert "請求があった" in refused.text
    assert "残す理由を、一覧から選んでください。" in boss.sends(path, script=False, note="x").text
    boss.sends(path, script=False, reason="disclosure", until="2027-01-31", note="請求があった")
    page = boss.opens("/admin/retention")
    assert "開示・訂正などの請求を受けている(請求があった)" in page.words
    chief = desk.seat("kanri", role=Role.ADMINISTRATOR)
    assert "請求があった" not in chief.opens("/admin/retention").words
    assert chief.sends(path, script=False).status_code == 403
    lift = re.search(r'action="(/admin/retention/lift/\w+)"', page.response.text)
    assert lift is not None
    boss.sends(lift.group(1), script=False)
    with desk.work() as session:
        assert session.scalars(select(RetentionHold)).one().lifted_by == boss.staff_id


def test_the_night_lets_go_once_and_says_how_much(desk: Console, boss: Seat, old: str) -> None:
    with desk.app.app_context():
        night.destroy_due(lambda _: False)  # by day nothing happens
    assert left(desk) == [old]
    desk.line.at(TONIGHT)
    with desk.app.app_context():
        night.destroy_due(lambda _: False)
        night.destroy_due(lambda _: False)
    assert left(desk) == []
    with desk.work() as session:
        run = nightly.latest(session, nightly.RETENTION)
        assert run is not None
        assert (run.result, run.removed) == ("done", 2)
    assert "2 件を消しました" in boss.opens("/admin/retention").words


def test_a_night_that_was_stopped_goes_on_where_it_was(
    desk: Console, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.services.keeping.retention.AT_ONCE", 1)
    desk.line.at(TONIGHT)
    with desk.app.app_context():
        night.destroy_due(lambda _: True)  # told to stop after the first
    desk.line.at(TONIGHT + timedelta(minutes=11))
    with desk.app.app_context():
        night.destroy_due(lambda _: False)
    with desk.work() as session:
        run = nightly.latest(session, nightly.RETENTION)
        assert run is not None
        assert (run.result, run.removed) == ("done", 2)


def test_the_commands_list_hold_and_let_go(desk: Console, old: str) -> None:
    cli = build(settings=lambda: desk.settings, app=lambda: desk.app, run=lambda **_: 0)

    def runs(*words: str) -> str:
        result = CliRunner().invoke(cli, ["retention", *words])
        assert result.exit_code == 0, result.output
        return result.output

    rows = json.loads(runs("purge", "--dry-run", "--json"))
    assert [(row["kind"], row["held"]) for row in rows] == [("case", None), ("consultation", None)]
    assert rows[0]["id"] == old
    held = runs("hold", old, "--until", "2026-12-31", "--reason", "legal", "--note", "公文書の確認")
    assert json.loads(runs("purge", "--json"))[0]["held"] == "hold"
    assert left(desk) == [old]
    runs("lift", held.split()[-1])
    assert "1件を消しました" in runs("purge")
    assert left(desk) == []
    ahead = CliRunner().invoke(cli, ["retention", "purge", "--on", "2030-01-01"])
    assert ahead.exit_code == 1
    assert "--dry-run" in ahead.output
    assert CliRunner().invoke(cli, ["retention", "purge", "--on", "x"]).exit_code == 2


def test_periods_of_no_year_are_refused(tmp_path: Path) -> None:
    from callcenter.settings import Settings, SettingsWrong

    with pytest.raises(SettingsWrong, match="PHONE_RECORD_YEARS must be at least one year"):
        Settings.from_env({"PHONE_RECORD_YEARS": "0"}, tmp_path)
