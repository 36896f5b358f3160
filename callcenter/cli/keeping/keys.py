"""``callcenter keys``: rotating to a new key of the ring."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from callcenter.cli.opened import at_hand
from callcenter.context import context, reading, unit_of_work
from callcenter.domain.calendar.times import short_date

if TYPE_CHECKING:
    from callcenter.services.keeping.keys import Remaining


@click.group("keys")
def keys() -> None:
    """The keys that seal what callers told us."""


@keys.command("rotate")
@click.option("--force", is_flag=True, help="Also while a process runs that does not know the new key.")
def keys_rotate(force: bool) -> None:
    """Move everything sealed to the first key of FIELD_KEYS, and say when the others may be removed.

    It may be interrupted and repeated at any time, and waits for processes that do not know the new key.

    Before that, list the new key last and restart every process, so that all of them know it; then list it first and
    restart once more.
    """
    from callcenter.crypto import KeyMissing

    with at_hand():
        now = context().ports.clock.now()
        if not force:
            _refuse_too_early(now)
        try:
            _move(now)
            _rehash(now)
        except KeyMissing as missing:
            words = "必要な鍵が FIELD_KEYS にありません。前の鍵を、新しい鍵のうしろに書いてください"
            raise click.ClickException(f"{words}({missing})。") from None
        click.echo(_what_next(_remaining(now)))


def _refuse_too_early(now: datetime) -> None:
    """Refuse while a running process lacks the new key; it has to be restarted first."""
    from callcenter.services.keeping import process_keys

    with reading() as session:
        lacking = process_keys.processes_lacking_key(session, now=now)
    if lacking:
        raise click.ClickException(
            f"新しい鍵 {context().ring.current_id} を知らないプロセスが動いています({'、'.join(lacking)})。"
            "新しい鍵を FIELD_KEYS に加えて再起動し、3分ほど待ってから、もう一度実行してください。"
        )


def _move(now: datetime) -> None:
    from callcenter.services.keeping import keys as ring_keys
    from callcenter.services.trail.audit import OPERATOR

    with click.progressbar(length=_remaining(now).movable, label="鍵を移しています") as bar:
        moved = 1
        while moved:
            with unit_of_work() as session:
                moved = ring_keys.rotate(session, by=OPERATOR, now=now)
            bar.update(moved)


def _rehash(now: datetime) -> None:
    from callcenter.services.keeping import keys as ring_keys
    from callcenter.services.trail.audit import OPERATOR

    with reading() as session:
        hashes = ring_keys.recognise_flags(session, now=now)
    with unit_of_work() as session:
        ring_keys.rehash_flags(session, hashes, by=OPERATOR, now=now)


def _remaining(now: datetime) -> Remaining:
    from callcenter.services.keeping import keys as ring_keys

    with reading() as session:
        return ring_keys.remaining(session, now=now)


def _what_next(after: Remaining) -> str:
    """Say whether the older keys may be removed, and what may still need them."""
    others = [key_id for key_id, _ in context().ring.keys[1:]]
    if not others:
        return "すべて、いまの鍵で封じてあります。ほかの鍵は FIELD_KEYS にありません。"
    names = "、".join(others)
    if after.movable:
        return (
            f"まだ{after.movable}件が前の鍵のままです。ほかのプロセスが前の鍵で書いています。"
            f"web と worker を再起動してから、もう一度実行してください。鍵 {names} は、まだ外せません。"
        )
    if after.flags:
        until = short_date(after.flags_until) if after.flags_until else ""
        return (
            f"番号の印{after.flags}件は、番号がもう消えているため移せません。{until}に期限が切れます。"
            f"鍵 {names} は、その翌日から FIELD_KEYS から外せます。"
        )
    return (
        f"すべて移しました。鍵 {names} は FIELD_KEYS から外せます(外したら web と worker を再起動してください)。"
        "これまでのバックアップを開くには前の鍵が要ります。鍵の控えは、そのバックアップが消えるまで残してください。"
    )
