"""``callcenter export-fallback``: what callers hear while nothing of ours answers."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from callcenter.context import line_words, reading
from callcenter.domain.announcements.wording import Changes


@click.command("export-fallback")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), metavar="FILE")
def export_fallback(file: str) -> None:
    """Write what callers hear while nothing of ours answers to FILE, for the web server in front.

    A dash instead of FILE prints it, for a TwiML Bin at Twilio.
    """
    from callcenter.adapters import fallback_file

    app: Flask = click.get_current_context().obj["app"]()
    with app.app_context():
        script = current_script()
    if file == "-":
        click.echo(script)
        return
    try:
        fallback_file.replace(Path(file), script)
    except OSError as wrong:
        raise click.ClickException(
            f"{file} に書けません({wrong.strerror})。フォルダーがあること、書きこめることをご確認ください。"
        ) from None
    click.echo(f"{file} に書きました。")


def current_script() -> str:
    """Return the fallback script in today's wording; without a database in the shipped one."""
    from callcenter.services.announcements import changed_phrases

    words = line_words()
    if words is None:
        raise click.ClickException("電話の部分が組みこまれていないため、案内を作れません。")
    try:
        with reading() as session:
            changes = changed_phrases.current(session)
    except SQLAlchemyError:
        click.echo("データベースにつながらないため、変更する前の文で作りました。", err=True)
        changes = Changes()
    return words.away(changes)
