"""The ``callcenter`` command; ``wsgi`` hands over how settings, app and processes are made."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask import Flask

from callcenter.cli.audit import audit
from callcenter.cli.doctor import doctor
from callcenter.cli.fallback import export_fallback
from callcenter.cli.hours import hours
from callcenter.cli.keeping.disclosing import cases_export
from callcenter.cli.keeping.keys import keys
from callcenter.cli.keeping.members import members
from callcenter.cli.keeping.retention import retention
from callcenter.cli.moving_in import cases_import
from callcenter.cli.names import names
from callcenter.cli.opened import HELP, Commands
from callcenter.cli.processes import migrate, run_all, work
from callcenter.cli.provider import twilio
from callcenter.cli.records import cases, seed_demo
from callcenter.cli.staff import staff
from callcenter.settings import Settings

MakeApp = Callable[[], Flask]
Run = Callable[..., int]

EVERY: tuple[click.Command, ...] = (
    run_all,
    work,
    migrate,
    hours,
    staff,
    cases,
    names,
    doctor,
    twilio,
    audit,
    keys,
    retention,
    members,
    seed_demo,
    export_fallback,
)

cases.add_command(cases_import)
cases.add_command(cases_export)


def build(*, settings: Callable[[], Settings], app: MakeApp, run: Run) -> click.Group:
    """Return the ``callcenter`` command with everything it needs at hand."""

    @click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
    @click.pass_context
    def cli(ctx: click.Context) -> None:
        """The back office of a telephone helpline."""
        ctx.obj = {"settings": settings, "app": app, "run": run}
        if not ctx.meta[HELP]:
            settings()  # no command begins with settings that are wrong, not even one that needs none

    for command in EVERY:
        cli.add_command(command)
    return cli
