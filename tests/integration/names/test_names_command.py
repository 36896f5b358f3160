"""``callcenter names reindex``, as an operator runs it, and as ``callcenter migrate`` does."""

from __future__ import annotations

import re

from sqlalchemy import update

from callcenter.domain.names.nicknames import SPELLING
from callcenter.models.cases.cases import Nickname, NicknameForm
from callcenter.models.engines import connect
from tests.integration.running.test_commands import Run, run

__all__ = ["run"]


def older_rules_spelt_every_name(database_url: str) -> None:
    engine = connect(database_url)
    with engine.begin() as connection:
        connection.execute(update(Nickname).values(spelling=SPELLING - 1))
        connection.execute(update(NicknameForm).values(spelling=SPELLING - 1))
    engine.dispose()


def test_names_of_an_older_spelling_are_told_by_the_doctor_and_indexed_anew(run: Run, sqlite_url: str) -> None:
    assert run("names", "reindex").output == "索引は、すべていまの規則のものです。\n"
    run("seed-demo")
    assert "✓ names" in run("doctor").output
    older_rules_spelt_every_name(sqlite_url)
    told = run("doctor").output
    assert "△ names" in told
    assert "callcenter names reindex を実行してください" in told
    assert re.search(r"索引を\d+件、いまの規則で作り直しました。", run("names", "reindex").output)
    assert "✓ names" in run("doctor").output


def test_migrating_indexes_names_of_an_older_spelling_by_itself(run: Run, sqlite_url: str) -> None:
    run("seed-demo")
    before = run("cases", "search", "みなと", "--json").output
    older_rules_spelt_every_name(sqlite_url)
    assert "呼び名の索引を作り直しています" in run("migrate").output
    assert "✓ names" in run("doctor").output
    assert "呼び名の索引" not in run("migrate").output
    assert run("cases", "search", "みなと", "--json").output == before
