"""``callcenter staff``: accounts and what counsellors are doing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click
from sqlalchemy.orm import Session

from callcenter.cli.opened import at_hand, opened
from callcenter.context import ports, settings, unit_of_work
from callcenter.domain.duty.presence import Work
from callcenter.domain.staff.roles import Role
from callcenter.domain.staff.second_factor import FIRST_PASSWORD_GROUPS, IdentityCheck, ResetReason
from callcenter.domain.typed_text import storable

if TYPE_CHECKING:
    from callcenter.models.staff.accounts import Staff

FORCE = "Do not wait: the caller goes back to the head of the queue, the record stays a draft."
WAITS = "お話し中のため、この電話の記録を閉じたときに変わります。すぐに変えるときは --force をつけてください。"


@click.group("staff")
def staff() -> None:
    """The people who work here."""


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The business name that others see, such as 担当07.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What it may do.")
@click.option("--phone", help="The telephone that calls are offered at; without it the browser.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one up.")
def staff_add(login: str, name: str, role: str, phone: str | None, password_stdin: bool) -> None:
    """Create an account, and print its first password unless one was given.

    It can be used at once, and supervisors and administrators are told; on 職員のアカウント a second person must agree.
    """
    from callcenter.domain.staff.guessable import known_words
    from callcenter.services.administration import role_requests
    from callcenter.services.staff.accounts import NewStaff, add_staff
    from callcenter.services.staff.passwords import hashed, made_up
    from callcenter.services.trail.audit import OPERATOR

    given = storable(sys.stdin.readline().rstrip("\r\n")) if password_stdin else None
    with at_hand():
        about = known_words(login, name, settings().service_name, settings().line_number)
        password = made_up(FIRST_PASSWORD_GROUPS, about) if given is None else given
        checked, new = hashed(password, about=about), NewStaff(login, name, Role(role), phone=phone)
        with unit_of_work() as session:
            now = ports().clock.now()
            added = add_staff(session, new, checked, by=OPERATOR, now=now)
            role_requests.tell_set(session, added, by=OPERATOR, now=now)
    click.echo(f"{login} を登録しました。" + (f" パスワード: {password}" if given is None else ""))


@staff.command("status")
@click.argument("login")
@click.argument("state", type=click.Choice([work.value for work in (Work.AVAILABLE, Work.AWAY, Work.OFFLINE)]))
def staff_status(login: str, state: str) -> None:
    """Set a counsellor's state without a browser; available also ends a wrap-up."""
    from callcenter.services.duty import presence

    with known(login) as (session, now, found):
        if state == Work.AVAILABLE:
            row = presence.become_available(session, found, now=now)
        else:
            row = presence.become_unavailable(session, found, Work(state), now=now)
    click.echo(f"{found.name}: {row.work}")


@staff.command("role")
@click.argument("login")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--force", is_flag=True, help=FORCE)
def staff_role(login: str, role: str, force: bool) -> None:
    """Give an account another role; it signs in anew. During a call it waits until the record is finished.

    Supervisors and administrators are told; on 職員のアカウント a second person must agree.
    """
    from callcenter.services.administration import duty_changes, role_requests
    from callcenter.services.trail.audit import OPERATOR

    with known(login) as (session, now, found):
        at_once = duty_changes.change_role(session, found, Role(role), by=OPERATOR, now=now, force=force)
        role_requests.tell_set(session, found, by=OPERATOR, now=now)
    click.echo(f"{found.name}: " + (role if at_once else WAITS))


@staff.command("prefer")
@click.argument("login")
@click.argument("callers", type=click.Choice(["self", "family", "none"]))
def staff_prefer(login: str, callers: str) -> None:
    """Let a counsellor be rung last for the other kind of caller: who pressed 本人 (self), or 家族 (family)."""
    from callcenter.domain.calls.lifecycle import CallerKey
    from callcenter.services.staff import accounts
    from callcenter.services.trail.audit import OPERATOR

    with known(login) as (session, now, found):
        prefers = None if callers == "none" else CallerKey[callers.upper()]
        accounts.set_preference(session, found, prefers, by=OPERATOR, now=now)
    click.echo(f"{found.name}: {callers}")


@staff.command("deactivate")
@click.argument("login")
@click.option("--force", is_flag=True, help=FORCE)
def staff_deactivate(login: str, force: bool) -> None:
    """Deactivate an account; its records stay. During a call it waits until the record is finished."""
    from callcenter.services.administration import duty_changes
    from callcenter.services.trail.audit import OPERATOR

    with known(login) as (session, now, found):
        at_once = duty_changes.deactivate(session, found, by=OPERATOR, now=now, force=force)
    click.echo(f"{found.name}: " + ("アカウントを停止しました。" if at_once else WAITS))


@staff.command("activate")
@click.argument("login")
def staff_activate(login: str) -> None:
    """Activate an account again, or cancel a deactivation that waits for the end of a call.

    Supervisors and administrators are told.
    """
    from callcenter.services.administration import duty_changes, role_requests
    from callcenter.services.trail.audit import OPERATOR

    with known(login) as (session, now, found):
        duty_changes.activate(session, found, by=OPERATOR, now=now)
        role_requests.tell_set(session, found, by=OPERATOR, now=now)
    click.echo(f"{found.name}: 使えます。")


@staff.command("password")
@click.argument("login")
def staff_password(login: str) -> None:
    """Set a first password for somebody who forgot theirs; it signs in once, within a week.

    Administrators do the same on 職員のアカウント. Supervisors and administrators are told.
    """
    from callcenter.services.delivery import notices
    from callcenter.services.staff import accounts
    from callcenter.services.trail.audit import OPERATOR

    first = accounts.FirstPassword.made_up()
    with known(login) as (session, now, found):
        accounts.give_first_password(session, found, first, by=OPERATOR, now=now)
        notices.notify_decision_makers(session, "staff.first_password", found.id, by=None, now=now)
    click.echo(f"{found.name}: はじめのパスワード {first.text}")


@staff.command("reset-factor")
@click.argument("login")
@click.option("--reason", type=click.Choice([reason.value for reason in ResetReason]), required=True, help="Why.")
@click.option(
    "--checked",
    type=click.Choice([check.value for check in IdentityCheck]),
    required=True,
    help="How it was made sure who asks.",
)
def staff_reset_factor(login: str, reason: str, checked: str) -> None:
    """Remove a lost second factor, once it is sure who asks; the next sign-in asks for a new one.

    Administrators do the same on 職員のアカウント. Supervisors and administrators are told.
    """
    from callcenter.services.staff import second_factor
    from callcenter.services.trail.audit import OPERATOR

    with known(login) as (session, now, found):
        why, how = ResetReason(reason), IdentityCheck(checked)
        second_factor.reset(session, found, why, how, by=OPERATOR, now=now)
    click.echo(f"{found.name}: 2段階認証を解除しました。次にログインするときに、新しく決めてもらいます。")


@contextmanager
def known(login: str) -> Iterator[tuple[Session, datetime, Staff]]:
    """Open one transaction with the account of that login, or end with a sentence."""
    from callcenter.services.staff import accounts

    with opened() as (session, now):
        found = accounts.find(session, login)
        if found is None:
            raise click.ClickException(f"{login} というログイン名は登録されていません。")
        yield session, now, found
