"""The rules of access as SQL: a list filtered by a rule holds exactly what the rule allows one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from sqlalchemy import Boolean, Column, Connection, Integer, MetaData, Table, create_engine, insert, select

from callcenter.domain.access.permissions import Action, Condition, may
from callcenter.domain.staff.roles import Role
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import reach

EVERY_SET = [
    frozenset(condition for condition, holds in zip(Condition, held, strict=True) if holds)
    for held in product((False, True), repeat=len(Condition))
]
THINGS = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    *(Column(condition, Boolean, nullable=False) for condition in Condition),
)
"""One row for every set of conditions that may hold of a record or a case."""


@pytest.fixture(scope="module")
def things() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        THINGS.metadata.create_all(connection)
        rows = [
            {"id": place} | {condition.value: condition in held for condition in Condition}
            for place, held in enumerate(EVERY_SET)
        ]
        connection.execute(insert(THINGS), rows)
        yield connection
    engine.dispose()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_a_list_shows_what_the_rule_allows_and_hides_nothing_of_it(
    things: Connection, role: Role, action: Action
) -> None:
    clauses = {condition: THINGS.c[condition] for condition in Condition}
    asked = reach.clause(Staff(id="asks", role=role), action, clauses)
    shown = set(things.scalars(select(THINGS.c.id).where(asked)))
    assert shown == {place for place, held in enumerate(EVERY_SET) if may(role, action, held)}
