"""Writing changed columns by one plain UPDATE a row, past the mapper's unit of work.

The unit of work orders rows of many kinds by everything that refers to everything; for one row of the line with a few
changed columns that costs four times the statement itself. What it guards against otherwise stays: rows are written in
the same order, unchanged values are left out, and a row that is gone is an error.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import ClauseElement, Table, Update, bindparam, inspect, update
from sqlalchemy.orm import InstanceState, Session
from sqlalchemy.orm.exc import StaleDataError


class PlainlyUpdated:
    """A model whose rows are written so, as long as nothing but their columns has changed."""


class Change(NamedTuple):
    """The changed columns of a row."""

    table: Table
    key: str
    values: dict[str, Any]
    """By the column's key."""


def write_plainly(session: Session, _flush: object = None, _rows: object = None) -> None:
    """Write the changed rows of *session* before its flush, which then finds nothing to do; or leave them all to it."""
    rows = list(session.dirty)
    if session.new or session.deleted or session.in_nested_transaction():
        return
    if not all(isinstance(row, PlainlyUpdated) for row in rows):
        return
    states = [cast("InstanceState[Any]", inspect(row)) for row in rows]
    changes = [_change(state) for state in states]
    if any(change is None for change in changes):
        return
    for change in sorted((one for one in changes if one is not None and one.values), key=_place):
        names = tuple(change.values)
        given = {f"new_{name}": value for name, value in change.values.items()}
        done = session.connection().execute(_update_of(change.table, names), given | {"row_key": change.key})
        if done.rowcount != 1:
            raise StaleDataError(f"a row of {change.table.name} that was to be changed is gone")
    for state in states:
        state._commit_all(state.dict, session.identity_map)  # noqa: SLF001  # as the flush does; nothing public does


def _change(state: InstanceState[Any]) -> Change | None:
    """Return what has changed in a row; None if it is more than plain values of its columns."""
    table, values = cast(Table, state.mapper.local_table), {}
    for name, old in state.committed_state.items():
        column, new = state.mapper.columns.get(name), state.dict.get(name)
        if column is None or column.primary_key or name not in state.dict or _is_sql(new):
            return None
        if not column.type.compare_values(old, new):
            values[column.key] = new
    return Change(table, state.identity[0] if state.identity else "", values)


def _is_sql(value: Any) -> bool:
    return isinstance(value, ClauseElement) or hasattr(value, "__clause_element__")


def _place(change: Change) -> tuple[int, str]:
    """Return where a row stands in the order in which the mapper writes."""
    return _positions(change.table)[change.table], change.key


@cache
def _positions(table: Table) -> dict[Table, int]:
    return {one: place for place, one in enumerate(table.metadata.sorted_tables)}


@cache
def _update_of(table: Table, names: tuple[str, ...]) -> Update:
    (key,) = table.primary_key
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    return update(table).where(key == bindparam("row_key")).values(values)
