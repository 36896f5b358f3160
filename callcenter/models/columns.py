"""Column types that both databases store alike."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any

from sqlalchemy import DateTime, Dialect, String, TypeDecorator
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import mapped_column

from callcenter.models.base import new_id


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored as UTC; a naive one is refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must carry its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(enum: type[Enum]) -> SqlEnum:
    """Return a column type that stores an enumeration by its value; a new code needs no migration."""

    def values(members: Any) -> list[str]:
        return [member.value for member in members]

    return SqlEnum(enum, native_enum=False, create_constraint=False, length=32, values_callable=values)


Id = Annotated[str, mapped_column(String(32), primary_key=True, default=new_id)]
