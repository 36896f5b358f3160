from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.rest import Client
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.line import ACCOUNT
from tests.simulator.desk import ENQUEUE, ORIGIN, XML, dial

ROOT = Path(__file__).resolve().parents[3]
SECRETS = {
    "TWILIO_ACCOUNT_SID": ACCOUNT.sid,
    "TWILIO_AUTH_TOKEN": ACCOUNT.auth_token,
    "TWILIO_API_KEY": ACCOUNT.api_key,
    "TWILIO_API_SECRET": ACCOUNT.api_secret,
}
DOCUMENTS = {"/incoming": ENQUEUE, "/wait": '<Pause length="15"/>', "/join": dial("caller"), "/answer": dial("c-1")}


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Keep the test's output clean."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def until(condition: Any, seconds: float = 20.0) -> Any:
    """Wait until *condition* gives something true, and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if got := condition():
                return got
        except requests.ConnectionError:
            pass
        time.sleep(0.05)
    raise AssertionError("it did not come about")


@pytest.fixture
def desk_url() -> Iterator[str]:
    """A real HTTP desk."""

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", XML)])
        host = f"http://{environ['HTTP_HOST']}"
        return [f"<Response>{DOCUMENTS.get(environ['PATH_INFO'], '')}</Response>".replace(ORIGIN, host).encode()]

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def start(port: int, *options: str, secrets: dict[str, str] = SECRETS) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    return subprocess.Popen(
        [sys.executable, "-m", "ivr.simulator", "--port", str(port), *options],
        cwd=ROOT,
        env=environment | secrets,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_call_is_carried_over_real_http(desk_url: str, tmp_path: Path) -> None:
    port, clock = free_port(), tmp_path / "clock.json"
    at = ("--clock-file", str(clock), "--at", "2026-11-26T14:00:00")
    process = start(port, "--voice-url", f"{desk_url}/incoming", "--status-callback", f"{desk_url}/status", *at)
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: requests.get(f"{url}/healthz", timeout=5).ok)
        assert '"virtual": "2026-11-26T14:0' in clock.read_text()
        sid = requests.post(f"{url}/api/callers", json={}, timeout=5).json()["sid"]
        rest = Client(ACCOUNT.sid, ACCOUNT.auth_token)
        rest.api.base_url = url
        queue = until(lambda: [queue for queue in rest.queues.list() if queue.current_size])[0]
        ring = rest.calls.create(to="+819011112222", from_="+815000001111", url=f"{desk_url}/answer")
        until(lambda: requests.post(f"{url}/api/calls/{ring.sid}/answer", timeout=5).ok)
        rest.queues(queue.sid).members(sid).update(url=f"{desk_url}/join")
        until(lambda: requests.get(f"{url}/api/state", timeout=5).json()["counters"]["talking"])
        requests.post(f"{url}/api/calls/{sid}/say", json={"text": "もしもし。"}, timeout=5)
        state = requests.get(f"{url}/api/state", timeout=5).json()
        assert state["handsets"][0]["captions"][-1]["text"] == "もしもし。" and state["log_ok"]
    finally:
        process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=20)
    assert (process.returncode, out, errors) == (0, "", "")


def test_missing_secrets_are_named() -> None:
    process = start(free_port(), "--voice-url", "http://127.0.0.1:1/x", secrets={"TWILIO_AUTH_TOKEN": "t"})
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 2 and "TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET" in errors


def test_a_taken_port_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start(taken.getsockname()[1], "--voice-url", "http://127.0.0.1:1/x")
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1 and "Traceback" not in errors and str(taken) and "in use" in errors
