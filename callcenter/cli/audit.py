"""``callcenter audit``: checking the trail, printing its head, exporting a copy."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from callcenter.adapters import head_file
from callcenter.cli.kinds import DAY
from callcenter.cli.opened import at_hand, opened
from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.calendar.times import in_japan, local_date
from callcenter.domain.trail.audit_heads import Head, head_line, read_heads

if TYPE_CHECKING:
    from callcenter.models.trail.audit import AuditEntry


@click.group("audit")
def audit() -> None:
    """The audit trail: whether it is whole, its head, a copy of it."""


@audit.command("verify")
@click.option(
    "--head",
    "given",
    multiple=True,
    help="A line that was kept outside, a file or saved mail that holds some, or - for standard input.",
)
def audit_verify(given: tuple[str, ...]) -> None:
    """Check the hash chain of the audit trail and name the first entry that does not fit.

    With heads that were kept outside, also what was cut off at its end is found; those of AUDIT_HEAD_FILE are looked at
    without being named.
    """
    from callcenter.services.trail import audit as trail
    from callcenter.services.trail import audit_watch

    with at_hand(), reading() as session:
        heads = [head for one in given for head in _heads(one)] + head_file.heads(settings().audit_head_file)
        bad = trail.verify(session, *heads, *audit_watch.sent_heads(session))
        words = "" if bad is None else _about(session.get(_entry(), bad))
    if bad is not None:
        raise click.ClickException(f"監査記録 {bad} 番が、前の記録とつながりません{words}。")
    if heads:
        newest = max(head.seq for head in heads)
        click.echo(f"監査記録は、すべてつながり、外に保管した印(いちばん新しいものは {newest} 番)とも合っています。")
    else:
        click.echo("監査記録は、すべてつながっています。")


@audit.command("head")
def audit_head() -> None:
    """Print where the chain of the audit trail ends now, as a line to be kept outside."""
    from callcenter.services.trail import audit as trail

    with opened() as (session, now):
        head = trail.head(session)
    if head is None:
        raise click.ClickException("監査記録は、まだありません。")
    click.echo(head_line(local_date(now), head))


@audit.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=False))
@click.option("--from", "first", metavar="DATE", type=DAY, help="First day, in Japan.")
@click.option("--to", "last", metavar="DATE", type=DAY, help="Last day, in Japan.")
def audit_export(file: TextIO, first: date | None, last: date | None) -> None:
    """Write a copy of the audit trail to FILE, one JSON object a line, with the hashes.

    It holds codes and ids only, never what was said. That it was written stands in the trail.
    """
    from callcenter.services.trail import entries
    from callcenter.services.trail.audit import OPERATOR

    days = (first, last)
    count = 0
    with at_hand():
        with reading() as session:
            for entry in entries.whole(session, *days):
                file.write(json.dumps(_as_json(entry), ensure_ascii=False) + "\n")
                count += 1
        with unit_of_work() as session:
            entries.note_export(session, count, by=OPERATOR, now=ports().clock.now())
    click.echo(f"{count}件を書き出しました。", err=True)


def _heads(given: str) -> list[Head]:
    text = given
    if given == "-":
        text = sys.stdin.read()
    elif Path(given).is_file():
        text = Path(given).read_text("utf-8", errors="replace")
    found = read_heads(text) or read_heads(_mail_text(text))
    if not found:
        raise click.BadParameter("印の行(callcenter-audit-head …)が見つかりません。", param_hint="--head")
    return found


def _mail_text(text: str) -> str:
    """Return the text of a mail saved as it came, encoded; nothing if it is none."""
    from email import message_from_string  # heavy: only who hands over a mail pays for it
    from email.policy import default

    body = message_from_string(text, policy=default).get_body(("plain",))
    return str(body.get_content()) if body is not None and "Message-ID" in text else ""


def _entry() -> type[AuditEntry]:
    from callcenter.models.trail.audit import AuditEntry

    return AuditEntry


def _about(entry: AuditEntry | None) -> str:
    """Return which entry it is, as far as it is there."""
    if entry is None:
        return "(この番号の記録は、消えています)"
    return f"({in_japan(entry.at).strftime('%Y-%m-%d %H:%M:%S')}、{entry.action})"


def _as_json(entry: AuditEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": in_japan(entry.at).isoformat(),
        "actor_kind": entry.actor_kind.value,
        "actor": entry.actor_id,
        "action": entry.action,
        "subject_kind": entry.subject_kind,
        "subject": entry.subject_id,
        "facts": entry.facts,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }
