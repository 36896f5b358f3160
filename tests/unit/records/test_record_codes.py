from __future__ import annotations

import pytest

from callcenter.domain.codes import Code, UnknownLabel, from_label
from callcenter.domain.places import Prefecture, municipalities, prefectures_for_choice
from callcenter.domain.records import record_codes
from callcenter.domain.records.record_codes import (
    MULTIPLE,
    SINGLE,
    AgeBand,
    Channel,
    MissingField,
    Outcome,
    Period,
    Relation,
    Sex,
    age_band,
    check_finished,
)
from callcenter.domain.records.risk import RiskStep

LISTS = sorted({*SINGLE.values(), *MULTIPLE.values()}, key=lambda codes: codes.__name__)


@pytest.mark.parametrize("codes", LISTS, ids=lambda codes: codes.__name__)
def test_every_list_about_a_person_allows_not_knowing(codes: type[Code]) -> None:
    told_by_us = {Channel, RiskStep}  # where it came in, and what we did ourselves
    assert codes in told_by_us or "unknown" in [code.value for code in codes]


@pytest.mark.parametrize("codes", LISTS, ids=lambda codes: codes.__name__)
def test_every_code_has_a_label_of_its_own_and_fits_its_column(codes: type[Code]) -> None:
    labels = [code.label for code in codes]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    assert all(0 < len(code.value) <= 32 for code in codes)


def test_every_list_of_the_record_is_reachable_by_its_field() -> None:
    defined = {item for item in vars(record_codes).values() if isinstance(item, type) and issubclass(item, Code)}
    assert defined - {Code} == set(LISTS)


@pytest.mark.parametrize("codes", LISTS, ids=lambda codes: codes.__name__)
def test_every_code_is_read_back_from_its_label_and_its_value(codes: type[Code]) -> None:
    assert [from_label(codes, code.label) for code in codes] == list(codes)
    assert [from_label(codes, code.value) for code in codes] == list(codes)


@pytest.mark.parametrize(
    "codes, text, code",
    [
        (AgeBand, "30-34", AgeBand.FROM_30),
        (AgeBand, "30〜34歳", AgeBand.FROM_30),
        (AgeBand, "３０～３４", AgeBand.FROM_30),
        (AgeBand, "14以下", AgeBand.TO_14),
        (Period, "6か月-1年", Period.FROM_6_MONTHS),
        (Relation, " 友人・知人 ", Relation.FRIEND),
        (Relation, "", Relation.UNKNOWN),
        (Sex, "不明（未聴取）", Sex.UNKNOWN),
        (Prefecture, "東京都", Prefecture.TOKYO),
    ],
)
def test_labels_are_read_as_people_type_them(codes: type[Code], text: str, code: Code) -> None:
    assert from_label(codes, text) is code


def test_a_word_that_is_not_on_the_list_is_named_with_what_is() -> None:
    with pytest.raises(UnknownLabel) as refused:
        from_label(Relation, "おとなり")
    assert "「おとなり」" in refused.value.message
    assert "友人・知人" in refused.value.message


def test_a_channel_is_never_left_open() -> None:
    with pytest.raises(UnknownLabel):
        from_label(Channel, "")


def test_a_finished_record_needs_only_the_next_step() -> None:
    check_finished(next_step="来週また電話する", outcomes=[])


@pytest.mark.parametrize("next_step", ["", "  ", "　\n"])
def test_a_record_without_a_next_step_names_the_missing_field(next_step: str) -> None:
    with pytest.raises(MissingField, match="次回") as missing:
        check_finished(next_step=next_step, outcomes=[Outcome.LISTENED])
    assert missing.value.field == "next_step"


@pytest.mark.parametrize("outcome", [Outcome.SILENT, Outcome.MISDIAL, Outcome.CUT_OFF])
def test_a_quick_finish_needs_no_words(outcome: Outcome) -> None:
    check_finished(next_step="", outcomes={outcome})


def test_a_nuisance_call_is_still_written_down() -> None:
    with pytest.raises(MissingField):
        check_finished(next_step="", outcomes={Outcome.NUISANCE})


@pytest.mark.parametrize(
    "age, band",
    [
        (0, "14以下"),
        (14, "14以下"),
        (15, "15–19"),
        (19, "15–19"),
        (20, "20–24"),
        (64, "60–64"),
        (65, "65以上"),
        (120, "65以上"),
    ],
)
def test_an_age_falls_into_its_band(age: int, band: str) -> None:
    assert age_band(age).label == band


@pytest.mark.parametrize("age", [-1, 121])
def test_an_impossible_age_has_no_band(age: int) -> None:
    with pytest.raises(ValueError, match="120"):
        age_band(age)


def test_there_are_47_prefectures_with_tokyo_on_top() -> None:
    choice = prefectures_for_choice()
    assert (choice[0], choice[1], choice[-1]) == (Prefecture.TOKYO, Prefecture.HOKKAIDO, Prefecture.UNKNOWN)
    assert len(set(choice)) == 48
    assert Prefecture("13").label == "東京都"
    assert Prefecture("47").label == "沖縄県"


def test_tokyo_has_62_municipalities_in_official_order() -> None:
    places = municipalities()
    assert len(places) == 62
    assert next(iter(places.values())).name == "千代田区"
    assert places["133078"].kana == "ひのはらむら"
