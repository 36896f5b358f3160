"""``callcenter keys rotate`` and ``callcenter audit``, as an operator runs them."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

import wsgi
from callcenter.context import reading
from callcenter.models.engines import connect
from callcenter.models.keeping.process_keys import ProcessKeys
from tests.desk import FIELD_KEYS
from tests.integration.running.test_commands import Run, run

__all__ = ["run"]

NEW = "newer:" + "B" * 42 + "A"


def some_acts(run: Run) -> None:
    """Three acts in the trail, whose chain has a key under the ring."""
    close = ("hours", "close", "2027-03-04", "--reason", "研修")
    for words in (close, ("hours", "undo", "2027-03-04"), close):
        assert run(*words).exit_code == 0


def test_a_rotation_is_asked_for_done_and_lets_the_old_key_go(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    some_acts(run)
    monkeypatch.setenv("FIELD_KEYS", f"{NEW},{FIELD_KEYS}")
    assert "callcenter keys rotate を実行してください" in run("doctor").output
    rotated = run("keys", "rotate")
    assert rotated.exit_code == 0, rotated.output
    assert "すべて移しました。鍵 test は FIELD_KEYS から外せます" in rotated.output
    assert "鍵 test は、もう使われていません" in run("doctor").output
    monkeypatch.setenv("FIELD_KEYS", NEW)
    assert "✓ keys" in run("doctor").output
    assert run("audit", "verify").exit_code == 0
    assert "すべて、いまの鍵で封じてあります。" in run("keys", "rotate").output


def test_a_rotation_waits_for_processes_that_do_not_know_the_new_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    some_acts(run)
    served = wsgi.web()  # a process that goes on with the old key alone
    assert served.test_client().get("/healthz").status_code == 200
    with served.app_context():
        until_noted()
    monkeypatch.setenv("FIELD_KEYS", f"{NEW},{FIELD_KEYS}")
    refused = run("keys", "rotate")
    assert refused.exit_code == 1
    assert "新しい鍵 newer を知らないプロセスが動いています(web " in refused.output
    assert run("keys", "rotate", "--force").exit_code == 0


def until_noted() -> None:
    """The thread begins with the first request."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with reading() as session:
            if session.scalars(select(ProcessKeys.process)).all():
                return
        time.sleep(0.02)
    raise AssertionError("nobody said which keys they know")


def test_without_the_old_key_the_rotation_says_which_one_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    some_acts(run)
    monkeypatch.setenv("FIELD_KEYS", NEW)
    refused = run("keys", "rotate")
    assert refused.exit_code == 1
    assert "必要な鍵が FIELD_KEYS にありません" in refused.output
    assert "'test'" in refused.output


def test_the_trail_is_compared_with_a_head_that_was_kept_outside(run: Run, tmp_path: Path) -> None:
    some_acts(run)
    line = run("audit", "head").output.strip()
    assert line.startswith("callcenter-audit-head 1 ")
    kept = tmp_path / "heads.txt"
    kept.write_text(f"まえがき\n{line}\n")
    for given in (line, str(kept)):
        assert "外に保管した印" in run("audit", "verify", "--head", given).output
    forged = line[:-1] + ("0" if line[-1] != "0" else "1")
    refused = run("audit", "verify", "--head", forged)
    assert refused.exit_code == 1
    assert f"監査記録 {line.split()[3]} 番が、前の記録とつながりません" in refused.output
    assert run("audit", "verify", "--head", "なにか").exit_code == 2


def test_the_first_bad_row_is_named_with_its_time_and_act(run: Run, sqlite_url: str) -> None:
    some_acts(run)
    engine = connect(sqlite_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entries_no_update")
        connection.exec_driver_sql("UPDATE audit_entries SET actor_id = 'x' WHERE seq = 3")
    engine.dispose()
    found = run("audit", "verify")
    assert found.exit_code == 1
    assert "監査記録 3 番が、前の記録とつながりません(20" in found.output


def test_a_copy_of_the_trail_holds_every_entry_and_leaves_a_note(run: Run, tmp_path: Path) -> None:
    some_acts(run)
    copy = tmp_path / "trail.jsonl"
    assert run("audit", "export", str(copy)).exit_code == 0
    entries = [json.loads(line) for line in copy.read_text("utf-8").splitlines()]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    assert all(entry["previous_hash"] == before["hash"] for before, entry in pairwise(entries))
    run("audit", "export", str(copy), "--from", "2199-01-01")
    assert copy.read_text("utf-8") == ""
    run("audit", "export", str(copy))
    assert "trail.export" in copy.read_text("utf-8")
