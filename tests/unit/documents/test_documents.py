"""What is written from the code is as the code is, and a decision has its day and its three parts."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import click
import pytest

from callcenter.variables import SECTIONS
from tests.tools import make_docs
from tests.tools.papers import ROOT
from wsgi import cli

COMMANDS = dict(make_docs.leaves(cli))


@pytest.mark.parametrize("path", make_docs.documents())
def test_a_page_written_from_the_code_is_up_to_date(path: str) -> None:
    written = (ROOT / path).read_text("utf-8")
    assert written == make_docs.documents()[path], "run python -m tests.tools.make_docs"


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_and_option_explains_itself(words: str) -> None:
    command = COMMANDS[words]
    assert command.help
    assert [one.opts for one in command.params if isinstance(one, click.Option) and not one.help] == []


def test_every_setting_that_is_read_is_described_once() -> None:
    source = (ROOT / "callcenter/settings.py").read_text("utf-8")
    read = set(re.findall(r"(?:read|environ\.get)\(variables\.([A-Z_]+)", source))
    assert sorted(one.name for section in SECTIONS for one in section.settings) == sorted(read)


@pytest.mark.parametrize("path", make_docs.decisions(), ids=lambda path: path.stem)
def test_a_decision_has_its_day_and_says_what_why_and_at_what_cost(path: Path) -> None:
    title, _, day, *_ = path.read_text("utf-8").split("\n")
    assert title.startswith("# ")
    assert path.name.startswith(f"{date.fromisoformat(day)}-")
    assert re.findall(r"^\*\*(.+?)\*\*", path.read_text("utf-8"), re.MULTILINE) == [
        "Decision.",
        "Why.",
        "What it costs.",
    ]
