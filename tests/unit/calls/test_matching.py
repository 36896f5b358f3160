"""Who is rung for whom, as a rule without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calls.lifecycle import CallerKey
from callcenter.domain.calls.matching import DueCaller, FreeCounsellor, Match, match

A, B, C = FreeCounsellor("a"), FreeCounsellor("b"), FreeCounsellor("c", supervisor=True)


def test_the_longest_idle_counsellor_is_rung_for_the_next_caller() -> None:
    assert list(match([DueCaller("1"), DueCaller("2")], [A, B, C])) == [Match("1", "a", False), Match("2", "b", False)]


def test_whoever_let_the_caller_ring_out_is_passed_over_while_somebody_else_is_free() -> None:
    callers = [DueCaller("1", frozenset({"a"})), DueCaller("2")]
    assert list(match(callers, [A, B])) == [Match("1", "b", False), Match("2", "a", False)]


def test_when_all_who_are_free_have_passed_a_new_round_begins_with_the_longest_idle() -> None:
    assert list(match([DueCaller("1", frozenset({"a", "b"}))], [A, B])) == [Match("1", "a", True)]


def test_a_caller_kept_for_supervisors_waits_for_one_and_holds_nobody_else_up() -> None:
    assert list(match([DueCaller("1", supervisors_only=True), DueCaller("2")], [A, B])) == [Match("2", "a", False)]
    assert list(match([DueCaller("1", supervisors_only=True), DueCaller("2")], [A, C])) == [
        Match("1", "c", False),
        Match("2", "a", False),
    ]


def test_whoever_just_declined_a_caller_is_left_in_peace_by_that_caller_alone() -> None:
    callers = [DueCaller("1", frozenset({"a"}), resting=frozenset({"a"})), DueCaller("2")]
    assert list(match(callers, [A])) == [Match("2", "a", False)]


def test_whoever_would_rather_take_other_callers_comes_last_and_at_first_not_at_all() -> None:
    families = FreeCounsellor("a", prefers=CallerKey.FAMILY)
    own = DueCaller("1", key=CallerKey.SELF)
    assert list(match([own], [families, B])) == [Match("1", "b", False)]
    assert list(match([own], [families])) == [Match("1", "a", False)]
    assert list(match([DueCaller("1", key=CallerKey.SELF, respect_preferences=True)], [families])) == []


def test_a_caller_who_pressed_nothing_or_finds_it_hard_to_speak_is_of_no_kind() -> None:
    families = FreeCounsellor("a", prefers=CallerKey.FAMILY)
    for key in (None, CallerKey.HARD_TO_SPEAK, CallerKey.FAMILY):
        assert list(match([DueCaller("1", key=key, respect_preferences=True)], [families, B])) == [
            Match("1", "a", False)
        ]


NAMES = st.sampled_from("abcdefgh")


@given(
    st.lists(st.tuples(st.frozensets(NAMES), st.booleans()), max_size=8),
    st.lists(st.tuples(NAMES, st.booleans()), max_size=8, unique_by=lambda one: one[0]),
)
def test_nobody_is_rung_twice_and_nobody_stays_free_beside_a_caller_whom_they_could_answer(
    waiting: list[tuple[frozenset[str], bool]], here: list[tuple[str, bool]]
) -> None:
    callers = [DueCaller(str(place), passed, kept) for place, (passed, kept) in enumerate(waiting)]
    made = list(match(callers, [FreeCounsellor(*one) for one in here]))
    assert len({one.staff_id for one in made}) == len({one.call_id for one in made}) == len(made)
    left = {name: supervisor for name, supervisor in here if name not in {one.staff_id for one in made}}
    for caller in callers:
        if caller.call_id not in {one.call_id for one in made}:
            assert not left if not caller.supervisors_only else not any(left.values())
