"""The wall inside a family: what may surface while one of its people is on the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.cases.wall import ALL_PARTS, Part, Speaker, may_name_person, visible_parts

SON = Speaker("case", "son")


def test_before_anybody_was_chosen_nothing_of_a_consultation_surfaces() -> None:
    assert visible_parts(None, "son", ALL_PARTS) == frozenset()


def test_a_person_hears_their_own_story_again() -> None:
    assert visible_parts(SON, "son") == ALL_PARTS


def test_that_the_mother_called_stays_behind_the_wall() -> None:
    assert visible_parts(SON, "mother") == frozenset()


def test_a_text_that_may_be_told_brings_its_date_along_and_nothing_else() -> None:
    assert visible_parts(SON, "mother", {Part.NEXT_STEP}) == {Part.CONTACT, Part.NEXT_STEP}


def test_a_contact_that_nobody_is_named_for_is_nobodys_own() -> None:
    assert visible_parts(SON, None) == frozenset()


@given(st.sampled_from(["son", "mother", "father", None]), st.sets(st.sampled_from(Part)), st.booleans())
def test_of_others_never_more_surfaces_than_was_marked_or_opened(
    owner: str | None, shared: set[Part], opened: bool
) -> None:
    shown = visible_parts(Speaker("case", "son", opened=opened), owner, shared)
    if owner != "son" and not opened:
        assert shown <= shared | {Part.CONTACT}
        assert bool(shown) == bool(shared)
    else:
        assert shown == ALL_PARTS


@pytest.mark.parametrize(
    "speaker, case, person, shares, named",
    [
        (None, "case", "mother", False, True),
        (SON, "another case", "stranger", False, True),
        (SON, "case", "son", False, True),
        (SON, "case", "mother", False, False),
        (SON, "case", "mother", True, True),
        (Speaker("case", "son", opened=True), "case", "mother", False, True),
    ],
)
def test_whoever_is_behind_the_wall_is_not_even_named(
    speaker: Speaker | None, case: str, person: str, shares: bool, named: bool
) -> None:
    assert may_name_person(speaker, case_id=case, person_id=person, shares=shares) is named
