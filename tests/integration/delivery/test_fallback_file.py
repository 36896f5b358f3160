"""The words for when nothing of ours answers: written whole, kept current, and printed for Twilio to keep."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

import wsgi
from callcenter.context import unit_of_work
from callcenter.domain.announcements.wording import Change
from callcenter.jobs.fallback import keep_fallback
from callcenter.services.announcements import changed_phrases
from ivr.simulator.twiml.checker import check
from tests.desk import Desk
from tests.layers import fallback as script


@pytest.fixture(autouse=True)
def database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of this module work on a database of their own."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "read by the web server"
    folder.mkdir()
    return folder / "fallback.xml"


def export(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(wsgi.cli, ["export-fallback", *words])
    return result.exit_code, result.output


def test_the_file_is_readable_for_the_web_server_and_leaves_no_draft(path: Path) -> None:
    assert export(str(path))[0] == 0
    assert path.read_text("utf-8") == script()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_a_dash_prints_what_a_bin_at_twilio_shall_hold() -> None:
    assert export("-") == (0, script() + "\n")


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


def test_the_worker_keeps_the_file_as_the_line_speaks(path: Path, database_url: str) -> None:
    desk = Desk(database_url, FALLBACK_FILE=str(path))
    path.write_text("old", "utf-8")
    with desk.app.app_context():
        keep_fallback()
        assert path.read_text("utf-8") == script()
        written = path.stat().st_mtime_ns
        keep_fallback()
        assert path.stat().st_mtime_ns == written
        with unit_of_work() as session:
            voice = changed_phrases.store_recording(session, b"RIFF", "wav", 3.0, by=None, now=desk.clock.now())
            said = Change("申しわけありません。機械を直しています。", sound=voice)
            changed_phrases.change(session, "I01", said, by=None, now=desk.clock.now())
        keep_fallback()
    now = path.read_text("utf-8")
    assert "機械を直しています" in now
    assert "http" not in now
    assert check(now) == []
    desk.close()


def test_a_file_that_cannot_be_written_stops_no_worker(
    tmp_path: Path, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(sqlite_url, FALLBACK_FILE=str(tmp_path / "nowhere" / "fallback.xml"))
    with desk.app.app_context():
        keep_fallback()
    assert "cannot be written" in caplog.text
    desk.close()


def test_without_a_database_the_shipped_words_are_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all/callcenter.db")
    status, said = export(str(path))
    assert status == 0
    assert "データベースにつながらない" in said
    assert path.read_text("utf-8") == script()


def test_the_doctor_sees_a_file_that_is_out_of_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FALLBACK_FILE", str(path))
    path.write_text("old", "utf-8")
    assert "callcenter export-fallback" in CliRunner().invoke(wsgi.cli, ["doctor"]).output
    export(str(path))
    assert "✓ fallback" in CliRunner().invoke(wsgi.cli, ["doctor"]).output
