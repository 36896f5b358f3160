"""The people who work here, and what they are doing."""

from __future__ import annotations

import sys

import click

from callcenter.cli.opened import opened
from callcenter.domain.people import Role
from callcenter.domain.presence import Work

STARTING_PASSWORD_BYTES = 12


@click.group("staff")
def staff() -> None:
    """The people who work here."""


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The business name that others see, such as 担当07.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--phone", help="The telephone that calls are offered at; without it the browser.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one up.")
def staff_add(login: str, name: str, role: str, phone: str | None, password_stdin: bool) -> None:
    """Make an account."""
    import secrets

    from callcenter.services.audit import OPERATOR
    from callcenter.services.staff import NewStaff, add_staff

    made_up = None if password_stdin else secrets.token_urlsafe(STARTING_PASSWORD_BYTES)
    password = made_up or sys.stdin.readline().rstrip("\r\n")
    with opened() as (session, now):
        add_staff(session, NewStaff(login, name, Role(role), phone=phone), password, by=OPERATOR, now=now)
    click.echo(f"{login} を登録しました。" + (f" パスワード: {made_up}" if made_up else ""))


@staff.command("status")
@click.argument("login")
@click.argument("state", type=click.Choice([work.value for work in (Work.AVAILABLE, Work.AWAY, Work.OFFLINE)]))
def staff_status(login: str, state: str) -> None:
    """Set a counsellor's state without a browser; available also ends a wrap-up."""
    from callcenter.services import presence
    from callcenter.services import staff as accounts

    with opened() as (session, now):
        found = accounts.find(session, login)
        if found is None:
            raise click.ClickException(f"{login} というログイン名は登録されていません。")
        if state == Work.AVAILABLE:
            row = presence.come(session, found, now=now)
        else:
            row = presence.leave(session, found, Work(state), now=now)
    click.echo(f"{found.name}: {row.work}")
