"""``callcenter twilio``: the set-up at Twilio."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from callcenter.cli.opened import opened
from callcenter.context import context
from callcenter.domain.telephony import LineBusy, LineGone, LineRefused, LineSetup, LineShut, LineUnknown, SetupFinding

NO_ACCOUNT = "試験用の回線を使っています。TWILIO_ACCOUNT_SID を設定すると、Twilioの設定を見られます。"
WELL = "番号の設定、発信の許可、鍵はそろっています。"


class Unreachable(Exception):
    """Raised when Twilio could not be queried; the message says why and what to do."""


@contextmanager
def errors_as_sentence() -> Iterator[None]:
    """Turn errors between Twilio and us into one sentence."""
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


def differences(setup: LineSetup) -> list[SetupFinding]:
    """Return what differs from what should be; ``Unreachable`` if Twilio could not be queried."""
    with errors_as_sentence():
        return setup.look()


@click.group("twilio")
def twilio() -> None:
    """The account at Twilio."""


@twilio.command("setup")
@click.option("--yes", is_flag=True, help="Write without asking.")
def set_up(yes: bool) -> None:
    """Show how the account at Twilio differs from what should be, ask, and write what differs."""
    app: Flask = click.get_current_context().obj["app"]()
    with app.app_context():
        setup = context().ports.setup
    if setup is None:
        raise click.ClickException(NO_ACCOUNT)
    try:
        findings = differences(setup)
        if _write(setup, findings, yes=yes):
            findings = differences(setup)
            click.echo("\n書きこみました。いまの設定:")
            _show(findings)
    except Unreachable as unreachable:
        raise click.ClickException(str(unreachable)) from None
    sys.exit(1 if any(finding.wrong for finding in findings) else 0)


def _write(setup: LineSetup, findings: list[SetupFinding], *, yes: bool) -> bool:
    """Show what differs, ask, and write it; False if there was nothing to write or the answer was no."""
    from callcenter.services.administration import line_setup
    from callcenter.services.trail.audit import OPERATOR

    changes = [finding.change for finding in findings if finding.change is not None]
    if not changes:
        _show(findings)
        return False
    click.echo("Twilioの設定が、あるべき形と違います。")
    for change in changes:
        click.echo(f"\n{change.what}\n  いま:     {change.now}\n  これから: {change.then}")
    _list([finding for finding in findings if finding.change is None])
    setup.check(changes)
    if not (yes or click.confirm("\n書きこみますか", default=False)):
        click.echo("何も書きこみませんでした。")
        return False
    with errors_as_sentence():
        setup.write(changes)
    with opened() as (session, now):
        line_setup.record(session, changes, by=OPERATOR, now=now)
    return True


def _show(findings: list[SetupFinding]) -> None:
    if not any(finding.wrong for finding in findings):
        click.echo(f"✓ {WELL}")
    _list(findings)


def _list(findings: list[SetupFinding]) -> None:
    for finding in findings:
        click.echo(f"{'✗' if finding.wrong else '△'} {finding.subject}: {finding.sentence}")
