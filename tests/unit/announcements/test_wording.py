"""What a changed phrase must keep and may not say, and that the shipped phrases keep to it themselves."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from dataclasses import replace

import pytest

from callcenter.domain.announcements.recording import NotAVoice, read_voice
from callcenter.domain.announcements.speech import Announcement, Sound
from callcenter.domain.announcements.wording import (
    Change,
    Changes,
    Recorded,
    Slot,
    from_words,
    in_words,
    mistakes,
    read_readings,
    tidy,
)
from callcenter.domain.calendar.hours import Reason
from callcenter.domain.calls.waiting import WaitPhrases
from ivr import changed_words, words
from ivr.scripts import arrival, ending, waiting
from ivr.scripts.parts import length
from ivr.simulator.twiml.checker import check
from tests.unit.scripts.scenes import GREETING, MUSIC, captions


def told(name: str, text: str, readings: str = "", seconds: float = 5.0) -> list[str]:
    shipped = words.BY_NAME[name]
    slot = Slot(name, shipped, shipped, 20.0)
    return [words for _, words in mistakes(slot, tidy(text), read_readings(readings), words.READINGS, seconds)]


@pytest.mark.parametrize("name", words.BY_NAME)
def test_every_shipped_phrase_may_be_saved_as_it_is(name: str) -> None:
    assert told(name, words.BY_NAME[name].text) == []


@pytest.mark.parametrize("name", words.BY_NAME)
def test_a_page_shows_no_placeholder_and_reads_its_own_words_back(name: str) -> None:
    stored = words.BY_NAME[name].text
    assert not set(in_words(stored)) & set("{}_")
    assert from_words(in_words(stored)) == stored


def test_a_gap_that_nobody_knows_is_refused() -> None:
    assert "「【】」は、声で読めません。かな・漢字・数字と、「、」「。」だけで書いてください。" in told(
        "C03", from_words("お待たせしています。【天気】です。")
    )


@pytest.mark.parametrize(
    "name, text, readings, words_of_help",
    [
        ("C03", "", "", "文を入れてください"),
        ("C03", "お待たせしています", "", "「。」をつけて"),
        ("C03", "お待たせ☆しています。", "", "「☆」は、声で読めません"),
        ("C03", "OKです。", "", "声で読めません"),
        ("C03", "あ" * 60 + "。", "", "一文が長い"),
        ("C03", "早くおつなぎします。", "", "「早く」"),
        ("C03", "あと3分です。", "", "何分とは約束しない"),
        ("C03", "すぐにおつなぎします。", "", "「すぐに」"),
        ("C03", "次の24時間です。", "二十=に", "「二十」は、文の中にありません"),
        ("C03", "相談員は12人です。", "", "数字「12」の読み方"),
        ("C03", "この方へ。", "方=kata", "かなで書いて"),
        ("B10", "命の危険があるときは、すぐに、119番へ、お電話ください。", "", "「110番」は消せません"),
        ("B01", "{service}です。今日の受付は、終わりました。", "", "「【次の受付の日時】」がなくなっています"),
        ("B01", "{service}です。次は、{next_open}。{holiday}。", "", "「【祝日の名前】」は、この文では使えません"),
    ],
)
def test_what_cannot_be_said_is_answered_with_what_to_do(
    name: str, text: str, readings: str, words_of_help: str
) -> None:
    assert any(words_of_help in one for one in told(name, text, readings))


def test_a_figure_with_its_reading_may_be_said() -> None:
    assert told("C03", "相談員は12人です。", "12人=じゅうににん") == []


def test_a_phrase_that_takes_too_long_is_refused_with_its_length() -> None:
    assert "21秒ほど" in told("A02", words.A02.text, seconds=21)[0]


def spoken_with(changes: dict[str, Change], script: Callable[[], str]) -> str:
    changed = changed_words.with_changes(Changes(changes), "https://line.example.jp")
    with changed_words.taken_from(lambda: changed):
        return script()


def test_a_changed_phrase_is_spoken_with_its_own_readings_and_only_then() -> None:
    before = arrival.closed(arrival.Closed(reason=Reason.WEEKEND))
    changes = {"B12": Change("この方へ、ありがとうございました。", (("この方", "このかた"),))}
    after = spoken_with(changes, lambda: arrival.closed(arrival.Closed(reason=Reason.WEEKEND)))
    assert captions(after)[-1] == "この方へ、ありがとうございました。"
    assert 'alias="このかた"' in after
    assert arrival.closed(arrival.Closed(reason=Reason.WEEKEND)) == before


def test_scripts_that_are_kept_follow_the_wording() -> None:
    before = waiting.greeting(GREETING)
    after = spoken_with({"A04": Change("押さなくても、つながります。")}, lambda: waiting.greeting(GREETING))
    assert "ご本人は1" in before
    assert "ご本人は1" not in after
    assert waiting.greeting(GREETING) == before


def test_a_recording_is_played_in_the_place_of_words_and_counts_as_long_as_it_is() -> None:
    recorded = {"A01": Change(None, (), Recorded("abc.mp3", 7.5))}
    document = spoken_with(recorded, lambda: waiting.greeting(GREETING))
    assert "<Play>https://line.example.jp/audio/abc.mp3</Play>" in document
    assert check(document, "wait") == []
    assert spoken_with(recorded, lambda: str(length(words.A01))) == "7.5"


def test_a_long_recording_leaves_less_music_behind_it() -> None:
    phrases = WaitPhrases(care=True)
    recorded = {"A02": Change(None, (), Recorded("abc.wav", 15.0))}
    document = spoken_with(recorded, lambda: waiting.wait(waiting.Wait(phrases, MUSIC)))
    assert document.count("<Play>") == 1


def test_the_spoken_end_without_a_database_uses_the_changed_words_too() -> None:
    said = spoken_with({"I01": Change("ただいま、おつなぎできません。")}, lambda: ending.trouble(ending.Ending()))
    assert captions(said)[0] == "ただいま、おつなぎできません。"


def test_a_changed_phrase_is_another_announcement_of_the_same_code() -> None:
    changed = replace(words.C03, text="次です。", sound=Sound("https://x/y", 1))
    assert changed != words.C03
    assert Announcement("C03", words.C03.text) == words.C03


# ------------------------------------------------------------------ recordings


def tone(seconds: float) -> bytes:
    """A quiet WAV, as a telephone plays it."""
    body = io.BytesIO()
    with wave.open(body, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * int(8000 * seconds))
    return body.getvalue()


MP3_FRAME = b"\xff\xfb\x10\x64" + b"\0" * 100
"""MPEG 1, layer III, 32 kbit/s at 44.1 kHz: 104 bytes, 26 ms."""


def test_a_voice_is_known_by_its_content_and_measured() -> None:
    assert read_voice(tone(3), limit=20).kind == "wav"
    assert read_voice(tone(3), limit=20).seconds == pytest.approx(3, abs=0.1)
    assert read_voice(MP3_FRAME * 100, limit=20).kind == "mp3"


@pytest.mark.parametrize(
    "body, help_words",
    [
        (b"", "選んでください"),
        (b"<html>not a sound</html>", "WAVかMP3"),
        (b"RIFF\0\0\0\0WAVEbroken", "WAVかMP3"),
        (b"\xff\xfb\x10\x64", "WAVかMP3"),
        (tone(0.1), "WAVかMP3"),
        (tone(21), "20秒まで"),
        (b"RIFF" + b"\0" * 6_000_000, "5メガバイト"),
    ],
)
def test_what_the_telephone_could_not_play_is_refused_kindly(body: bytes, help_words: str) -> None:
    with pytest.raises(NotAVoice, match=help_words):
        read_voice(body, limit=20)
