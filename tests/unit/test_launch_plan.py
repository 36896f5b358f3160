"""What ``callcenter run`` decides to start, before anything starts."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from callcenter import launcher
from callcenter.launcher import Plan, Refused, RunRequest
from callcenter.loopback import free_port
from callcenter.process_keeper import Child, Task
from callcenter.settings import Settings

AT = datetime.fromisoformat("2026-11-26T14:00:00+09:00")
ACCOUNT = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "secret"}
OUTSIDE = {"PATH": "/usr/bin", "HOME": "/home/somebody"}


def planned(root: Path, variables: Mapping[str, str] | None = None, wish: RunRequest | None = None) -> Plan:
    environ = OUTSIDE | dict(variables or {})
    return launcher.plan(wish or RunRequest(), Settings.from_env(environ, root), root, environ)


def programs(plan: Plan) -> dict[str, Child]:
    return {child.name: child for step in plan.steps if not isinstance(step, Task) for child in step}


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_without_an_account_the_simulated_line_is_started(tmp_path: Path) -> None:
    assert [*programs(planned(tmp_path))] == ["Redis", "web", "line", "worker", "heavy"]


@pytest.mark.parametrize("variables", [ACCOUNT, {"TWILIO_API_URL": "http://127.0.0.1:9"}])
def test_with_an_account_or_another_twilio_there_is_no_simulator(tmp_path: Path, variables: dict[str, str]) -> None:
    plan = planned(tmp_path, variables)
    assert "line" not in programs(plan)
    assert [address.partition(":")[0] for address in plan.addresses] == ["web", "staff"]


def test_no_simulator_means_no_simulator(tmp_path: Path) -> None:
    assert "line" not in programs(planned(tmp_path, wish=RunRequest(simulator=False)))


def test_a_redis_of_ones_own_is_used(tmp_path: Path) -> None:
    started = programs(planned(tmp_path, {"REDIS_URL": "redis://10.0.0.1/3"}))
    assert "Redis" not in started
    assert started["worker"].env["REDIS_URL"] == "redis://10.0.0.1/3"


def test_the_line_and_the_web_page_know_each_other(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    web, staff, line = (address.partition(" ")[2] for address in plan.addresses)
    started = programs(plan)
    assert staff == f"{web}/staff/login"
    assert started["web"].env["PUBLIC_BASE_URL"] == web
    assert {started[name].env["TWILIO_API_URL"] for name in ("web", "worker")} == {line}
    assert started["web"].env["SIMULATOR_URL"] == line
    assert f"{web}/ivr/voice/incoming#rc=1&rp=ct" in started["line"].command
    assert {started[name].env["TWILIO_AUTH_TOKEN"] for name in ("web", "line")} == {
        started["worker"].env["TWILIO_AUTH_TOKEN"]
    }


def test_the_line_sees_no_secret_of_the_desk(tmp_path: Path) -> None:
    given = {"SECRET_KEY": "s" * 40, "DATABASE_URL": "sqlite:///var/x.db", "SMTP_URL": "smtp://a:b@example.jp"}
    seen = programs(planned(tmp_path, given))["line"].env
    assert not {"SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "SMTP_URL"} & set(seen)


def test_variables_that_bend_the_programs_are_not_handed_on(tmp_path: Path) -> None:
    bending = {"GUNICORN_CMD_ARGS": "--workers 9", "FLASK_DEBUG": "1", "WEB_CONCURRENCY": "7"}
    assert not set(bending) & set(programs(planned(tmp_path, bending))["web"].env)


def test_a_real_account_is_never_mixed_with_made_up_secrets(tmp_path: Path) -> None:
    web = programs(planned(tmp_path, ACCOUNT))["web"]
    assert web.env["TWILIO_AUTH_TOKEN"] == "secret"
    assert "TWILIO_API_KEY" not in web.env


def test_everybody_follows_the_simulators_clock_from_the_wished_moment(tmp_path: Path) -> None:
    plan = planned(tmp_path, wish=RunRequest(at=AT))
    started = programs(plan)
    assert plan.clock is not None
    assert plan.clock[1] == AT
    assert started["web"].env["CLOCK_FILE"] == started["worker"].env["CLOCK_FILE"] == str(plan.clock[0])
    assert AT.isoformat() in started["line"].command


def test_a_moment_may_be_wished_with_another_twilio_on_this_machine(tmp_path: Path) -> None:
    plan = planned(tmp_path, ACCOUNT | {"TWILIO_API_URL": "http://127.0.0.1:9"}, RunRequest(at=AT))
    assert plan.clock is not None
    assert programs(plan)["web"].env["CLOCK_FILE"] == str(plan.clock[0])


def test_a_clock_file_of_ones_own_is_put_to_the_wished_moment(tmp_path: Path) -> None:
    given = ACCOUNT | {"TWILIO_API_URL": "http://localhost:9", "CLOCK_FILE": str(tmp_path / "clock.json")}
    assert planned(tmp_path, given, RunRequest(at=AT)).clock == (tmp_path / "clock.json", AT)


def test_with_the_real_twilio_time_cannot_be_chosen(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        planned(tmp_path, ACCOUNT, RunRequest(at=AT))
    assert refusal.value.status == 2


def test_without_a_wish_and_a_simulator_the_clock_is_the_machines(tmp_path: Path) -> None:
    plan = planned(tmp_path, wish=RunRequest(simulator=False))
    assert plan.clock is None
    assert "CLOCK_FILE" not in programs(plan)["web"].env


def test_a_wished_port_that_is_taken_is_refused(tmp_path: Path, taken_port: int) -> None:
    with pytest.raises(Refused, match=str(taken_port)) as refusal:
        planned(tmp_path, wish=RunRequest(port=taken_port))
    assert refusal.value.status == 1


def test_a_wished_port_that_is_free_is_kept(tmp_path: Path) -> None:
    port = free_port()
    assert planned(tmp_path, wish=RunRequest(port=port)).addresses[0] == f"web: http://127.0.0.1:{port}"


def test_the_default_port_moves_on_when_it_is_taken(
    tmp_path: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "DEFAULT_PORT", taken_port)
    web = planned(tmp_path).addresses[0]
    assert int(web.rpartition(":")[2]) > taken_port


def test_production_is_never_seeded(tmp_path: Path) -> None:
    production = ACCOUNT | {
        "TWILIO_AUTH_TOKEN": "token-of-the-launch-plan",
        "CALLCENTER_ENV": "production",
        "DATABASE_URL": "postgresql://db/desk",
        "SECRET_KEY": "signs-only-what-the-tests-have-signed",
        "FIELD_KEYS": "k1:yTz0bOaFVqxGq4hI2uJm8s1cR7nKpW5dLfEeXo3kPAY=",
        "PUBLIC_BASE_URL": "https://desk.example.jp",
        "CALLER_ID_NUMBER": "+815012345678",
        "SMTP_URL": "smtp://mail.example.jp",
    }
    tasks = [step for step in planned(tmp_path, production).steps if isinstance(step, Task)]
    assert [task.command[-1] for task in tasks] == ["migrate"]
