from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.names.nickname_cues import Cues
from callcenter.domain.names.nickname_ranking import Candidate, Likeness, Match, Question, rank, spread
from callcenter.domain.names.nicknames import KeyKind, form_keys, query_keys, strict_forms


def reasons(query: str, *names: str) -> dict[str, str]:
    found = rank(query, [Candidate(name, name) for name in names])
    return {match.candidate.text: match.reason for match in found}


@pytest.mark.parametrize(
    "query, name, reason",
    [
        ("みなと", "みなと", "同じ"),
        ("みなとさん", "みなと", "同じ"),
        ("ﾐﾅﾄ", "ミナト", "同じ"),
        ("ミナト", "みなと", "読みが同じ"),
        ("minato", "みなと", "読みが同じ"),
        ("しようこ", "しょうこ", "小さい字の違い"),
        ("みなとー", "みなと", "長さの違い"),
        ("Tarō", "たろう", "長さの違い"),
        ("みなど", "みなと", "濁点の違い"),
        ("みなも", "みなと", "1字違い"),
        ("なみと", "みなと", "1字違い"),
        ("みなとも", "みなと", "1字違い"),
        ("mintao", "みなと", "1字違い"),
        ("ゆみ", "ゆき", "1字違い"),
        ("みな", "みなと", "はじめが同じ"),
        ("minat", "みなと", "はじめが同じ"),
        ("m", "みなと", "はじめが同じ"),
    ],
)
def test_every_candidate_says_why_it_is_one(query: str, name: str, reason: str) -> None:
    assert reasons(query, name) == {name: reason}


@pytest.mark.parametrize(
    "query, name",
    [
        ("みなと", "なとり"),
        ("みなと", "さくら"),
        ("", "みなと"),
        ("🌸", "みなと"),
    ],
)
def test_different_names_are_kept_apart(query: str, name: str) -> None:
    assert reasons(query, name) == {}


def test_a_kanji_nickname_is_found_by_its_reading() -> None:
    harbour = Candidate("1", "港", "みなと")
    assert [match.reason for match in rank("みなと", [harbour])] == ["読みが同じ"]
    assert [match.reason for match in rank("港さん", [harbour])] == ["同じ"]


def test_the_likelier_stand_first() -> None:
    names = ["みなみ", "みなとや", "みなど", "みなとう", "ミナト", "みなと"]
    assert list(reasons("みなと", *names)) == ["みなと", "ミナト", "みなとう", "みなど", "みなみ", "みなとや"]


def test_a_brother_with_hardly_a_sound_in_common_stands_last() -> None:
    assert list(reasons("たろう", "じろう", "たろすけ", "たもろう", "たろう")) == [
        "たろう",
        "たもろう",
        "たろすけ",
        "じろう",
    ]


def test_a_slip_in_one_sound_stands_before_one_in_another_syllable() -> None:
    assert list(reasons("みなと", "みなせ", "みなこ")) == ["みなこ", "みなせ"]


def test_what_the_caller_also_says_moves_a_person_up_and_is_named() -> None:
    said = Cues(relation="mother", age_band="50_54")
    people = [
        Candidate("newer", "ゆき", last_contact=date(2026, 11, 19), known=Cues("self", "20_24")),
        Candidate("unknown", "ゆき"),
        Candidate("hers", "ゆきえ", last_contact=date(2025, 1, 6), known=Cues("mother", "50_54")),
        Candidate("older", "ゆき", last_contact=date(2025, 1, 6), known=Cues("mother", "50_54")),
    ]
    found = rank("ゆき", people, said)
    assert [match.candidate.person for match in found] == ["older", "hers", "unknown", "newer"]
    assert found[0].agreeing == ("続柄", "年代")
    assert rank("ゆき", people)[0].candidate.person == "newer"


def test_an_age_grows_older_and_one_of_two_parents_calls() -> None:
    said = Cues(relation="mother", age_band="40_44")
    assert said.misses(Cues("mother", "40_44")) == 0
    assert said.misses(Cues("parents", "35_39")) == 2
    assert said.misses(Cues()) == 2
    assert said.misses(Cues("self", "20_24")) == 4
    assert Cues().misses(Cues("self", "20_24")) == 0


def test_of_names_a_slip_away_none_hides_another() -> None:
    crowd = [Candidate(f"m{number}", "みなみ", last_contact=date(2026, 11, 19)) for number in range(9)]
    found = rank("みなも", [*crowd, Candidate("k", "みなの"), Candidate("s", "みなよ")])
    assert {match.candidate.text for match in found[:3]} == {"みなみ", "みなの", "みなよ"}


def test_a_name_that_many_share_leaves_room_for_others() -> None:
    crowd = [Candidate(f"m{number}", "みなみ", last_contact=date(2026, 11, 19)) for number in range(30)]
    shown = spread(rank("みなみ", [*crowd, Candidate("1", "みなと"), Candidate("2", "みなみこ")]), 9, "みなみ")
    assert [match.candidate.text for match in shown] == ["みなみ"] * 7 + ["みなと", "みなみこ"]
    assert len(spread(rank("みなみ", crowd), 9, "みなみ")) == 9


def test_of_each_other_name_one_stands_for_all_in_a_list() -> None:
    others = ["みなと", "みなの", "みなよ"]
    crowd = [Candidate(f"m{number}", "みなみ") for number in range(9)]
    crowd += [Candidate(f"{name}{number}", name) for name in others for number in range(5)]
    shown = Counter(match.form for match in spread(rank("みなみ", crowd), 9, "みなみ"))
    assert shown == {"みなみ": 6} | dict.fromkeys(others, 1)


def test_exchanged_kana_are_a_likely_slip_however_short_the_name() -> None:
    exchanged, wrong = Question("きゆ").like("ゆき"), Question("きゆ").like("まゆ")
    assert exchanged is not None
    assert wrong is not None
    assert exchanged > wrong


def test_equals_stand_by_their_last_contact() -> None:
    people = [
        Candidate("old", "みなと", last_contact=date(2026, 1, 5)),
        Candidate("never", "みなと"),
        Candidate("new", "みなと", last_contact=date(2026, 11, 19)),
    ]
    assert [match.candidate.person for match in rank("みなと", people)] == ["new", "old", "never"]


def test_a_person_with_two_nicknames_stands_in_the_list_once() -> None:
    found = rank("みなと", [Candidate("1", "みなみ"), Candidate("1", "ミナト"), Candidate("2", "みなと")])
    assert [(match.candidate.person, match.likeness) for match in found] == [
        ("2", Likeness.SAME),
        ("1", Likeness.READING),
    ]


def test_the_more_is_typed_the_surer_is_a_beginning() -> None:
    scores = [rank(typed, [Candidate("1", "みなとがわ")])[0].score for typed in ("み", "みな", "みなと")]
    assert scores == sorted(scores)
    assert len(set(scores)) == 3


NAMES = st.text("たろうじみなとーさんちゃゆきょっが港ミナトａ", min_size=1, max_size=6)


@given(NAMES, st.lists(NAMES, max_size=6), st.randoms())
def test_the_order_never_depends_on_chance(query: str, names: list[str], chance: object) -> None:
    people = [Candidate(str(place), name) for place, name in enumerate(names)]
    shuffled = list(people)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands over a random.Random
    assert rank(query, people) == rank(query, shuffled)


@given(NAMES, NAMES, NAMES)
def test_whoever_is_ranked_is_also_found_by_the_index(query: str, name: str, reading: str) -> None:
    matches: list[Match] = rank(query, [Candidate("1", name, reading)])
    assert all(0 < match.score <= 1 for match in matches)
    if matches:
        forms = strict_forms(name, reading)
        assert not query_keys(query).isdisjoint(set().union(*map(form_keys, forms))) or matches[0].form in {
            key.value for key in query_keys(query) if key.kind is KeyKind.EXACT
        }
