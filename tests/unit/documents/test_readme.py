"""The documents speak of things that exist: commands, targets, settings, files, numbers."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from callcenter import launcher
from callcenter.domain.policy import Policy
from callcenter.jobs import worker
from callcenter.jobs.line import pulse
from callcenter.settings import Settings
from callcenter.variables import REFUSED, REQUIRED_IN_PRODUCTION, SECTIONS
from tests.tools.papers import ROOT, blocks, papers, rows, spans
from wsgi import cli

PAPERS = papers()
ALL = "\n".join(PAPERS.values())
BLOCKS = blocks(ALL)
SPANS = spans(ALL)
CODE = [*SPANS, *(text for _, text in BLOCKS)]
LONGEST = 360
LONGEST_README = 200


def shell_lines(name: str) -> list[str]:
    """What the shell blocks run under *name*, with or without its folder, up to the end of that command."""
    lines = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
    pattern = re.compile(rf"(?:^|\s)(?:\.venv/bin/)?{name} ([^#&;|]*)")
    return sorted({found[1].strip() for line in lines for found in pattern.finditer(line)})


def leaf(words: list[str]) -> tuple[click.Command, list[str]]:
    """Follow *words* down to the command they name; what is left are its arguments."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        assert words, f"{command.name} is only a group"
        below = command.commands.get(words[0])
        assert below is not None, f"there is no command {words[0]!r} in {command.name}"
        command, words = below, words[1:]
    return command, words


def visible(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from visible(command, f"{before}{name} ")
        elif not command.hidden:
            yield before + name


# ------------------------------------------------------------------ commands


@pytest.mark.parametrize("line", shell_lines("callcenter"))
def test_every_command_in_a_shell_block_can_be_typed_as_it_stands(line: str) -> None:
    command, words = leaf(shlex.split(line))
    command.make_context(command.name, words)


@pytest.mark.parametrize("span", [span for span in SPANS if span.startswith("callcenter ")])
def test_every_command_named_in_the_text_exists_with_its_options(span: str) -> None:
    command, _ = leaf(span.split()[1:])
    options = {option for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"--[a-z-]+", span)) - options == set()


def test_no_command_is_left_out() -> None:
    assert [name for name in visible(cli) if not any(span.startswith(f"callcenter {name}") for span in SPANS)] == []


def test_every_make_target_exists_and_none_is_left_out() -> None:
    targets = set(re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)) - {"help"}
    assert {found for code in CODE for found in re.findall(r"\bmake ([a-z]+)", code)} == targets


def test_every_module_that_is_run_exists() -> None:
    named = {found for code in CODE for found in re.findall(r"python -m (tests[\w.]+)", code)}
    assert named
    assert [name for name in named if not (ROOT / f"{name.replace('.', '/')}.py").is_file()] == []


# ------------------------------------------------------------------ settings


def test_the_settings_are_exactly_those_that_are_read() -> None:
    read = {setting.name for section in SECTIONS for setting in section.settings} | set(REFUSED)
    assert {found for code in CODE for found in re.findall(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b", code)} - {"READINGS"} == read


def told() -> dict[str, str]:
    """The defaults as the table of settings tells them."""
    rows = re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", ALL, re.MULTILINE)
    return {
        name: default
        for names, defaults in rows
        for name, default in zip(
            re.findall(r"`([A-Z_]+)`", names), (one.strip("` ") for one in defaults.split(",")), strict=False
        )
    }


def test_the_defaults_are_the_ones_that_hold(tmp_path: Path) -> None:
    figures = {name: default for name, default in told().items() if default.isdigit()}
    assert len(figures) == 27
    policy = Settings.from_env(figures, tmp_path).policy
    assert policy == Policy(own_numbers=policy.own_numbers)
    assert policy.own_numbers == {told()["LINE_NUMBER"], told()["CALLER_ID_NUMBER"]}
    written = {name: told()[name] for name in ("LINE_NUMBER", "CALLER_ID_NUMBER", "SERVICE_NAME", "TWILIO_API_URL")}
    development = Settings.from_env({}, tmp_path)
    assert Settings.from_env(written, tmp_path) == development


def test_production_demands_what_is_marked_for_it() -> None:
    assert set(re.findall(r"`([A-Z_]+)` \*\*P\*\*", ALL)) == set(REQUIRED_IN_PRODUCTION)
    environment_file = next(text for language, text in BLOCKS if "CALLCENTER_ENV=production" in text)
    assert set(REQUIRED_IN_PRODUCTION) <= set(re.findall(r"^([A-Z_]+)=", environment_file, re.MULTILINE))


def test_the_sample_environment_names_what_production_and_the_doctor_ask_for() -> None:
    (sample,) = [text for language, text in BLOCKS if language == "sh" and "CALLCENTER_ENV=production" in text]
    assert {*REQUIRED_IN_PRODUCTION, "FALLBACK_URL", "TWILIO_API_KEY"} <= set(
        re.findall(r"^([A-Z_]+)=", sample, re.MULTILINE)
    )


@pytest.mark.parametrize("what", ["hold", "transfer", "supervisor listens", "F02", "three minutes", "CALLER_ID_NUMBER"])
def test_the_test_calls_cover_what_only_real_telephones_show(what: str) -> None:
    boxes = re.findall(r"^   - \[ \] (.*?)(?=^   - \[ \]|^#)", PAPERS["OPERATING.md"], re.MULTILINE | re.DOTALL)
    assert any(what in box for box in boxes)


def test_the_service_units_start_as_many_threads_as_the_one_command() -> None:
    unit = next(text for _, text in BLOCKS if "gunicorn" in text)
    assert f"--threads {launcher.WEB_THREADS} " in unit
    assert len(upstream("pages")) * int(re.findall(r"--workers (\d+)", unit)[0]) == launcher.WEB_PROCESSES


def test_webhooks_have_web_instances_of_their_own_and_pages_give_way_to_them() -> None:
    site = next(text for language, text in BLOCKS if language == "nginx")
    asked = re.findall(r"location ([^{]+) {(?:(?!location).)*?proxy_pass http://(\w+);", site, re.DOTALL)
    news = "~ /(status$|conference/)"
    files, secrets = "~ ^/admin/(leaflets|announcements)", "~ /mail/(first|reset|address|device)/"
    of_pages = dict.fromkeys(("/", files, secrets, "= /console/events"), "pages")
    assert dict(asked) == {**of_pages, "/ivr/": "line", news: "line"}
    pages, line = upstream("pages"), upstream("line")
    assert len(line) == 2
    assert not {*pages} & {*line}
    assert f"for port in {' '.join(pages)}; do systemctl set-property callcenter-web@$port CPUWeight=" in ALL
    assert f"for port in {' '.join((*pages, *line))}; do\n  systemctl restart" in ALL


def upstream(name: str) -> list[str]:
    """Return the ports that nginx sends requests to, without those that only stand by."""
    servers = re.findall(rf"^upstream {name} {{(.*)}}$", ALL, re.MULTILINE)[0]
    return re.findall(r"server 127\.0\.0\.1:(\d+) max_fails=0;", servers)


def test_the_workers_unit_lets_systemd_restart_a_worker_that_hangs() -> None:
    unit = next(text for _, text in BLOCKS if text.rstrip().count("callcenter work\n"))
    told = dict(re.findall(r"^(\w+)=(.*)$", unit, re.MULTILINE))
    assert (told["Type"], told["Restart"]) == ("notify", "always")
    assert told["WatchdogSignal"] == "SIGKILL"  # a halted process would hear no other
    assert int(told["WatchdogSec"]) > pulse.HANGS_AFTER
    assert sum(worker.LEAVE_WITHIN.values()) + worker.ERRANDS_END_WITHIN < int(told["TimeoutStopSec"])


# ------------------------------------------------------------------ files


def test_every_file_that_is_named_exists() -> None:
    paths = {
        found
        for code in CODE
        for found in re.findall(r"(?:callcenter|ivr|tests|migrations|templates|docs)/[\w./-]*\w", code)
    }
    paths -= {found for found in paths if f"/{found}" in ALL}  # /srv/callcenter/… is the operator's own
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_every_file_that_is_linked_exists() -> None:
    linked = {
        str(Path(name).parent / target)
        for name, text in PAPERS.items()
        for target in re.findall(r"\]\(([\w./-]+)(?:#[^)]*)?\)", text)
    }
    assert len(linked) > len(PAPERS)
    assert [path for path in sorted(linked) if not (ROOT / path).exists()] == []


def test_every_heading_that_is_linked_exists() -> None:
    headings = {name: _headings(text) for name, text in PAPERS.items()}
    links = {
        (name, str(Path(name).parent / target) if target else name, heading)
        for name, text in PAPERS.items()
        for target, heading in re.findall(r"\]\(([\w./-]*)#([^)]+)\)", text)
    }
    assert [link for link in sorted(links) if link[2] not in headings[link[1]]] == []


def _headings(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_pictures_are_small_and_described() -> None:
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", ALL)
    assert pictures
    for description, path in pictures:
        assert len(description) > 20
        assert (ROOT / path).stat().st_size <= 200_000, path


def test_whoever_wants_to_change_something_is_led_to_files_that_exist() -> None:
    ways = [(wish, spans(where)) for wish, where in rows(PAPERS["README.md"].split("## Changing it")[1])]
    files = {wish: [name for name in names if "/" in name] for wish, names in ways[1:]}
    assert len(files) >= 20
    assert [wish for wish, names in files.items() if not names] == []
    assert [name for names in files.values() for name in names if not (ROOT / name).exists()] == []


def test_every_room_is_named() -> None:
    built = PAPERS["README.md"].split("## How it is built")[1].split("## Changing it")[0]
    named = [room.strip("`") for room, _ in rows(built)[1:]]
    floor = ROOT / "callcenter/services"
    assert sorted(named) == sorted(path.parent.name for path in floor.glob("*/__init__.py"))


def test_the_readme_is_short() -> None:
    assert len(PAPERS["README.md"].splitlines()) <= LONGEST_README


def test_each_can_be_read_in_one_sitting() -> None:
    assert {name: len(text.splitlines()) for name, text in PAPERS.items() if len(text.splitlines()) > LONGEST} == {}
