"""Passwords that others would soon try are refused, whatever their width, case and decoration."""

from __future__ import annotations

import pytest

from callcenter.domain.staff import guessable
from callcenter.domain.staff.guessable import PasswordGuessable, known_words

ABOUT = known_words("tanto07", "担当07", "東京都ひきこもりサポートネット", "+81120529528")


def is_refused(password: str) -> bool:
    try:
        guessable.check(password, ABOUT)
    except PasswordGuessable:
        return True
    return False


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password-2026!",
        "ｐａｓｓｗｏｒｄ１２３４",
        "P@ssw0rd12345",
        "ぱすわーど12345678",
        "パスワードパスワード",
        "welcome12345",
        "sakura20250401",
        "counterstrike",
        "admin123456!",
    ],
)
def test_a_common_password_is_refused_in_any_dress(password: str) -> None:
    assert is_refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "987654321098",
        "qwertyuiop12",
        "asdfghjkl123",
        "1qaz2wsx3edc",
        "112233445566",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "aabbccddeeff",
        "あいうえおかきくけこさし",
        "いろはにほへとちりぬる",
        "aiueokakikukeko",
    ],
)
def test_a_pattern_is_refused(password: str) -> None:
    assert is_refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "tanto07tanto07",
        "TANTO07-2026!!",
        "担当07担当07担当07担当07",
        "hikikomori2026",
        "tokyohikikomori2026",
        "HIKIKOMORI-0120529528",
        "0120-529-528-abc",
        "ひきこもりサポートネット",
        "ヒキコモリサポートネット1",
        "東京都ひきこもりサポートネット!",
        "tokyo-support-net",
    ],
)
def test_what_everybody_knows_of_the_person_and_the_service_is_refused(password: str) -> None:
    assert is_refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "a long enough password",
        "correct horse battery staple",
        "夜の図書館と長い散歩と朝",
        "ねこ・みかん・でんしゃ・ほし",
        "kitsune-rakuda-mikan",
        "sakura no ki no shita",
        "k7mq-3fzr-w8pn-abcd",
        "839201748562",
    ],
)
def test_words_that_have_nothing_to_do_with_one_another_are_taken(password: str) -> None:
    assert not is_refused(password)


def test_a_login_of_two_letters_forbids_no_words() -> None:
    guessable.check("ao no umi to kumo", known_words("ao", "担当", "", "+81120529528"))


def test_the_kept_list_is_small_and_holds_what_it_says() -> None:
    assert 1_000 < len(guessable.common()) < 3_000
    assert "himawari" in guessable.common()
