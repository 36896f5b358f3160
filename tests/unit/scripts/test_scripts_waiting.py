from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.announcements import readings
from callcenter.domain.calls.waiting import WaitPhrases
from callcenter.domain.staff.roles import Contact
from ivr import words
from ivr.scripts import waiting
from tests.unit.scripts.scenes import GREETING, MUSIC, captions, only, parse, requeue, speech, verbs, wait_phrases

OTHER_LINE = readings.digits(words.OTHER_LINE)
LENGTHS = {MUSIC.short_url: waiting.SHORT_MUSIC, MUSIC.long_url: waiting.LONG_MUSIC}


def played(document: str) -> list[str]:
    return [play.text or "" for play in parse(document).iter("Play")]


def heard(**phrases: bool | int) -> list[str]:
    return captions(waiting.wait(waiting.Wait(WaitPhrases(**phrases), MUSIC)))  # type: ignore[arg-type]  # as named below


def test_the_greeting_stands_inside_the_gather_and_nothing_before_it() -> None:
    document = waiting.greeting(GREETING)
    assert verbs(document) == ["Gather", "Redirect"]
    assert len(captions(document)) == 2
    assert captions(document)[0].startswith("東京都ひきこもりサポートネットです。")
    assert captions(document)[1].endswith("押さなくても、つながります。")


def test_one_key_is_taken_and_no_key_is_an_answer_too() -> None:
    assert only(waiting.greeting(GREETING), "Gather") == {
        "input": "dtmf",
        "numDigits": "1",
        "timeout": "2",
        "finishOnKey": "",
        "action": GREETING.key_url,
        "method": "POST",
        "actionOnEmptyResult": "true",
    }


def test_the_greeting_takes_at_most_twenty_five_seconds() -> None:
    assert speech(waiting.greeting(GREETING)) <= 25


def test_waiting_without_news_is_music_only() -> None:
    document = waiting.wait(waiting.Wait(WaitPhrases(), MUSIC))
    assert verbs(document) == ["Play", "Redirect"]
    assert played(document) == [MUSIC.long_url]


def test_who_is_next_is_told_so_whatever_was_said_before() -> None:
    for moved_up in (True, False):
        assert heard(position=1, moved_up=moved_up) == ["お待たせしています。次に、おつなぎします。"]


def test_the_first_position_explains_and_a_better_one_thanks() -> None:
    assert heard(position=3) == ["今、ほかの方のお話をうかがっています。順番は、3番目です。"]
    assert heard(position=2, moved_up=True) == ["お待ちいただき、ありがとうございます。順番は、2番目になりました。"]


def test_a_short_word_leaves_room_for_the_long_piece_and_a_longer_one_for_the_short() -> None:
    assert played(waiting.wait(waiting.Wait(WaitPhrases(position=1), MUSIC))) == [MUSIC.long_url]
    assert played(waiting.wait(waiting.Wait(WaitPhrases(closing=True), MUSIC))) == [MUSIC.short_url]
    assert played(waiting.wait(waiting.Wait(WaitPhrases(care=True), MUSIC))) == []


def test_phrases_come_in_their_order_and_what_does_not_fit_waits_for_the_next_round() -> None:
    everything = WaitPhrases(crowded=True, near_close=True, closing=True, care=True, position=4, apology=True)
    rounds = []
    while everything != WaitPhrases():
        said = waiting.fit(everything)
        assert said != WaitPhrases(), "something is never said"
        rounds.append([name for name in WaitPhrases.__dataclass_fields__ if getattr(said, name)])
        everything = replace(
            everything,
            **{name: getattr(WaitPhrases(), name) for name in WaitPhrases.__dataclass_fields__ if getattr(said, name)},
        )
    assert rounds == [["crowded", "near_close"], ["closing", "position"], ["care"], ["apology"]]


def test_the_greeting_has_a_document_to_itself() -> None:
    assert waiting.fit(WaitPhrases(greeting=True, crowded=True)) == WaitPhrases(greeting=True)


@pytest.mark.parametrize(
    "phrases",
    [
        WaitPhrases(crowded=True),
        WaitPhrases(near_close=True),
        WaitPhrases(closing=True),
        WaitPhrases(care=True),
        WaitPhrases(position=1),
        WaitPhrases(position=999),
        WaitPhrases(position=999, moved_up=True),
        WaitPhrases(apology=True),
        WaitPhrases(nobody=True, danger=True),
        WaitPhrases(other_line=True),
        WaitPhrases(still=True),
    ],
)
def test_every_phrase_fits_when_it_stands_alone(phrases: WaitPhrases) -> None:
    assert waiting.fit(phrases) == phrases


@given(wait_phrases)
def test_no_wait_document_lasts_longer_than_twenty_seconds(phrases: WaitPhrases) -> None:
    document = waiting.wait(waiting.Wait(phrases, MUSIC))
    assert speech(document) + sum(LENGTHS[url] for url in played(document)) <= 20


@given(wait_phrases)
def test_a_wait_document_is_never_empty_and_never_silent(phrases: WaitPhrases) -> None:
    document = waiting.wait(waiting.Wait(phrases, MUSIC))
    *before, last = verbs(document)
    assert last == "Redirect"
    assert before
    assert set(before) <= {"Say", "Play"}


@given(wait_phrases)
def test_what_is_said_is_exactly_what_fits(phrases: WaitPhrases) -> None:
    fitting = waiting.fit(phrases)
    assert waiting.fit(fitting) == fitting
    assert captions(waiting.wait(waiting.Wait(phrases, MUSIC))) == captions(waiting.wait(waiting.Wait(fitting, MUSIC)))


def test_nobody_can_come_is_said_with_the_ways_on_and_who_helps_in_danger_then_the_other_line_twice() -> None:
    everything = WaitPhrases(nobody=True, danger=True, other_line=True)
    assert waiting.fit(everything) == replace(everything, other_line=False)
    first, second = heard(nobody=True, danger=True)
    assert first.startswith("申しわけありません。今、相談員が電話に出られません。このままお待ちいただくことも、")
    assert "119番" in second
    (other,) = heard(other_line=True)
    assert other.count(OTHER_LINE) == 2


def test_without_news_for_long_the_line_is_said_to_be_alive_and_the_long_piece_still_fits() -> None:
    assert heard(still=True) == ["お待たせしています。電話は、つながったままです。"]
    assert played(waiting.wait(waiting.Wait(WaitPhrases(still=True), MUSIC))) == [MUSIC.long_url]


@given(st.integers(0, 59), st.lists(st.floats(0, 2), min_size=30, max_size=30))
def test_while_the_database_is_away_words_come_in_every_minute_and_never_twice_running(
    begins: int, latencies: list[float]
) -> None:
    at, said_at = float(begins), list[float]()
    for latency in latencies:
        document = waiting.meanwhile(waiting.Meanwhile(MUSIC, int(at)))
        if captions(document):
            said_at.append(at)
        at += speech(document) + sum(LENGTHS[url] for url in played(document)) + latency
    gaps = [later - earlier for earlier, later in pairwise([float(begins), *said_at])]
    assert max(gaps) <= 80
    assert min(gaps[1:]) > 40


def test_stepping_out_is_a_single_leave() -> None:
    assert verbs(waiting.step_out()) == ["Leave"]


def test_a_caller_whose_counsellors_browser_vanished_is_told_and_queued_again() -> None:
    document = waiting.requeue(requeue(Contact.BROWSER))
    assert verbs(document) == ["Say", "Enqueue", "Say", "Say", "Say", "Hangup"]
    assert captions(document)[0].startswith("申しわけありません。電話が、途切れてしまいました。")


def test_a_caller_whose_counsellors_telephone_hung_up_may_also_simply_hang_up() -> None:
    said = captions(waiting.requeue(requeue(Contact.PHONE)))[0]
    assert "このままお待ちください。" in said
    assert "お話が終わっていたら、そのままお切りください。" in said
