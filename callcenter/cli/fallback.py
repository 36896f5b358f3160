"""What callers hear while nothing of ours answers: a file for the web server, or the same text for a TwiML Bin."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import Any

import click

log = logging.getLogger(__name__)


@click.command("export-fallback")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), metavar="FILE")
@click.pass_obj
def export_fallback(obj: dict[str, Any], file: str) -> None:
    """Write the script for when this machine is away to FILE; - prints it, for a TwiML Bin at Twilio."""
    script = obj["fallback"]()
    if file == "-":
        click.echo(script)
        return
    try:
        replace(Path(file), script)
    except OSError as wrong:
        raise click.ClickException(
            f"{file} に書けません({wrong.strerror})。フォルダーがあること、書きこめることをご確認ください。"
        ) from None
    click.echo(f"{file} に書きました。")


def keep_current(path: Path, script: str) -> None:
    """Let *path* hold *script*; a file that cannot be written stops nobody from answering calls."""
    try:
        if not holds(path, script):
            replace(path, script)
    except OSError as wrong:
        log.warning("the fallback file %s cannot be written: %s", path, wrong.strerror)


def holds(path: Path, script: str) -> bool:
    """Whether *path* is what it should be."""
    try:
        return path.read_text(encoding="utf-8") == script
    except (OSError, UnicodeDecodeError):
        return False


def replace(path: Path, script: str) -> None:
    """Write the whole file or leave the old one: whoever reads it meanwhile gets one of the two."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(script)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(0o644)  # the web server is somebody else, and there is nothing secret in it
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
