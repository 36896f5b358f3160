"""The words for when nothing of ours answers: written whole, kept current, and printed for Twilio to keep."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

import wsgi


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fallback.xml"


def export(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(wsgi.cli, ["export-fallback", *words])
    return result.exit_code, result.output


def test_the_file_is_readable_for_the_web_server_and_leaves_no_draft(path: Path) -> None:
    assert export(str(path))[0] == 0
    assert path.read_text("utf-8") == wsgi.fallback()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_a_dash_prints_what_a_bin_at_twilio_shall_hold() -> None:
    assert export("-") == (0, wsgi.fallback() + "\n")


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    status, said = export(str(tmp_path / "nowhere" / "fallback.xml"))
    assert status == 1
    assert "フォルダーがあること" in said


def test_a_failed_write_leaves_the_old_file_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text("old", "utf-8")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert export(str(path))[0] == 1
    assert path.read_text("utf-8") == "old"
    assert list(path.parent.iterdir()) == [path]


def test_each_start_of_the_web_brings_the_file_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FALLBACK_FILE", str(path))
    path.write_text("old", "utf-8")
    wsgi.web()
    assert path.read_text("utf-8") == wsgi.fallback()
    written = path.stat().st_mtime_ns
    wsgi.web()
    assert path.stat().st_mtime_ns == written


def test_a_file_that_cannot_be_written_stops_no_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FALLBACK_FILE", str(tmp_path / "nowhere" / "fallback.xml"))
    assert wsgi.web() is not None
    assert "cannot be written" in caplog.text


def test_the_doctor_sees_a_file_that_is_out_of_date(
    path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("FALLBACK_FILE", str(path))
    path.write_text("old", "utf-8")
    assert "callcenter export-fallback" in CliRunner().invoke(wsgi.cli, ["doctor"]).output
    export(str(path))
    assert "✓ fallback" in CliRunner().invoke(wsgi.cli, ["doctor"]).output
