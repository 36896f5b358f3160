"""Database, keys, logs and mails are for one user of the machine, whoever made them and whenever."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import wsgi
from callcenter.adapters.private_files import close_to_others, keep_private, open_to_others
from tests.desk import ROOT, environment_of_the_test


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout as an earlier version left it, open to everybody."""
    (tmp_path / "var" / "log").mkdir(parents=True)
    for name in ("callcenter.db", "callcenter.db-wal", "secrets.json", "sign-ins.txt", "log/web.log"):
        (tmp_path / "var" / name).write_text("x")
    for path in (tmp_path / "var", *(tmp_path / "var").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return tmp_path


def modes(root: Path) -> set[str]:
    return {oct(stat.S_IMODE(path.stat().st_mode)) for path in (root, *root.rglob("*"))}


def test_what_lies_there_open_is_found_and_closed(root: Path) -> None:
    var, elsewhere = root / "var", root / "data" / "line.db"
    elsewhere.parent.mkdir()
    elsewhere.write_text("x")
    elsewhere.chmod(0o644)
    found = open_to_others(var, f"sqlite:///{elsewhere}")
    assert {var, var / "log" / "web.log", elsewhere} <= set(found)
    close_to_others(var, f"sqlite:///{elsewhere}")
    assert open_to_others(var, f"sqlite:///{elsewhere}") == []
    assert modes(var) == {"0o700", "0o600"}
    assert (elsewhere.read_text(), stat.S_IMODE(elsewhere.stat().st_mode)) == ("x", 0o600)


def test_what_lies_behind_a_closed_door_is_not_open(root: Path) -> None:
    var = root / "var"
    var.chmod(0o700)
    assert open_to_others(var, f"sqlite:///{var / 'callcenter.db'}") == []
    close_to_others(var, f"sqlite:///{var / 'callcenter.db'}")
    assert modes(var) == {"0o700", "0o600"}


def test_what_is_made_from_now_on_is_private(tmp_path: Path) -> None:
    former = os.umask(0o022)
    try:
        keep_private()
        (tmp_path / "var").mkdir()
        (tmp_path / "var" / "new").write_text("x")
    finally:
        os.umask(former)
    assert modes(tmp_path / "var") == {"0o700", "0o600"}


def test_a_database_made_by_a_command_of_a_careless_shell_is_private(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'line.db'}"
    command = ["sh", "-c", f'umask 022; exec {sys.executable} -c "from wsgi import cli; cli()" migrate']
    env = os.environ | environment_of_the_test(url)
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, timeout=120)
    assert [path.name for path in tmp_path.iterdir() if path.stat().st_mode & 0o077] == []


def test_the_doctor_names_files_that_others_can_open_and_migrate_closes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "line.db"
    for name, value in environment_of_the_test(f"sqlite:///{database}").items():
        monkeypatch.setenv(name, value)
    assert CliRunner().invoke(wsgi.cli, ["migrate"]).exit_code == 0
    database.chmod(0o644)
    told = CliRunner().invoke(wsgi.cli, ["doctor"])
    assert told.exit_code == 1
    line = next(line for line in told.output.splitlines() if " files:" in line)
    assert line.startswith("✗")
    assert str(database) in line
    assert CliRunner().invoke(wsgi.cli, ["migrate"]).exit_code == 0
    assert not database.stat().st_mode & 0o077
