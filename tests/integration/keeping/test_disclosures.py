"""A copy of a case for its subject: what is in it, who may make it, and what stays behind of it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from callcenter.cli.commands import build
from callcenter.domain.staff.roles import Role
from callcenter.models.base import new_id
from callcenter.models.cases.casework import CaseExport
from callcenter.models.members.accounts import MemberJoin
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from tests.desk import ORIGIN
from tests.integration.cases.test_case_pages import family
from tests.integration.consoles import Console, Seat
from tests.integration.keeping.letters import Writing, consultation, registered, reply


@pytest.fixture
def boss(desk: Console) -> Seat:
    """A supervisor who has just shown who they are."""
    boss = desk.seat("tokatsu", role=Role.SUPERVISOR)
    with boss.client.session_transaction(base_url=ORIGIN) as cookie:
        cookie["proven_at"] = time.time()
    return boss


def made(boss: Seat, case_id: str, kind: str, **fields: str) -> bytes:
    boss.opens(f"/console/cases/{case_id}/disclosure")
    answer = boss.sends(f"/console/cases/{case_id}/disclosure", fields, script=False, kind=kind, reason="請求 第1号")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    body: bytes = answer.data
    return body


def test_the_son_gets_his_own_words_and_learns_nothing_of_his_mother(desk: Console, seat: Seat, boss: Seat) -> None:
    case_id, *_ = family(desk, seat)
    copy = json.loads(made(boss, case_id, "json"))
    text = json.dumps(copy, ensure_ascii=False)
    assert "図書館まで行けた" in text
    for theirs in ("夜に泣いていた", "母", "担当07"):
        assert theirs not in text
    assert sum("電話" in section["title"] for section in copy["sections"]) == 1
    staff = next(part for section in copy["sections"] for part in section["parts"] if part["label"] == "相談員")
    assert staff == {"label": "相談員", "text": None, "redacted": True, "reason": "職員の情報"}
    assert made(boss, case_id, "pdf").startswith(b"%PDF-")


def test_the_mother_gets_hers(desk: Console, seat: Seat, boss: Seat) -> None:
    case_id, _, mother = family(desk, seat)
    text = made(boss, case_id, "json", person=mother).decode()
    assert "夜に泣いていた" in text
    assert "図書館まで行けた" not in text


def test_a_supervisor_sees_every_part_with_what_is_proposed_and_decides(desk: Console, seat: Seat, boss: Seat) -> None:
    case_id, *_ = family(desk, seat)
    page = boss.opens(f"/console/cases/{case_id}/disclosure")
    assert "夜に泣いていた" in page.words
    hers = re.findall(r'name="(mark-\w+-story)" value="leave_out" checked', page.response.text)
    assert len(hers) == 1
    copy = made(boss, case_id, "json", **{hers[0]: "give"}, phrases="図書館").decode()
    assert "夜に泣いていた" in copy
    assert "■■■まで行けた" in copy


def test_every_copy_is_noted_with_its_reason_before_anybody_has_it(desk: Console, seat: Seat, boss: Seat) -> None:
    case_id, *_ = family(desk, seat)
    missing = boss.opens(f"/console/cases/{case_id}/disclosure")
    assert missing.status == 200
    refused = boss.sends(f"/console/cases/{case_id}/disclosure", script=False, kind="pdf", phrases="図書館")
    assert refused.status_code == 422
    assert "図書館</textarea>" in refused.text
    made(boss, case_id, "review")
    with desk.work() as session:
        kept = session.scalars(select(CaseExport)).one()
        assert (kept.format, kept.by_id, kept.reason) == ("review", boss.staff_id, "請求 第1号")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "case.export")).one()
        assert entry.facts["digest"] == kept.digest
        assert "請求" not in str(entry.facts)


def test_only_a_supervisor_who_has_shown_who_they_are_makes_one(desk: Console, seat: Seat) -> None:
    case_id, *_ = family(desk, seat)
    path = f"/console/cases/{case_id}/disclosure"
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        assert desk.seat(role.value, role=role).get(path).status_code == 403
    assert seat.get(path).status_code == 403
    unproven = desk.seat("tokatsu2", role=Role.SUPERVISOR)
    for answer in (unproven.get(path), unproven.sends(path, script=False, kind="pdf", reason="x")):
        assert answer.status_code == 303
        assert "/staff/prove" in answer.location


def test_a_proof_that_was_long_ago_is_asked_for_again_and_what_was_decided_is_kept(
    desk: Console, seat: Seat, boss: Seat
) -> None:
    case_id, *_ = family(desk, seat)
    path = f"/console/cases/{case_id}/disclosure"
    page = boss.opens(path)
    with boss.client.session_transaction(base_url=ORIGIN) as cookie:
        cookie["proven_at"] = time.time() - 11 * 60
    asked = boss.sends(path, script=False, kind="json", reason="請求 第3号", phrases="図書館")
    assert (asked.status_code, "Content-Disposition" in asked.headers) == (422, False)
    assert "/staff/prove" in asked.text
    assert "図書館まで行けた" in page.words
    assert "図書館まで行けた" not in asked.text
    kept = dict(re.findall(r'<input type="hidden" name="(kind|reason|phrases)" value="([^"]*)">', asked.text))
    assert kept == {"kind": "json", "reason": "請求 第3号", "phrases": "図書館"}
    with desk.work() as session:
        assert session.scalars(select(CaseExport)).all() == []
    with boss.client.session_transaction(base_url=ORIGIN) as cookie:
        cookie["proven_at"] = time.time()
    assert "attachment" in boss.sends(path, script=False, **kept).headers["Content-Disposition"]


def test_the_operator_makes_one_that_a_supervisor_answers_for(
    desk: Console, seat: Seat, boss: Seat, tmp_path: Path
) -> None:
    case_id, *_ = family(desk, seat)
    cli = build(settings=lambda: desk.settings, app=lambda: desk.app, run=lambda **_: 0)
    pdf, copy = tmp_path / "copy.pdf", tmp_path / "copy.json"

    def runs(*more: str, login: str = "tokatsu") -> tuple[int, str]:
        words = ["cases", "export", case_id, "--by", login, "--reason", "請求 第2号", *more]
        result = CliRunner().invoke(cli, words)
        return result.exit_code, result.output

    assert runs()[0] == 2
    assert runs("--json", str(copy), login="tanto07")[0] == 1
    code, said = runs("--pdf", str(pdf), "--json", str(copy))
    assert (code, "を除きました" in said) == (0, True)
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert pdf.stat().st_mode & 0o077 == 0
    assert "夜に泣いていた" not in copy.read_text("utf-8")
    assert runs("--json", str(copy))[0] == 1  # nothing is overwritten


def test_the_letters_of_whoever_is_joined_to_the_case_are_theirs_alone(desk: Console, seat: Seat, boss: Seat) -> None:
    case_id, son, mother = family(desk, seat)
    with desk.work() as session:
        now, by = desk.clock.now(), session.get_one(Staff, seat.staff_id)
        for person, text in ((son, "息子が書いた相談"), (mother, "お母さんが書いた相談")):
            said = Writing(f"N{new_id()[-8:].upper()}", text=text, reply=f"{text}への返信")
            one = registered(session, 5, said, now)
            reply(session, consultation(session, one, 4, said, now), by, 3, said, now)
            session.add(
                MemberJoin(
                    id=new_id(), member_id=one.id, person_id=person, consent="written", joined_at=now, joined_by=by.id
                )
            )
    copy = json.loads(made(boss, case_id, "json"))
    labels = [
        part["label"] for section in copy["sections"] for part in section["parts"] if section["title"].endswith("の文")
    ]
    assert labels == ["件名", "2026年11月21日(土) いただいた相談", "2026年11月22日(日) お送りした返信"]
    text = json.dumps(copy, ensure_ascii=False)
    assert "息子が書いた相談への返信" in text
    assert "お母さんが書いた相談" not in text
    assert "お母さんが書いた相談への返信" in made(boss, case_id, "json", person=mother).decode()
