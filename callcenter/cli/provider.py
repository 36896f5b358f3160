"""What is set up at Twilio: looking at it, and putting it right."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from callcenter.cli.opened import opened
from callcenter.context import context
from callcenter.domain.administration import line_setup
from callcenter.domain.administration.line_setup import OriginNotPublic, Remark, Target, Wanted
from callcenter.domain.ports import LineBusy, LineGone, LineRefused, LineSetup, LineShut, LineUnknown
from callcenter.loopback import is_loopback
from callcenter.settings import Settings

NO_ACCOUNT = "試験用の回線を使っています。TWILIO_ACCOUNT_SID を設定すると、Twilioの設定を見られます。"
WELL = "番号の設定、発信の許可、鍵は、そろっています。"


def wanted(settings: Settings) -> Wanted:
    """Return what our settings ask for."""
    return Wanted(
        answered=settings.answered_numbers,
        caller_id=settings.caller_id_number,
        origin=settings.public_base_url,
        fallback_url=settings.fallback_url,
    )


class Unreachable(Exception):
    """Twilio did not tell how it is set up; the message says why, and what to do, in one sentence."""


@contextmanager
def told() -> Iterator[None]:
    """Turn what goes wrong between Twilio and us into one sentence."""
    try:
        yield
    except LineShut as shut:
        raise Unreachable(
            f"Twilioに入れません({shut})。TWILIO_ACCOUNT_SID、TWILIO_API_KEY、TWILIO_API_SECRET をご確認ください。"
        ) from None
    except (LineBusy, LineUnknown) as away:
        raise Unreachable(f"Twilioに届きません({away})。通信を確かめて、少し待ってからお試しください。") from None
    except (LineRefused, LineGone) as refused:
        raise Unreachable(f"Twilioに断られました({refused})。TWILIO_ACCOUNT_SID と鍵の権限をご確認ください。") from None


def look(setup: LineSetup, settings: Settings) -> list[Remark]:
    """Return what differs from what should be; ``Unreachable`` if nobody can tell."""
    with told():
        return line_setup.compare(wanted(settings), setup.look())


@click.group("twilio")
def twilio() -> None:
    """The account at Twilio."""


@twilio.command("setup")
@click.option("--yes", is_flag=True, help="Write without asking.")
def set_up(yes: bool) -> None:
    """Show how the account at Twilio differs from what should be, ask, and write what differs."""
    app: Flask = click.get_current_context().obj["app"]()
    with app.app_context():
        setup, settings = context().ports.setup, context().settings
    if setup is None:
        raise click.ClickException(NO_ACCOUNT)
    try:
        remarks = look(setup, settings)
        if _write(setup, settings, remarks, yes=yes):
            remarks = look(setup, settings)
            click.echo("\n書きこみました。いまの設定:")
            _show(remarks)
    except Unreachable as unreachable:
        raise click.ClickException(str(unreachable)) from None
    sys.exit(1 if any(remark.wrong for remark in remarks) else 0)


def _write(setup: LineSetup, settings: Settings, remarks: list[Remark], *, yes: bool) -> bool:
    """Show what differs, ask, and write it; False if there was nothing to write or nobody wanted it."""
    from callcenter.services.administration import line_setup as service
    from callcenter.services.trail.audit import OPERATOR

    changes = line_setup.changes(remarks)
    if not changes:
        _show(remarks)
        return False
    click.echo("Twilioの設定が、あるべき形と違います。")
    for change in changes:
        click.echo(f"\n{change.what}\n  いま:     {change.now}\n  これから: {change.then}")
    _list([remark for remark in remarks if remark.change is None])
    if any(change.target is Target.NUMBER for change in changes):
        _check_public(settings)
    if not (yes or click.confirm("\n書きこみますか", default=False)):
        click.echo("何も書きこみませんでした。")
        return False
    with told():
        service.write(setup, changes)
    with opened() as (session, now):
        service.record(session, changes, by=OPERATOR, now=now)
    return True


def _check_public(settings: Settings) -> None:
    """Let only an address be written that Twilio can call; a stand-in on this machine can call any."""
    if not settings.public_base_url.startswith("https://") and not is_loopback(settings.twilio_api_url):
        raise OriginNotPublic


def _show(remarks: list[Remark]) -> None:
    if not any(remark.wrong for remark in remarks):
        click.echo(f"✓ {WELL}")
    _list(remarks)


def _list(remarks: list[Remark]) -> None:
    for remark in remarks:
        click.echo(f"{'✗' if remark.wrong else '△'} {remark.subject}: {remark.sentence}")
