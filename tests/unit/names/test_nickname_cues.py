"""What a caller says beside the name, and how far it is from what is known."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.names.nickname_cues import LABELS, NO_CUES, UNKNOWN, Cues, near
from callcenter.domain.records.record_codes import AgeBand, Relation

BANDS = [band.value for band in AgeBand if band is not AgeBand.UNKNOWN]
SAID = Cues("mother", "40_44", "13", "work", "tanaka")


def test_what_is_unknown_or_left_empty_says_nothing() -> None:
    assert NO_CUES.given == {}
    assert Cues("", UNKNOWN, "13").given == {"prefecture": "13"}
    assert SAID.given == {
        "relation": "mother",
        "age_band": "40_44",
        "prefecture": "13",
        "topic": "work",
        "counsellor": "tanaka",
    }


@pytest.mark.parametrize(
    "known, misses",
    [
        (SAID, 0),
        (NO_CUES, 5),
        (Cues("", "", "", "", ""), 5),
        (Cues("mother", "40_44", "13", "work", "suzuki"), 2),
        (Cues("mother", "45_49", "13", "work", "tanaka"), 1),
        (Cues("parents", "40_44", "13", "work", "tanaka"), 1),
        (Cues("self", "20_24", "27", "study", "suzuki"), 10),
    ],
)
def test_a_contradiction_counts_twice_and_what_is_near_or_unknown_once(known: Cues, misses: int) -> None:
    assert SAID.misses(known) == misses


def test_what_agrees_is_named_in_the_words_of_the_screen() -> None:
    assert SAID.agreeing(SAID) == ("続柄", "年代", "お住まい", "前回の話題", "前回の相談員")
    assert SAID.agreeing(Cues("mother", "45_49", topic="work")) == ("続柄", "前回の話題")
    assert NO_CUES.agreeing(NO_CUES) == ()


def test_every_cue_has_words_for_the_screen() -> None:
    assert set(LABELS) == {field.name for field in fields(Cues)}


@pytest.mark.parametrize(
    "band, neighbours",
    [
        ("40_44", {"35_39", "45_49"}),
        ("to_14", {"15_19"}),
        ("15_19", {"to_14", "20_24"}),
        ("60_64", {"55_59", "from_65"}),
        ("from_65", {"60_64"}),
        (UNKNOWN, set()),
        ("no such band", set()),
    ],
)
def test_the_next_age_band_is_near(band: str, neighbours: set[str]) -> None:
    assert near("age_band", band) == neighbours


@pytest.mark.parametrize(
    "relation, may_be",
    [("parents", {"mother", "father"}), ("mother", {"parents"}), ("father", {"parents"}), ("self", set())],
)
def test_one_of_two_parents_may_have_called(relation: str, may_be: set[str]) -> None:
    assert near("relation", relation) == may_be


def test_for_all_else_only_the_same_answer_will_do() -> None:
    assert near("prefecture", "13") == near("topic", "work") == frozenset()


@given(st.sampled_from(["age_band", "relation"]), st.data())
def test_to_be_near_goes_both_ways(name: str, data: st.DataObject) -> None:
    values = BANDS if name == "age_band" else [relation.value for relation in Relation]
    one, other = data.draw(st.sampled_from(values)), data.draw(st.sampled_from(values))
    assert (other in near(name, one)) is (one in near(name, other))
    assert one not in near(name, one)
