"""The page about which members are deleted when, the night's work and the commands; nowhere a number or an address."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, select

from callcenter.adapters import checkup
from callcenter.cli.commands import build
from callcenter.domain.staff.roles import Role
from callcenter.jobs import worker
from callcenter.jobs.night import members as night
from callcenter.models.base import db
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.members.accounts import Farewell, Member, MemberHold
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import nightly
from tests.integration.consoles import Console, Seat
from tests.integration.keeping.letters import Writing, consultation, registered, reply

TONIGHT = datetime.fromisoformat("2026-11-26T03:10+09:00")
WRITING = Writing()
PAGE = "/admin/retention/members"


@pytest.fixture
def boss(desk: Console) -> Seat:
    return desk.seat("tokatsu", role=Role.SUPERVISOR)


@pytest.fixture
def old(desk: Console, boss: Seat) -> str:
    """A member whose last consultation was answered years ago; their id."""
    with desk.work() as session:
        now, by = desk.clock.now(), session.get_one(Staff, boss.staff_id)
        member = registered(session, 900, WRITING, now)
        reply(session, consultation(session, member, 800, WRITING, now), by, 800, WRITING, now)
        return member.id


def left(desk: Console) -> set[str]:
    with desk.work() as session:
        return set(session.scalars(select(Member.id)))


def named(text: str) -> list[str]:
    """What of a member stands in a text."""
    said = (WRITING.number, "K7M-2QX-9PA", WRITING.nickname, WRITING.address, WRITING.text, WRITING.reply)
    return [one for one in said if one in text]


# ------------------------------------------------------------------ the page


def test_the_page_says_who_goes_tonight_and_names_nobody(desk: Console, boss: Seat, old: str) -> None:
    with desk.work() as session:
        soon = registered(session, 715, now=desk.clock.now()).id
        waits = registered(session, 900, now=desk.clock.now())
        consultation(session, waits, 800, now=desk.clock.now())
    page = boss.opens(PAGE)
    assert "最後の相談から2年" in page.words
    assert all(one[-8:] in page.words for one in (old, soon, waits.id))
    assert "返事をしていない相談がある" in page.words
    assert "登録だけ" in page.words
    assert named(page.response.text) == []
    chief = desk.seat("kanri", role=Role.ADMINISTRATOR).opens(PAGE)
    assert old[-8:] in chief.words
    assert f"{PAGE}/hold/{old}" not in chief.links
    assert PAGE in boss.opens("/admin/retention").links


def test_an_empty_page_says_what_will_stand_there(boss: Seat) -> None:
    words = boss.opens(PAGE).words
    assert "今夜消えるものは、ありません。" in words
    assert "これからの30日に消えるものは、ありません。" in words
    assert "延長しているものは、ありません。" in words


def test_a_supervisor_holds_a_member_with_reason_and_day_and_lifts_again(desk: Console, boss: Seat, old: str) -> None:
    path = f"{PAGE}/hold/{old}"
    assert path in boss.opens(PAGE).links
    refused = boss.sends(path, script=False, reason="disclosure", until="2026-13-40", note="請求があった")
    assert refused.status_code == 422
    assert "いつまで残すかを" in refused.text
    assert "請求があった" in refused.text
    assert "残す理由を、一覧から選んでください。" in boss.sends(path, script=False, note="x").text
    gone = boss.sends(f"{PAGE}/hold/nobody", script=False, reason="legal", until="2027-01-31", note="x")
    assert "その利用者は見つかりません。" in gone.text
    boss.sends(path, script=False, reason="disclosure", until="2027-01-31", note="請求があった")
    page = boss.opens(PAGE)
    assert "開示・訂正などの請求を受けている(請求があった)" in page.words
    assert path not in page.links
    chief = desk.seat("kanri", role=Role.ADMINISTRATOR)
    assert "請求があった" not in chief.opens(PAGE).words
    assert chief.sends(path, script=False).status_code == 403
    lift = re.search(rf'action="({PAGE}/lift/\w+)"', page.response.text)
    assert lift is not None
    boss.sends(lift.group(1), script=False)
    with desk.work() as session:
        assert session.scalars(select(MemberHold)).one().lifted_by == boss.staff_id


def test_the_proof_tells_the_auditor_what_went(desk: Console, old: str) -> None:
    desk.line.at(TONIGHT)
    with desk.app.app_context():
        night.delete_due(lambda _: False)
    words = desk.seat("kansa", role=Role.AUDITOR).opens("/admin/purges").words
    assert "メール相談の登録と記録" in words
    assert "メール相談の登録と記録を消した" in desk.seat("kansa2", role=Role.AUDITOR).opens("/admin/trail").words


# ------------------------------------------------------------------ the night


def test_the_night_deletes_once_tells_who_is_next_and_says_how_much(desk: Console, boss: Seat, old: str) -> None:
    with desk.work() as session:
        next_one = registered(session, 715, now=desk.clock.now()).id
    with desk.app.app_context():
        night.delete_due(lambda _: False)  # by day nothing happens
    assert left(desk) == {old, next_one}
    desk.line.at(TONIGHT)
    with desk.app.app_context():
        night.delete_due(lambda _: False)
        night.delete_due(lambda _: False)
    assert left(desk) == {next_one}
    with desk.work() as session:
        run = nightly.latest(session, nightly.MEMBERS)
        assert run is not None
        assert (run.result, run.removed) == ("done", 1)
        mails = [one.facts["kind"] for one in session.scalars(select(OutboxMessage)) if one.topic == "member_mail"]
        assert sorted(mails) == ["farewell", "warning"]
    assert "1 人を消しました" in boss.opens(PAGE).words


def test_nobody_is_told_where_the_operator_does_not_want_it(sqlite_url: str) -> None:
    desk = Console(sqlite_url, WARN_MEMBERS="off")
    with desk.work() as session:
        one = registered(session, 715, now=desk.clock.now()).id
    desk.line.at(TONIGHT)
    with desk.app.app_context():
        night.delete_due(lambda _: False)
    with desk.work() as session:
        assert session.get_one(Member, one).warned_on is None
    desk.close()


def test_a_night_that_was_stopped_goes_on_where_it_was(
    desk: Console, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.work() as session:
        registered(session, 900, now=desk.clock.now())
    monkeypatch.setattr("callcenter.services.keeping.inactivity.AT_ONCE", 1)
    desk.line.at(TONIGHT)
    with desk.app.app_context():
        night.delete_due(lambda _: True)  # told to stop after the first
    assert len(left(desk)) == 1
    desk.line.at(TONIGHT + timedelta(minutes=11))
    with desk.app.app_context():
        night.delete_due(lambda _: False)
    assert left(desk) == set()


def test_after_the_night_the_file_holds_nothing_of_who_went(desk: Console, old: str) -> None:
    desk.line.at(TONIGHT)
    with desk.app.app_context():
        night.delete_due(lambda _: False)
        path = Path(str(make_url(str(db.engine.url)).database))
    stored = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    assert [one for one in (WRITING.nickname, WRITING.address, WRITING.text) if one.encode() in stored] == []


def test_the_worker_forgets_an_address_a_day_after_its_mail(desk: Console, old: str) -> None:
    desk.line.at(TONIGHT)
    with desk.app.app_context():
        night.delete_due(lambda _: False)
        desk.line.at(TONIGHT + timedelta(hours=24))
        worker.forget()
        assert kept(desk) == 1
        desk.line.at(TONIGHT + timedelta(hours=31))
        worker.forget()
    assert kept(desk) == 0


def kept(desk: Console) -> int:
    with desk.work() as session:
        return len(session.scalars(select(Farewell)).all())


# ------------------------------------------------------------------ the commands


def test_the_commands_list_members_and_delete_who_is_due(desk: Console, old: str) -> None:
    cli = build(settings=lambda: desk.settings, app=lambda: desk.app, run=lambda **_: 0)
    with desk.work() as session:
        new = registered(session, 3, now=desk.clock.now()).id

    def runs(*words: str) -> str:
        result = CliRunner().invoke(cli, ["members", *words])
        assert result.exit_code == 0, result.output
        assert named(result.output) == []
        return result.output

    listed = json.loads(runs("list", "--json"))
    assert [list(row) for row in listed] == [["member", "registered_on", "last_sent_on", "state"]] * 2
    assert [(row["member"], row["state"]) for row in listed] == [(old, "due"), (new, "registered")]
    assert "2人が登録しています。" in runs("list")
    rows = json.loads(runs("purge", "--on", "2026-11-25", "--dry-run", "--json"))
    assert [list(row) for row in rows] == [["member", "last_sent_on", "due_on", "held"]]
    assert (rows[0]["member"], rows[0]["last_sent_on"], rows[0]["held"]) == (old, "2024-09-16", None)
    assert rows[0]["due_on"] == "2026-09-17"
    ahead = json.loads(runs("purge", "--on", "2030-01-01", "--dry-run", "--json"))
    assert [row["member"] for row in ahead] == [old, new]
    assert json.loads(runs("purge", "--on", "2026-09-16", "--dry-run", "--json")) == []
    assert "0人を消しました" in runs("purge", "--on", "2026-09-16")
    assert left(desk) == {old, new}
    assert json.loads(runs("purge", "--on", "2026-11-25", "--json"))[0]["member"] == old
    assert left(desk) == {new}
    assert "0人を消しました" in runs("purge")


def test_days_to_come_need_a_dry_run_and_no_day_is_a_question_that_cannot_be_read(desk: Console, old: str) -> None:
    cli = build(settings=lambda: desk.settings, app=lambda: desk.app, run=lambda **_: 0)
    ahead = CliRunner().invoke(cli, ["members", "purge", "--on", "2030-01-01"])
    assert ahead.exit_code == 1
    assert "--dry-run" in ahead.output
    for wrong in ("x", "2026-02-30", "20300101T", ""):
        assert CliRunner().invoke(cli, ["members", "purge", "--on", wrong, "--dry-run"]).exit_code == 2
    assert left(desk) == {old}


def test_who_is_held_is_listed_with_the_reason_and_stays(desk: Console, boss: Seat, old: str) -> None:
    boss.sends(f"{PAGE}/hold/{old}", script=False, reason="legal", until="2027-01-31", note="x")
    cli = build(settings=lambda: desk.settings, app=lambda: desk.app, run=lambda **_: 0)
    found = CliRunner().invoke(cli, ["members", "purge", "--json"])
    assert [row["held"] for row in json.loads(found.output)] == ["hold"]
    assert "保存を延長しています" in CliRunner().invoke(cli, ["members", "purge", "--dry-run"]).output
    assert left(desk) == {old}


def test_the_operator_is_told_when_no_night_deleted_anybody_for_days(desk: Console, old: str) -> None:
    assert checkup.members(None, TONIGHT.date()).well
    desk.line.at(TONIGHT)
    with desk.app.app_context():
        night.delete_due(lambda _: False)
    with desk.work() as session:
        run = nightly.latest(session, nightly.MEMBERS)
        found = [checkup.members(run, TONIGHT.date() + timedelta(days=days)) for days in (0, 3, 4)]
    assert [one.well for one in found] == [True, True, False]
    assert found[0].sentence == "前回の夜に、2年ご相談のない登録を1人消しました。"
    assert "worker をご確認ください" in found[2].sentence
