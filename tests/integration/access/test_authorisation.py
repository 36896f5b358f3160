"""Every route × method × role × owner, asked through the real app and compared with one table (authorisation.txt)."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests.integration.access.authorisation import ANYBODY, Stage, observed, owner_matters, table

HOW = (
    "{what}: tests/integration/access/authorisation.txt has no line for it. Add one, 'METHOD route who who …' "
    "(its head says how), for what the rules allow: counsellor:own where the route names a record or a case."
)


@pytest.fixture
def stage(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    stage = Stage(sqlite_url)
    monkeypatch.setattr(Session, "commit", Session.rollback)  # everybody finds the same, whatever was asked before
    logging.disable(logging.CRITICAL)  # a view that stumbles after its guard has let somebody in
    yield stage
    logging.disable(logging.NOTSET)
    stage.close()


def test_everybody_gets_in_where_the_table_says_and_nowhere_else(stage: Stage) -> None:
    entries, known, wrong = table(), set(), []
    for rule, method in stage.routes():
        entry = entries.get((method, rule.rule))
        assert entry is not None, HOW.format(what=f"{method} {rule.rule}")
        known.add((method, rule.rule))
        for (role, own), got_in in observed(stage, rule, method).items():
            if got_in is not entry.allows(role, own=own):
                whose = ("own" if own else "somebody else's") if owner_matters(rule) else ""
                wrong.append(f"{method} {rule.rule}: {role} {whose} {'gets in' if got_in else 'is refused'}")
    assert wrong == []
    assert sorted(set(entries) - known) == [], "lines of authorisation.txt without a route"


def test_no_line_lets_the_keepers_of_accounts_and_of_the_trail_near_a_consultation() -> None:
    near = ("/console", "/reports")
    lines = [(route, who) for (_, route), entry in table().items() for who in entry.who if route.startswith(near)]
    assert {who for _, who in lines} <= {"counsellor", "counsellor:own", "supervisor"}
    named = ("<record_id>", "<case_id>", "<person_id>", "<target_id>", "<incident_id>", "<call_id>")
    others = [(route, entry) for (_, route), entry in table().items() if any(part in route for part in named)]
    assert others
    assert all(not entry.who & {"administrator", "auditor", ANYBODY} for _, entry in others)
