"""What is right about a registration: nickname, age, and the mail address."""

from __future__ import annotations

import pytest

from callcenter.domain.members import addresses
from callcenter.domain.members.addresses import AddressRefused
from callcenter.domain.members.registration import (
    PERIODS,
    PREFECTURES,
    RELATIONS,
    SEXES,
    AgeRefused,
    NicknameRefused,
    Profile,
    read_age,
    read_nickname,
)
from callcenter.domain.places import Prefecture
from callcenter.domain.records.record_codes import Period, Relation, Sex


def test_all_prefectures_are_offered_and_tokyo_first() -> None:
    assert list(PREFECTURES)[:2] == [Prefecture.TOKYO, Prefecture.HOKKAIDO] and len(PREFECTURES) == 47
    assert (len(RELATIONS), list(SEXES)[-1], list(PERIODS)[-1]) == (8, Sex.NO_ANSWER, Period.UNKNOWN)


@pytest.mark.parametrize(
    "typed, age",
    [("27", 27), ("\uff12\uff17", 27), (" 27歳 ", 27), ("0", 0), ("120才", 120), ("\u0662\u0667", None)],
)
def test_an_age_is_read_in_any_width(typed: str, age: int | None) -> None:
    if age is None:
        with pytest.raises(AgeRefused):
            read_age(typed)
    else:
        assert read_age(typed) == age


@pytest.mark.parametrize("typed", ["", "121", "-1", "2.5", "二十", "1" * 21, "歳"])
def test_what_is_no_age_is_refused(typed: str) -> None:
    with pytest.raises(AgeRefused):
        read_age(typed)


@pytest.mark.parametrize(
    "typed, name", [(" みなと ", "みなと"), ("a\u200bb", "ab"), ("🌻" * 20, "🌻" * 20), ("か\nめ", "か め")]
)
def test_a_nickname_is_one_line_without_what_nobody_sees(typed: str, name: str) -> None:
    assert read_nickname(typed) == name


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "あ" * 21, "a" + "\u0301" * 100_000])
def test_a_nickname_that_cannot_be_seen_or_is_too_long_is_refused(typed: str) -> None:
    with pytest.raises(NicknameRefused):
        read_nickname(typed)


def test_who_writes_of_themselves_is_the_person_it_is_about() -> None:
    told = Profile(Relation.MOTHER, "母", Prefecture.TOKYO, 52, Sex.FEMALE, Period.FROM_1, 24, Sex.MALE)
    assert told.about_oneself() == told
    own = Profile(Relation.SELF, "私", Prefecture.TOKYO, 24, Sex.MALE, Period.FROM_1, 24, Sex.MALE).about_oneself()
    assert (own.subject_age, own.subject_sex) == (None, Sex.UNKNOWN)


@pytest.mark.parametrize(
    "typed, kept",
    [
        (" minato@example.jp ", "minato@example.jp"),
        ("\uff4dinato\uff20example\uff0ejp", "minato@example.jp"),
        ("Minato@EXAMPLE.jp", "Minato@example.jp"),
        ("-ab@docomo.ne.jp", "-ab@docomo.ne.jp"),
        ("a--b@docomo.ne.jp", "a--b@docomo.ne.jp"),
        ("a+b@example.jp", "a+b@example.jp"),
        ("taro@例え.jp", "taro@xn--r8jz45g.jp"),
    ],
)
def test_an_address_is_kept_as_a_server_takes_it(typed: str, kept: str) -> None:
    assert addresses.read(typed) == kept == addresses.as_recipient(kept)


@pytest.mark.parametrize(
    "typed, mend",
    [
        ("a..b@docomo.ne.jp", "「@」の左に点が続いています"),
        ("ab.@docomo.ne.jp", "「@」のすぐ左が点になっています"),
        (".ab@ezweb.ne.jp", "点から始まっています"),
        ("a@example.jp\nBcc: b@example.jp", "空白"),
        ("minato", "「@」の左と右"),
        ("", "入れてください"),
        ("😀@example.jp", "半角の英数字"),
        ("a@" + "x" * 300, "長すぎて"),
    ],
)
def test_a_refusal_says_one_thing_to_mend(typed: str, mend: str) -> None:
    with pytest.raises(AddressRefused, match=mend):
        addresses.read(typed)


@pytest.mark.parametrize("typed", ["a..b@docomo.ne.jp", "ab.@docomo.ne.jp", ".ab@ezweb.ne.jp"])
def test_an_old_carriers_address_is_taken_and_quoted_where_the_operator_wants_that(typed: str) -> None:
    kept = addresses.read(typed, accept_legacy_carrier=True)
    local, _, domain = typed.partition("@")
    assert kept == typed and addresses.as_recipient(kept) == f'"{local}"@{domain}'
    with pytest.raises(AddressRefused):
        addresses.read(typed.replace(domain, "example.jp"), accept_legacy_carrier=True)


def test_one_mailbox_is_known_in_any_case_and_shown_by_its_beginning_only() -> None:
    assert addresses.same("Minato@Example.jp", "minato@example.JP")
    assert addresses.masked("minato@example.jp") == "m…@example.jp"
