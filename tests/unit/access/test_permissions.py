"""Who may do what, read from the table of rules over every set of conditions."""

from __future__ import annotations

from collections.abc import Callable, Set
from itertools import combinations

import pytest

from callcenter.domain.access.permissions import (
    ALWAYS,
    NEVER,
    RULES,
    Action,
    Condition,
    Way,
    check,
    may,
    roles_that_may,
    ways,
)
from callcenter.domain.staff.roles import NotAllowed, Role

EVERY_SET = [frozenset(some) for size in range(len(Condition) + 1) for some in combinations(Condition, size)]
CONTENT = (
    *(Action.OPEN, Action.WRITE, Action.ADD, Action.RESCUE, Action.CARE, Action.FIND, Action.EXPORT),
    *(Action.SEE_MAIL, Action.TAKE_THREAD, Action.READ_THREAD, Action.REPLY, Action.APPROVE_REPLY, Action.JOIN_MEMBER),
)
CONCERNED = {Condition.OWN, Condition.INVOLVED, Condition.ASSIGNED}

C = Condition
EXPECTED: list[tuple[Role, Action, set[Condition], bool]] = [
    (Role.COUNSELLOR, Action.OPEN, set(), False),
    (Role.COUNSELLOR, Action.OPEN, {C.OWN}, True),
    (Role.COUNSELLOR, Action.OPEN, {C.INVOLVED}, True),
    (Role.COUNSELLOR, Action.OPEN, {C.ASSIGNED}, True),
    (Role.COUNSELLOR, Action.OPEN, {C.GRANTED}, True),
    (Role.COUNSELLOR, Action.OPEN, {C.INVOLVED, C.WALLED}, False),
    (Role.COUNSELLOR, Action.OPEN, {C.INVOLVED, C.WALLED, C.CROSSED}, True),
    (Role.COUNSELLOR, Action.OPEN, {C.CROSSED}, False),
    (Role.SUPERVISOR, Action.OPEN, set(), True),
    (Role.SUPERVISOR, Action.OPEN, {C.WALLED}, False),
    (Role.SUPERVISOR, Action.OPEN, {C.WALLED, C.CROSSED}, True),
    (Role.COUNSELLOR, Action.WRITE, {C.OWN}, True),
    (Role.COUNSELLOR, Action.WRITE, {C.ASSIGNED, C.GRANTED}, False),
    (Role.SUPERVISOR, Action.WRITE, set(), True),
    (Role.SUPERVISOR, Action.RESCUE, {C.DRAFT}, True),
    (Role.SUPERVISOR, Action.RESCUE, {C.DRAFT, C.OWN}, False),
    (Role.SUPERVISOR, Action.RESCUE, set(), False),
    (Role.COUNSELLOR, Action.BREAK_GLASS, set(), True),
    (Role.COUNSELLOR, Action.BREAK_GLASS, {C.ASSIGNED}, False),
    (Role.SUPERVISOR, Action.REVIEW, set(), True),
    (Role.SUPERVISOR, Action.REVIEW, {C.OWN}, False),
    (Role.SUPERVISOR, Action.DESTROY, {C.HELD}, False),
    (Role.COUNSELLOR, Action.READ_THREAD, set(), False),
    (Role.COUNSELLOR, Action.READ_THREAD, {C.INVOLVED, C.ASSIGNED, C.GRANTED}, False),
    (Role.COUNSELLOR, Action.READ_THREAD, {C.OWN}, True),
    (Role.COUNSELLOR, Action.READ_THREAD, {C.OWN, C.WALLED}, False),
    (Role.SUPERVISOR, Action.READ_THREAD, set(), True),
    (Role.SUPERVISOR, Action.READ_THREAD, {C.WALLED}, False),
    (Role.COUNSELLOR, Action.TAKE_THREAD, {C.CLAIMED}, False),
    (Role.SUPERVISOR, Action.TAKE_THREAD, {C.CLAIMED}, True),
    (Role.SUPERVISOR, Action.REPLY, set(), False),
    (Role.SUPERVISOR, Action.APPROVE_REPLY, {C.OWN}, False),
    (Role.ADMINISTRATOR, Action.KEEP_ACCOUNTS, set(), True),
    (Role.AUDITOR, Action.SEE_TRAIL, set(), True),
    (Role.AUDITOR, Action.SEE_FIGURES, set(), True),
    (Role.ADMINISTRATOR, Action.SEE_TRAIL, set(), False),
]


@pytest.mark.parametrize("role, action, conditions, expected", EXPECTED)
def test_a_rule_says_yes_or_no(role: Role, action: Action, conditions: set[Condition], expected: bool) -> None:
    assert may(role, action, conditions) is expected


def test_every_action_has_a_rule_and_somebody_who_may() -> None:
    assert set(RULES) == set(Action)
    assert all(roles_that_may(action) for action in Action)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
@pytest.mark.parametrize("action", CONTENT)
def test_who_keeps_accounts_or_the_trail_never_comes_near_what_was_said(role: Role, action: Action) -> None:
    assert [conditions for conditions in EVERY_SET if may(role, action, conditions)] == []
    with pytest.raises(NotAllowed):
        check(role, action, set(Condition))


def test_nobody_reads_over_the_wall_unless_it_was_crossed() -> None:
    assert not any(
        may(role, action, conditions)
        for action in (Action.OPEN, Action.READ_THREAD)
        for role in Role
        for conditions in EVERY_SET
        if Condition.WALLED in conditions and Condition.CROSSED not in conditions
    )


def test_a_counsellor_opens_nothing_that_does_not_concern_them_unless_glass_was_broken() -> None:
    opened = [conditions for conditions in EVERY_SET if may(Role.COUNSELLOR, Action.OPEN, conditions)]
    assert opened
    assert all(conditions & (CONCERNED | {Condition.GRANTED}) for conditions in opened)


def test_glass_is_broken_only_for_what_stays_shut_otherwise() -> None:
    assert not any(
        may(Role.COUNSELLOR, Action.BREAK_GLASS, conditions) and may(Role.COUNSELLOR, Action.OPEN, conditions)
        for conditions in EVERY_SET
    )


Holds = Callable[[Set[Condition]], bool]


def _in_sight(held: Set[Condition]) -> bool:
    return C.WALLED not in held or C.CROSSED in held


WHEN: dict[tuple[Role, Action], Holds] = {
    (Role.COUNSELLOR, Action.OPEN): lambda held: bool(held & {*CONCERNED, C.GRANTED}) and _in_sight(held),
    (Role.SUPERVISOR, Action.OPEN): _in_sight,
    (Role.COUNSELLOR, Action.WRITE): lambda held: C.OWN in held,
    (Role.SUPERVISOR, Action.RESCUE): lambda held: C.DRAFT in held and C.OWN not in held,
    (Role.COUNSELLOR, Action.CARE): lambda held: bool(held & {C.INVOLVED, C.ASSIGNED}),
    (Role.COUNSELLOR, Action.BREAK_GLASS): lambda held: not held & {*CONCERNED, C.GRANTED},
    (Role.SUPERVISOR, Action.REVIEW): lambda held: C.OWN not in held,
    (Role.SUPERVISOR, Action.DESTROY): lambda held: C.HELD not in held,
    (Role.COUNSELLOR, Action.TAKE_THREAD): lambda held: C.CLAIMED not in held,
    (Role.COUNSELLOR, Action.READ_THREAD): lambda held: C.OWN in held and C.WALLED not in held,
    (Role.SUPERVISOR, Action.READ_THREAD): lambda held: C.WALLED not in held,
    (Role.COUNSELLOR, Action.REPLY): lambda held: C.OWN in held,
    (Role.SUPERVISOR, Action.REPLY): lambda held: C.OWN in held,
    (Role.SUPERVISOR, Action.APPROVE_REPLY): lambda held: C.OWN not in held,
    (Role.COUNSELLOR, Action.JOIN_MEMBER): lambda held: C.OWN in held,
    (Role.COUNSELLOR, Action.KNOW_FLAG): lambda held: C.OWN in held,
    (Role.SUPERVISOR, Action.CONFIRM_ROLE): lambda held: C.OWN not in held,
    (Role.ADMINISTRATOR, Action.CONFIRM_ROLE): lambda held: C.OWN not in held,
}
"""What a rule asks for where ``test_permission_table.py`` says *some*."""


def test_every_rule_with_conditions_is_gone_through_here() -> None:
    assert set(WHEN) == {
        (role, action) for role in Role for action in Action if ways(role, action) not in (ALWAYS, NEVER)
    }


@pytest.mark.parametrize("role, action", WHEN)
def test_a_rule_asks_for_its_conditions_and_for_nothing_else(role: Role, action: Action) -> None:
    assert [held for held in EVERY_SET if may(role, action, held) is not WHEN[role, action](held)] == []


@pytest.mark.parametrize("action", Action)
def test_where_a_rule_asks_for_nothing_it_is_yes_or_no_whatever_holds(action: Action) -> None:
    for role in Role:
        if (role, action) not in WHEN:
            assert {may(role, action, held) for held in EVERY_SET} == {ways(role, action) == ALWAYS}
        assert (role in roles_that_may(action)) is (ways(role, action) != NEVER)


def test_check_raises_where_may_says_no_and_only_there() -> None:
    check(Role.COUNSELLOR, Action.FIND)
    check(Role.COUNSELLOR, Action.WRITE, {C.OWN})
    for conditions in (frozenset[Condition](), {C.ASSIGNED}):
        with pytest.raises(NotAllowed):
            check(Role.COUNSELLOR, Action.WRITE, conditions)
    with pytest.raises(NotAllowed):
        check(Role.COUNSELLOR, Action.WRITE)


def test_a_way_wants_all_it_needs_and_none_of_what_shuts_it() -> None:
    way = Way(frozenset({C.OWN, C.DRAFT}), unless=frozenset({C.HELD, C.WALLED}))
    open_to = [held for held in EVERY_SET if way.holds(held)]
    assert open_to
    assert all({C.OWN, C.DRAFT} <= held and not held & {C.HELD, C.WALLED} for held in open_to)
    assert len(open_to) == 2 ** (len(Condition) - 4)
    assert Way().holds(frozenset())
