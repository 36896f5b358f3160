"""What one likeness counts beside another, and who stands in a short list."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.names.nickname_cues import Cues
from callcenter.domain.names.nickname_ranking import Candidate, Likeness, Match, Question, rank, spread

NAMES = st.text("かきけこさしすせそたちつてとなにのまみゆらろ", min_size=1, max_size=9)


def score(question: str, form: str) -> float:
    """How like a strict form is to what was typed; 0 if it is not."""
    found = Question(question).like(form)
    return 0.0 if found is None else found[0]


def people(*named: tuple[str, str, int]) -> list[Candidate]:
    """People as (id, nickname, day of November on which they last called)."""
    return [Candidate(person, name, last_contact=date(2026, 11, day)) for person, name, day in named]


def order(question: str, candidates: list[Candidate]) -> list[str]:
    return [match.candidate.person for match in rank(question, candidates)]


def test_a_question_may_be_prepared_once_for_many_lists() -> None:
    candidates = people(("1", "みなと", 1), ("2", "みなも", 2))
    assert rank(Question("みなと"), candidates) == rank("みなと", candidates)


def test_a_slip_in_one_sound_is_likelier_than_one_in_a_whole_syllable() -> None:
    assert score("みなと", "みなこ") > score("みなと", "みなせ") > 0


def test_a_slip_that_leaves_hardly_anything_alike_counts_least_but_a_letter_less_is_better() -> None:
    beginning = score("み", "みなと")
    assert 0 < score("まき", "ゆき") < score("たき", "かき") < beginning


def test_a_slip_of_the_fingers_needs_five_letters_to_be_believed() -> None:
    assert Question("ykui").like("ゆき") is None
    assert Question("asuak").like("あすか") == (score("asuak", "あすか"), Likeness.SLIP)
    assert score("みなと", "みなせ") > score("asuak", "あすか") > score("まき", "ゆき")


def test_a_beginning_that_only_sounds_alike_counts_less_than_one_that_is_the_same() -> None:
    assert score("しょ", "しょうこ") > score("しよ", "しょうこ") > 0


def test_no_beginning_outweighs_a_whole_name() -> None:
    assert score("みなとがわこじ", "みなとがわこじろ") < score("みなと", "みなせ")


@given(NAMES, st.integers(1, 8))
def test_a_score_is_written_with_three_digits(name: str, length: int) -> None:
    said = Cues(relation="mother", age_band="40_44", prefecture="13")
    for match in rank(name[:length], [Candidate("1", name)], said) + rank(name[:length], [Candidate("1", name)]):
        assert match.score == round(match.score, 3)


def test_what_is_known_of_a_person_changes_the_score_and_not_the_reason() -> None:
    minato = Candidate("1", "ミナト", known=Cues(relation="father"))
    plain, with_cues = rank("みなと", [minato])[0], rank("みなと", [minato], Cues(relation="mother"))[0]
    assert (with_cues.likeness, with_cues.form) == (plain.likeness, plain.form) == (Likeness.READING, "みなと")
    assert with_cues.score < plain.score
    assert (plain.agreeing, with_cues.agreeing) == ((), ())


def test_names_a_slip_away_take_turns() -> None:
    crowd = people(("x1", "みなみ", 29), ("x2", "みなみ", 28), ("x3", "みなみ", 27))
    others = people(("y1", "みなの", 5), ("y2", "みなの", 4))
    assert score("みなも", "みなみ") == score("みなも", "みなの")
    assert order("みなも", crowd + others) == ["x1", "y1", "x2", "y2", "x3"]


def test_names_that_only_differ_in_length_stand_by_their_last_contact_alone() -> None:
    assert order("みなと", people(("a", "みなとー", 9), ("b", "みなとー", 8), ("c", "みいなと", 7))) == ["a", "b", "c"]


# ---- a short list


def found(*names: str) -> list[Match]:
    """Matches in this order, of people by these names."""
    return [Match(Candidate(f"{place}", name), Likeness.SLIP, name, 0.6) for place, name in enumerate(names)]


def shown(limit: int, said: str, *names: str) -> list[str]:
    return [match.form for match in spread(found(*names), limit, said)]


def test_the_name_that_was_said_takes_two_thirds_of_a_list_at_most() -> None:
    assert shown(6, "みなみ", *["みなみ"] * 9, "みなと", "みなの") == ["みなみ"] * 4 + ["みなと", "みなの"]
    assert shown(2, "みなみ", *["みなみ"] * 3, "みなと") == ["みなみ", "みなと"]


def test_each_other_name_is_stood_for_by_its_first() -> None:
    names = ["みなと"] * 3 + ["みなの"] + ["みなみ"] * 3
    assert shown(4, "みなみ", *names) == ["みなと", "みなの", "みなみ", "みなみ"]


def test_places_that_are_left_go_to_the_rest_in_their_order() -> None:
    names = ["みなと"] * 3 + ["みなみ"] * 3
    assert shown(4, "みなみ", *names) == ["みなと", "みなと", "みなみ", "みなみ"]


@pytest.mark.parametrize("limit", [0, 1, 2, 5, 9, 20])
def test_a_list_has_as_many_as_fit_in_the_order_of_the_matches(limit: int) -> None:
    matches = found(*["みなみ"] * 7, *["みなと"] * 3, "みなの")
    listed = spread(matches, limit, "みなみ")
    assert len(listed) == min(limit, len(matches))
    assert listed == [match for match in matches if match in listed]
