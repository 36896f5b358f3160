"""Writes the documents that say what the code says: ``python -m tests.tools.make_docs``.

``docs/commands.md`` comes from the commands' own help, ``docs/settings.md`` from ``callcenter/variables.py``, the
code lists of ``docs/glossary.md`` from the enums, the list of decisions from their files. A test compares all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click

from callcenter.environment import Setting
from callcenter.variables import REFUSED, SECTIONS
from tests.tools import code_lists
from tests.tools.papers import ROOT, table
from wsgi import cli

HOW = "This page is written by `python -m tests.tools.make_docs`; change the {where} and run that again."
COMMANDS = """`callcenter` is `.venv/bin/callcenter`; `-h` after any command explains it. What a person can mend is
said in one sentence with exit status 1; a question that cannot be read has exit status 2."""
SETTINGS = """All settings come from the environment, are read once and are validated together: what is missing or wrong
is named in one message. In development whatever is missing is made up and kept under `var/`. **P** marks what
production demands."""
DECISIONS = """What was decided once and holds until another decision replaces it, newest last. A new decision is a new
file, named by its day, with three parts: what, why, and what it costs. One that holds no more stays, and says which
replaced it."""


def documents() -> dict[str, str]:
    """Return each generated document by its path from the root."""
    glossary = "docs/glossary.md"
    return {
        "docs/commands.md": commands_page(),
        "docs/settings.md": settings_page(),
        "docs/decisions/README.md": decisions_page(),
        glossary: code_lists.filled((ROOT / glossary).read_text("utf-8")),
    }


# ------------------------------------------------------------------ commands


def leaves(group: click.Group, before: str = "callcenter") -> Iterator[tuple[str, click.Command]]:
    """Return every command that can be run, with the words that call it; hidden ones, too."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


def commands_page() -> str:
    found = list(leaves(cli))
    parts = [
        "# Commands",
        HOW.format(where="help texts in `callcenter/cli`"),
        COMMANDS,
        table(("command", "does"), ((f"`{words}`", short(command)) for words, command in found)),
        "With `make`:",
        table(("target", "does"), make_targets()),
        "## One by one",
        *(command_section(words, command) for words, command in found),
    ]
    return "\n\n".join(parts) + "\n"


def make_targets() -> Iterator[tuple[str, str]]:
    """Return the targets of the Makefile with what it says of them."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for name, does in re.findall(r"^(\w+):.*?## (.+)$", makefile, re.MULTILINE):
        if name != "help":
            yield f"`make {name}`", does


def command_section(words: str, command: click.Command) -> str:
    usage = " ".join([words, *(argument(one) for one in command.params if isinstance(one, click.Argument))])
    lines = [f"**`{usage}`** · {' '.join(paragraphs(command))}"]
    if command.hidden:
        lines.append("`-h` does not list it.")
    options = [option_line(one) for one in command.params if isinstance(one, click.Option)]
    return "\n".join([" ".join(lines), *([""] if options else []), *options])


def paragraphs(command: click.Command) -> list[str]:
    """Return the help of a command, one line for each paragraph."""
    return [" ".join(one.split()) for one in cleandoc(command.help or "").split("\n\n")]


def short(command: click.Command) -> str:
    return paragraphs(command)[0]


def argument(parameter: click.Argument) -> str:
    if isinstance(parameter.type, click.Choice):
        return "|".join(parameter.type.choices)
    return parameter.human_readable_name.upper() if parameter.metavar is None else parameter.metavar


def option_line(parameter: click.Option) -> str:
    names = "`, `".join(parameter.opts)
    takes = "" if parameter.is_flag else f" {value_of(parameter)}"
    return f"- `{names}{takes}`{' (needed)' if parameter.required else ''}: {parameter.help}"


def value_of(parameter: click.Option) -> str:
    if isinstance(parameter.type, click.Choice):
        return "|".join(parameter.type.choices)
    if isinstance(parameter.type, click.DateTime):
        return "DATE"
    return parameter.metavar or parameter.type.name.upper()


# ------------------------------------------------------------------ settings


def settings_page() -> str:
    parts = [
        "# Settings",
        HOW.format(where="texts in `callcenter/variables.py`"),
        SETTINGS,
    ]
    for section in SECTIONS:
        parts += [f"## {section.title}", table(("variable", "default", "meaning"), map(setting_row, section.settings))]
    refused = " and ".join(f"`{name}`" for name in REFUSED)
    parts.append(f"{refused} must not be set: calls are processed in Twilio's default region.")
    return "\n\n".join(parts) + "\n"


def setting_row(setting: Setting[Any]) -> tuple[str, str, str]:
    demanded = " **P**" if setting.required else ""
    return f"`{setting.name}`{demanded}", default_of(setting), setting.meaning


def default_of(setting: Setting[Any]) -> str:
    """Return the default, quoted if it can be typed as it stands."""
    plain = re.fullmatch(r"[a-z ]+", setting.shown) and setting.shown not in {"on", "off", "development"}
    return setting.shown if plain else f"`{setting.shown}`"


# ------------------------------------------------------------------ decisions


def decisions() -> list[Path]:
    """Return the files of the decisions, oldest first."""
    return sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


def decisions_page() -> str:
    lines = []
    for path in decisions():
        title, _, day = path.read_text("utf-8").split("\n")[:3]
        lines.append((day, f"[{title.removeprefix('# ')}]({path.name})"))
    return "\n\n".join(["# Decisions", DECISIONS, table(("day", "decision"), lines)]) + "\n"


if __name__ == "__main__":
    for path, text in documents().items():
        (ROOT / path).write_text(text, "utf-8")
