"""``callcenter run`` for real: every program of ours, as a newcomer starts them."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.loopback import is_free, next_free
from tests.servers import ROOT

COMMAND = (sys.executable, "-c", "from wsgi import cli; cli()", "run")
PATIENCE = 90.0
"""Seconds for all programs to start on a busy machine."""


OUT_OF_THE_WAY = 20_000
"""Below the ports that systems give to whoever asks for any: none of them is taken while a trial starts."""


class Trial:
    """One run with a database of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = next_free(OUT_OF_THE_WAY + os.getpid() % 1000 * 10)
        env = {"PATH": os.environ["PATH"], "HOME": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'trial.db'}"}
        self._said = folder / f"said-{self.port}"
        with self._said.open("wb") as said:
            command = [*COMMAND, "--port", str(self.port), *options]
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=said, stderr=subprocess.STDOUT)

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    def until_up(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while "Ctrl-C" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def address(self, name: str) -> str:
        return next(line.partition(": ")[2] for line in self.said.splitlines() if line.startswith(f"{name}: "))

    def port_of(self, name: str) -> int:
        return int(self.address(name).rpartition(":")[2])

    def fetch(self, name: str, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port_of(name), timeout=20)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        status = self.process.wait(30)
        shutil.rmtree(ROOT / "var" / "redis" / str(self.port), ignore_errors=True)
        (ROOT / "var" / "run" / f"clock-{self.port}.json").unlink(missing_ok=True)
        return status


def staff_in(folder: Path) -> list[str]:
    with sqlite3.connect(f"file:{folder / 'trial.db'}?mode=ro", uri=True) as database:
        logins = sorted(login for (login,) in database.execute("SELECT login FROM staff"))
    database.close()
    return logins


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trial")


@pytest.fixture(scope="module")
def trial(folder: Path) -> Iterator[Trial]:
    running = Trial(folder, "--at", "2026-11-26T14:00:00")
    running.until_up()
    yield running
    running.end()


def test_the_page_and_the_line_answer_at_the_addresses_told(trial: Trial) -> None:
    assert trial.port_of("web") == trial.port
    assert trial.fetch("web", "/healthz")[0] == 200
    assert trial.fetch("web", "/")[0] == 200
    assert trial.fetch("line", "/healthz")[0] == 200


def test_the_sign_ins_of_the_trial_are_told_once(trial: Trial, folder: Path) -> None:
    assert staff_in(folder)
    assert all(login in trial.said for login in staff_in(folder))


def test_the_line_starts_at_the_wished_moment(trial: Trial) -> None:
    clock = json.loads(trial.fetch("line", "/api/state")[1])["clock"]
    assert clock["now"].startswith("2026-11-26T14:0")


def test_a_port_that_is_taken_ends_with_one_sentence(trial: Trial) -> None:
    second = subprocess.run(
        [*COMMAND, "--port", str(trial.port)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert str(trial.port) in second.stderr


@pytest.mark.parametrize("moment", ["2026-11-26T14:00", "tomorrow"])
def test_a_moment_that_cannot_be_had_ends_with_status_two(moment: str) -> None:
    env = dict(os.environ) | {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "token"}
    ended = subprocess.run([*COMMAND, "--at", moment], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "--at" in ended.stderr


@pytest.mark.slow
def test_a_second_start_keeps_the_data_and_ctrl_c_frees_the_ports(tmp_path: Path) -> None:
    first = Trial(tmp_path)
    first.until_up()
    logins = staff_in(tmp_path)
    ports = [first.port_of("web"), first.port_of("line")]
    assert first.end() == 0
    assert all(is_free(port) for port in ports)
    second = Trial(tmp_path, "--no-simulator")
    second.until_up()
    assert second.end() == 0
    assert staff_in(tmp_path) == logins
    assert not any(login in second.said for login in logins)
    assert "line: " not in second.said


def test_nobody_is_left_who_listens(trial: Trial) -> None:
    ports = [trial.port_of("web"), trial.port_of("line")]
    assert trial.end() == 0
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)
