from __future__ import annotations

import re
from collections.abc import Callable

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.phone_numbers import (
    E164,
    Caller,
    CallerKind,
    UnusableNumber,
    display,
    masked,
    spelled_numbers,
    staff_phone,
)

NAMELESS = [
    (None, "withheld"),
    ("", "withheld"),
    ("  ", "withheld"),
    ("Anonymous", "withheld"),
    ("anonymous", "withheld"),
    ("+266696687", "withheld"),
    ("266696687", "withheld"),
    ("Restricted", "withheld"),
    ("+7378742833", "withheld"),
    ("+2562533", "withheld"),
    ("非通知", "withheld"),
    ("sip:anonymous@anonymous.invalid", "withheld"),
    ("unavailable", "unavailable"),
    ("+86282452253", "unavailable"),
    ("Unknown", "unavailable"),
    ("+8656696", "unavailable"),
    ("表示圏外", "unavailable"),
    ("公衆電話", "public_phone"),
    ("Payphone", "public_phone"),
    ("sip:someone@example.jp", "sip"),
    ("+811045000", "invalid"),
    ("+81", "invalid"),
    ("もしもし", "withheld"),
    ("+819012345678901234", "invalid"),
]


@pytest.mark.parametrize("raw, kind", NAMELESS)
def test_a_caller_without_a_usable_number_is_an_ordinary_caller(raw: str | None, kind: str) -> None:
    caller = Caller.read(raw)
    assert (caller.kind, caller.e164) == (kind, None)


@pytest.mark.parametrize(
    "raw, e164",
    [
        ("+819012345678", "+819012345678"),
        (" 819012345678", "+819012345678"),
        ("09012345678", "+819012345678"),
        ("+81332644343", "+81332644343"),
        ("+815012345678", "+815012345678"),
        ("+816012345678", "+816012345678"),
        ("+12025550123", "+12025550123"),
        ("＋８１９０１２３４５６７８", "+819012345678"),
    ],
)
def test_a_number_is_read_whole(raw: str, e164: str) -> None:
    assert Caller.read(raw) == Caller(CallerKind.NUMBER, e164)


@given(st.text())
def test_nothing_a_carrier_sends_is_an_error(raw: str) -> None:
    caller = Caller.read(raw)
    assert (caller.e164 is None) == (caller.kind is not CallerKind.NUMBER)


WORDS = {
    "withheld": (
        "ANONYMOUS",
        "Restricted",
        "blocked",
        "PRIVATE",
        "withheld",
        "ID hidden",
        "No Caller ID",
        "非通知",
        "P",
    ),
    "unavailable": ("Unknown", "UNAVAILABLE", "Not available", "out of area", "表示圏外", "通知不可", "O"),
    "public_phone": ("Payphone", "公衆電話", "coin line", "ｺｳｼｭｳﾃﾞﾝﾜ", "C"),
}
KEYED = {
    "withheld": ("266696687", "7378742833", "2562533", "7748283", "94844353", "464"),
    "unavailable": ("86282452253", "8656696"),
    "public_phone": ("72974663",),
}
NOISE = st.text(alphabet=" +-_.()　\t＋", max_size=4)
CASES = st.sampled_from([str.upper, str.lower, str.title, str])


def one_of(spellings: dict[str, tuple[str, ...]]) -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from([(kind, word) for kind, words in spellings.items() for word in words])


LONG_WORDS = one_of(WORDS).filter(lambda said: len(said[1]) > 1)
"""A letter alone may be somebody's name in a SIP address."""


def nobody(raw: str, kind: str) -> bool:
    return Caller.read(raw) == Caller(CallerKind(kind))


@given(one_of(WORDS), CASES, NOISE, NOISE)
def test_a_word_in_place_of_a_number_is_no_number_however_it_is_written(
    said: tuple[str, str], written: Callable[[str], str], before: str, behind: str
) -> None:
    kind, word = said
    assert nobody(before + written(word) + behind, kind)


@given(one_of(KEYED), st.sampled_from(["", "+", "+1", "1", "+81", "81", "0", "+1 ", "+81-"]), NOISE, st.data())
def test_a_word_spelled_on_a_telephones_keys_is_no_number_with_or_without_a_country_code(
    said: tuple[str, str], code: str, noise: str, data: st.DataObject
) -> None:
    kind, digits = said
    cut = data.draw(st.integers(0, len(digits)))
    assert nobody(code + digits[:cut] + noise.replace("0", "") + digits[cut:], kind)


@given(LONG_WORDS | one_of(KEYED), st.sampled_from(["sip:", "SIPS:", "<sip:", "sip:+"]), st.text("abc.;=@", max_size=9))
def test_a_sip_address_of_nobody_is_a_caller_without_a_number(said: tuple[str, str], scheme: str, host: str) -> None:
    kind, word = said
    assert nobody(f"{scheme}{word}@{host}", kind)
    assert nobody(f"tel:{word}", kind)


@given(st.text(st.characters(exclude_categories=["Nd", "Nl", "No"]), max_size=20))
def test_a_text_without_a_digit_is_an_ordinary_caller_who_showed_no_number(raw: str) -> None:
    assert Caller.read(raw).kind not in {CallerKind.NUMBER, CallerKind.INVALID}


@given(st.text(" +-0().", max_size=20))
def test_nothing_but_noughts_and_signs_is_withheld(raw: str) -> None:
    assert nobody(raw, "withheld")


@pytest.mark.parametrize(
    "raw", ["sip:", "sip:@carrier.example", "sip:0@carrier.example", "tel:", "tel:+", "null", "N/A"]
)
def test_an_address_that_names_nobody_is_withheld(raw: str) -> None:
    assert nobody(raw, "withheld")


def test_two_spelled_words_alone_look_like_numbers_in_use() -> None:
    whole = [number for number in spelled_numbers() if len(number) > 7]
    found = {number for number in whole if phonenumbers.is_valid_number(phonenumbers.parse(number))}
    assert found == {"+81266696687", "+17378742833"}


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.sampled_from(["", "tel:"]))
def test_a_real_number_of_any_country_stays_a_number_however_short(region: str, scheme: str) -> None:
    example = phonenumbers.example_number(region)
    assert example is not None
    number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    if len(number) > 7:
        assert Caller.read(scheme + number) == Caller(CallerKind.NUMBER, number)


@given(st.from_regex(r"\+81[789]0[1-9][0-9]{7}", fullmatch=True))
def test_what_is_printed_never_tells_a_whole_number(number: str) -> None:
    shown = f"{Caller.read(number)!r} {Caller.read(number)} {E164(number)!r} {E164(number)!s} {masked(number)}"
    assert re.search(r"\d{5}", shown) is None


def test_a_withheld_caller_is_shown_as_telephones_in_japan_do() -> None:
    assert Caller.read("anonymous").masked() == "非通知"
    assert Caller.read("+819012345678").masked() == "…78"


def test_a_short_number_is_not_told_by_its_mask() -> None:
    assert masked("110") == "…"


def test_a_number_and_its_kind_belong_together() -> None:
    with pytest.raises(ValueError, match="exactly when"):
        Caller(CallerKind.WITHHELD, "+819012345678")


@pytest.mark.parametrize(
    "e164, shown",
    [
        ("+81120529528", "0120-529-528"),
        ("+818001234567", "0800-123-4567"),
        ("+815012345678", "050-1234-5678"),
        ("+819012345678", "090-1234-5678"),
        ("+816012345678", "060-1234-5678"),
        ("+81332644343", "03-3264-4343"),
        ("+81425212323", "042-521-2323"),
        ("+12025550123", "+1 202-555-0123"),
        ("not a number", "not a number"),
    ],
)
def test_a_number_is_shown_as_it_is_printed(e164: str, shown: str) -> None:
    assert display(e164) == shown


@pytest.mark.parametrize(
    "text, e164",
    [
        ("090-1234-5678", "+819012345678"),
        ("０９０−１２３４−５６７８", "+819012345678"),
        ("090ー1234ー5678", "+819012345678"),
        ("+81 90 1234 5678", "+819012345678"),
        ("+81 (0)90-1234-5678", "+819012345678"),
        ("(03) 3264-4343", "+81332644343"),
        ("050-1234-5678", "+815012345678"),
        ("060-1234-5678", "+816012345678"),
    ],
)
def test_a_counsellors_telephone_may_be_written_in_any_usual_way(text: str, e164: str) -> None:
    assert staff_phone(text).value == e164


@pytest.mark.parametrize(
    "text",
    [
        "",
        "110",
        "１１９",
        "#7119",
        "104",
        "1190000000",
        "184-090-1234-5678",
        "0120-529-528",
        "0800-123-4567",
        "0990-123-456",
        "0570-064-556",
        "020-1234-5678",
        "090-1234-567",
        "090-1234-56789",
        "+1 202 555 0123",
        "+81 110",
        "+8109012345678",
        "client:someone",
    ],
)
def test_a_service_or_half_a_number_is_never_rung(text: str) -> None:
    with pytest.raises(UnusableNumber) as refused:
        staff_phone(text)
    assert refused.value.message.endswith("ください。")
