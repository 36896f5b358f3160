"""Rows of one flush reach the database in the order of their foreign keys, whatever the modules are called."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers

from callcenter.models import tables
from callcenter.models.base import Base, is_written_after


def test_every_row_is_written_after_the_rows_it_refers_to() -> None:
    assert tables.ALL
    configure_mappers()
    mappers = {mapper.local_table: mapper for mapper in Base.registry.mappers}
    unordered = [
        f"{mapper.class_.__name__}.{key.parent.name}"
        for table, mapper in mappers.items()
        for key in table.foreign_keys
        if mappers[key.column.table] is not mapper and not is_written_after(mapper, mappers[key.column.table])
    ]
    assert len(mappers) > 40
    assert unordered == []
