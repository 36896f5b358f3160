"""``callcenter keys rotate`` and what ``doctor`` says before and after it."""

from __future__ import annotations

import pytest

from tests.desk import FIELD_KEYS
from tests.integration.test_commands import Run, run

__all__ = ["run"]

NEW = "newer:" + "B" * 42 + "A"


def test_a_rotation_is_asked_for_done_and_lets_the_old_key_go(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("seed-demo")
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


def test_without_the_old_key_the_rotation_says_which_one_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("seed-demo")
    monkeypatch.setenv("FIELD_KEYS", NEW)
    refused = run("keys", "rotate")
    assert refused.exit_code == 1
    assert "必要な鍵が FIELD_KEYS にありません" in refused.output
    assert "'test'" in refused.output
