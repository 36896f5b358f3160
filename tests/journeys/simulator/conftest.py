"""The simulator as a process of its own, with the tests' own helpline behind its number."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from callcenter.loopback import answers, free_port
from tests.journeys.simulator.player import TELEPHONE, Player
from tests.journeys.simulator.switchboard import ACCOUNT, GREETING, TOKEN, WHISPER, Switchboard
from tests.servers import ROOT

DESK = "http://127.0.0.1:9/staff"
THURSDAY = "2026-11-26T14:05:01+09:00"


@pytest.fixture
def switchboard() -> Iterator[Switchboard]:
    board = Switchboard(line=f"http://127.0.0.1:{free_port()}")
    board.serve(free_port())
    yield board
    board.stop()


@pytest.fixture
def simulator(switchboard: Switchboard, tmp_path: Path) -> Iterator[str]:
    """The simulator as a process, its number's calls going to the switchboard; yields its address."""
    port = switchboard.line.rpartition(":")[2]
    command = [sys.executable, "-m", "ivr.simulator", "--port", port, "--voice-url", f"{switchboard.url}/voice"]
    command += ["--assets", str(ROOT / "callcenter" / "static"), "--at", THURSDAY, "--desk-url", DESK]
    secrets = {"ACCOUNT_SID": ACCOUNT, "AUTH_TOKEN": TOKEN, "API_KEY": "SK" + "0" * 32, "API_SECRET": "secret"}
    env = os.environ | {f"TWILIO_{name}": value for name, value in secrets.items()}
    with (tmp_path / "line.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        while not answers(int(port)):
            assert process.poll() is None, (tmp_path / "line.log").read_text()
            time.sleep(0.05)
        yield switchboard.line
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def player(simulator: str, page: Page) -> Player:
    """Somebody who has just opened the page; counsellor 12's telephone is known."""
    known = {"number": TELEPHONE, "name": "担当12"}
    requests.post(f"{simulator}/api/handsets", json=known, timeout=10).raise_for_status()
    page.goto(simulator)
    return Player(page)


@pytest.fixture
def talking(player: Player, switchboard: Switchboard) -> Player:
    """Somebody whose caller and counsellor have just been connected."""
    player.dials()
    expect(player.captions).to_contain_text(GREETING)
    switchboard.ring(TELEPHONE)
    player.press("電話に出る")
    expect(player.card).to_contain_text(WHISPER)
    player.press("1 を押す")
    expect(player.phone).to_contain_text("相談員と話しています")
    return player
