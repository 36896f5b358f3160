"""What the commands share: a transaction on a migrated database, and errors as one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from callcenter.context import context, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import storable
from callcenter.settings import SettingsWrong

HELP = "callcenter.help"
"""Where a context notes that help is asked for."""


class Commands(click.Group):
    """The whole command: arguments are storable text, and what a person can mend is one sentence and exit status 1."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note whether help is asked for: that is given whatever the settings are."""
        ctx.meta[HELP] = any(name in args for name in ctx.help_option_names)
        return super().parse_args(ctx, [storable(one) for one in args])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (HelplineError, SettingsWrong) as wrong:
            raise click.ClickException(str(wrong)) from None
        except (ArgumentError, InterfaceError, OperationalError) as away:
            raise click.ClickException(
                f"データベースが使えません({type(away).__name__})。DATABASE_URL をご確認ください。"
            ) from None


@contextmanager
def opened() -> Iterator[tuple[Session, datetime]]:
    """Open one transaction on a migrated database, and yield it with the present moment."""
    with at_hand(), unit_of_work() as session:
        yield session, context().ports.clock.now()


@contextmanager
def at_hand() -> Iterator[None]:
    """Yield the app with a migrated database, for commands that need more than one transaction."""
    from callcenter.adapters import schema
    from callcenter.models.base import db

    app: Flask = click.get_current_context().obj["app"]()
    with app.app_context():
        if schema.revision(db.engine) is None:
            if db.engine.dialect.name != "sqlite":
                raise click.ClickException("データベースが、まだ空です。callcenter migrate を実行してください。")
            bring_up_to_date()
        yield


def bring_up_to_date() -> None:
    """Migrate the database and store the shipped holidays."""
    from callcenter.adapters import schema
    from callcenter.domain.calendar.holidays_jp import shipped_holidays
    from callcenter.domain.directory.helplines import shipped_helplines
    from callcenter.models.base import db
    from callcenter.services.calendar import opening_hours
    from callcenter.services.directory import institutions
    from callcenter.services.names import nickname_index

    schema.upgrade(db.engine)
    with unit_of_work() as session:
        opening_hours.store_shipped(session, shipped_holidays())
        institutions.store_shipped(session, shipped_helplines(), now=context().ports.clock.now())
        nickname_index.complete(session)
