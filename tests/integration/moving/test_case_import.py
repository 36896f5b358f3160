"""Moving in from a table: every mistake is told by its row, and either all of it is written or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import wsgi
from callcenter.crypto import KeyRing
from callcenter.models.base import db
from callcenter.models.cases.cases import Case, Nickname
from callcenter.models.engines import connect
from callcenter.models.keys import lend_ring
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.moving import case_import
from callcenter.services.names.nickname_search import search
from callcenter.services.trail import audit
from callcenter.services.trail.audit import OPERATOR
from tests.desk import FIELD_KEYS
from tests.integration.people import NOW

HEAD = "nickname,reading,relation,age_band,prefecture,municipality,opened_on,last_contact_on,summary\n"
GOOD = (
    HEAD
    + "ミナト,,本人,20–24,東京都,131032,2026-04-01,2026-11-02,図書館に行ける日がある。\n"
    + 'ミナトさんの母,みなとさんのはは,母,50-54,東京,,2026/4/1,2026/11/9,"先に話すのは,息子のこと。"\n'
    + "港,みなと,本人,37,,,,,\n"
)
BAD = (
    HEAD
    + ",,本人,,,,,,\n"
    + "みお,,お隣さん,だいたい30,江戸,港町,2026-13-01,2027-01-01,\n"
    + "ゆき,,本人,,北海道,131032,2026-05-01,2026-04-01,内緒の話\n"
)
Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``callcenter cases import`` with a file of these bytes and the words given."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("FIELD_KEYS", FIELD_KEYS)
    monkeypatch.setenv("SECRET_KEY", "secret of the tests")

    def run(content: str | bytes, *words: str) -> Result:
        file = tmp_path / "cases.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        result = CliRunner().invoke(wsgi.cli, ("cases", "import", str(file), *words))
        with wsgi.web().app_context():
            db.engine.dispose()
        return result

    return run


@pytest.fixture
def there(sqlite_url: str) -> Callable[[], Session]:
    """Open the database that the command wrote to."""

    def there() -> Session:
        session = Session(connect(sqlite_url))
        lend_ring(session, KeyRing.parse(FIELD_KEYS))
        return session

    return there


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Case)) or 0


def test_every_row_becomes_a_case_that_is_found_by_its_name(run: Run, there: Callable[[], Session]) -> None:
    result = run(GOOD)
    assert (result.exit_code, result.output) == (0, "3件を取りこみました。\n")
    with there() as session:
        son, harbour, mother = search(session, "みなと")
        assert (son.nickname, son.relation, son.age_band, son.prefecture) == ("ミナト", "self", "20_24", "13")
        assert (harbour.nickname, harbour.reason, harbour.age_band) == ("港", "読みが同じ", "35_39")
        assert (mother.relation, mother.last_contact_on, mother.prefecture) == ("mother", date(2026, 11, 9), "13")
        case = session.get_one(Case, son.case_id)
        assert (case.people[0].before, case.municipality) == ("図書館に行ける日がある。", "131032")
        assert (case.opened_on, case.last_contact_on) == (date(2026, 4, 1), date(2026, 11, 2))
        assert session.get_one(Case, mother.case_id).people[0].before == "先に話すのは,息子のこと。"
        assert search(session, "みなも")[0].reason == "1字違い"
        trail = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
        assert trail == ["case.open"] * 3 + ["case.import"]
        assert audit.verify(session) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_other_encodings_of_a_spreadsheet_are_read(run: Run, there: Callable[[], Session], encoding: str) -> None:
    assert run(GOOD.replace("–", "-").replace("\n", "\r\n").encode(encoding)).exit_code == 0
    with there() as session:
        assert search(session, "ミナト")[0].nickname == "ミナト"


def test_a_dry_run_says_what_would_be_and_writes_nothing(run: Run, there: Callable[[], Session]) -> None:
    result = run(GOOD, "--dry-run")
    assert (result.exit_code, result.output) == (0, "3件を取りこめます。まだ、何も書いていません。\n")
    with there() as session:
        assert count(session) == 0
        assert session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_every_mistake_of_every_row_is_told_and_nothing_is_written(
    run: Run, there: Callable[[], Session], words: tuple[str, ...]
) -> None:
    result = run(BAD, *words)
    told = [line.partition(":")[0] for line in result.output.splitlines()]
    assert result.exit_code == 1
    assert told[:-1] == [
        "2行目の nickname",
        "3行目の prefecture",
        "3行目の municipality",
        "3行目の opened_on",
        "3行目の last_contact_on",
        "3行目の relation",
        "3行目の age_band",
        "4行目の municipality",
        "4行目の last_contact_on",
    ]
    assert "9か所" in result.output
    for text in ("みお", "お隣", "だいたい", "江戸", "港町", "内緒", "ゆき"):
        assert text not in result.output
    with there() as session:
        assert count(session) == 0


@pytest.mark.parametrize("column", ["relation", "age_band", "prefecture", "municipality", "opened_on"])
def test_an_endless_cell_is_a_mistake_of_its_row(run: Run, column: str) -> None:
    result = run(f"nickname,{column}\nみお,{'あ' * 5_000}\n")
    assert result.exit_code == 1
    assert f"2行目の {column}" in result.output


def test_mistakes_and_success_are_told_to_programs_too(run: Run) -> None:
    wrong = run(BAD, "--json")
    errors = json.loads(wrong.stdout)["errors"]
    assert (wrong.exit_code, len(errors), errors[0]["row"], errors[0]["column"]) == (1, 9, 2, "nickname")
    assert json.loads(run(GOOD, "--json").stdout) == {"cases": 3, "written": True, "errors": []}


@pytest.mark.parametrize("content", [b"", HEAD.encode(), b"\x89PNG\r\n\xff\xff\x80", b"name\nx\n", b'nickname\n"x\n'])
def test_a_file_that_is_no_table_is_refused_in_one_sentence(run: Run, content: bytes) -> None:
    result = run(content)
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 2
    assert "ください" in result.output


def test_the_same_file_is_not_taken_twice_unless_it_is_meant(run: Run, there: Callable[[], Session]) -> None:
    run(GOOD)
    second = run(GOOD)
    assert (second.exit_code, "前に取りこみました" in second.output) == (1, True)
    assert run(GOOD, "--again").exit_code == 0
    with there() as session:
        assert count(session) == 6


def test_records_beyond_their_time_are_named_before_they_go(run: Run) -> None:
    result = run(HEAD + "ミナト,,本人,,,,2020-04-01,2021-11-02,\n")
    assert "1件は、保存の期間を過ぎています" in result.output


def test_a_failure_in_the_midst_leaves_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    many = HEAD + "".join(f"みなと{number},,本人,,,,,,\n" for number in range(600))
    found = case_import.read(many.encode(), today=date(2026, 11, 20))
    steps: list[int] = []

    def step(more: int) -> None:
        steps.append(more)
        if len(steps) == 2:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        case_import.write(session, found, by=OPERATOR, now=NOW, done=step)
    session.rollback()
    assert steps == [500, 100]
    assert session.scalar(select(func.count()).select_from(Nickname)) == 0
    case_import.write(session, found, by=OPERATOR, now=NOW)
    session.commit()
    assert len(search(session, "みなと7")) == 20
