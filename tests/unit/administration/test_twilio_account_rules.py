"""How the account at Twilio differs from what should be, by the rules alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcenter.adapters.twilio.account_rules import (
    DIALING,
    WANTED_DIALING,
    Dialing,
    Field,
    Found,
    NumberSetup,
    Recording,
    Wanted,
    compare,
)
from callcenter.domain.telephony import SetupFinding

LINE, CALLER_ID = "+81120529528", "+815011112222"
WANTED = Wanted(frozenset({LINE}), CALLER_ID, "https://line.example.jp", "https://handler.twilio.com/twiml/EH1")
NUMBER = WANTED.number()
WELL = Found({LINE: NUMBER, CALLER_ID: {}}, "active", WANTED_DIALING, Recording(False, False, False))


def with_line(number: NumberSetup) -> Found:
    return replace(WELL, numbers={LINE: number, CALLER_ID: {}})


def wrong(found: Found, wanted: Wanted = WANTED) -> list[SetupFinding]:
    return [finding for finding in compare(wanted, found) if finding.wrong]


def test_an_account_that_is_set_up_as_the_readme_says_gets_no_complaint() -> None:
    assert wrong(WELL) == []
    assert NUMBER[Field.VOICE_URL] == "https://line.example.jp/ivr/voice/incoming#rc=1&rp=ct"
    assert NUMBER[Field.STATUS_URL] == "https://line.example.jp/ivr/voice/status#rc=3&rp=ct,5xx&tt=15000"


@pytest.mark.parametrize("part", list(Field))
def test_each_part_of_a_number_that_differs_is_named_and_can_be_written(part: Field) -> None:
    (finding,) = wrong(with_line(NUMBER | {part: "https://elsewhere.example"}))
    assert finding.change is not None
    assert (finding.change.part, finding.change.number, finding.change.value) == (part, LINE, NUMBER[part])
    assert "https://elsewhere.example" in finding.sentence
    assert finding.subject == "0120-529-528"


def test_a_fallback_that_nobody_named_is_wrong_and_nothing_is_made_up_for_it() -> None:
    without = replace(WANTED, fallback_url="")
    found = with_line(NUMBER | {Field.FALLBACK_URL: "https://old.example"})
    (finding,) = wrong(found, without)
    assert "FALLBACK_URL" in finding.sentence
    assert finding.change is None


def test_numbers_that_are_not_the_accounts_are_named() -> None:
    found = wrong(replace(WELL, numbers={}))
    assert [finding.subject for finding in found] == ["0120-529-528", "050-1111-2222"]
    assert not any(finding.change for finding in found)


def test_a_toll_free_number_is_no_caller_id() -> None:
    (finding,) = wrong(WELL, replace(WANTED, caller_id=LINE))
    assert "050" in finding.sentence


@pytest.mark.parametrize(
    "dialing, words",
    [
        (Dialing(frozenset()), "日本へ発信できません"),
        (Dialing(frozenset({"JP", "LV", "US"})), "LV、US"),
        (Dialing(frozenset({"JP"}), special=frozenset({"JP"})), "特別な番号"),
        (Dialing(frozenset({"JP"}), toll_fraud=frozenset({"LV"})), "高額な番号"),
        (Dialing(frozenset({"JP"}), inherited=True), "親アカウント"),
    ],
)
def test_only_ordinary_numbers_in_japan_may_be_rung(dialing: Dialing, words: str) -> None:
    (finding,) = wrong(replace(WELL, dialing=dialing))
    assert words in finding.sentence
    assert finding.change is not None and finding.change.part == DIALING


def test_a_long_list_of_countries_is_counted() -> None:
    many = frozenset({"JP", *(f"{letter}A" for letter in "ABCDEFGHI")})
    (finding,) = wrong(replace(WELL, dialing=Dialing(many)))
    assert "ほか4" in finding.sentence


@pytest.mark.parametrize(
    "recording, words, writable",
    [
        (Recording(True, False, False), "自動で録音", True),
        (Recording(False, True, False), "録音が残っています", False),
        (Recording(False, False, True), "文字起こし", False),
    ],
)
def test_whatever_records_is_told(recording: Recording, words: str, writable: bool) -> None:
    (finding,) = wrong(replace(WELL, recording=recording))
    assert words in finding.sentence
    assert (finding.change is not None) is writable


def test_the_three_switches_are_always_to_be_looked_at_by_eye() -> None:
    for recording in (WELL.recording, None):
        last = compare(WANTED, replace(WELL, recording=recording))[-1]
        assert not last.wrong
        for switch in ("Recording Account Default", "Voice Trace", "Conversational Intelligence"):
            assert switch in last.sentence


def test_what_our_key_may_not_see_is_left_to_a_person() -> None:
    found = replace(WELL, dialing=None, recording=None)
    assert wrong(found) == []
    assert any("Voice geographic permissions" in finding.sentence for finding in compare(WANTED, found))


@pytest.mark.parametrize("account, words", [(None, "TWILIO_AUTH_TOKEN"), ("suspended", "suspended")])
def test_an_account_we_do_not_fit_or_that_is_shut_is_told(account: str | None, words: str) -> None:
    (finding,) = wrong(replace(WELL, account=account))
    assert words in finding.sentence
