from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from ivr.simulator.twiml.speech import speech_seconds, spoken


def say(inner: str) -> tuple[str, float]:
    return spoken(fromstring(f"<Say>{inner}</Say>"))  # noqa: S314 - our own words


@pytest.mark.parametrize(
    "text,morae",
    [
        ("あいうえお", 5),
        ("きゃきゅきょ", 3),
        ("がっこー", 4),
        ("相談", 3.6),
        ("12", 4),
        ("\uff11\uff12", 4),
        ("\uff76\uff9e\uff6f", 2),
        ("", 0),
    ],
)
def test_morae_take_a_seventh_of_a_second(text: str, morae: float) -> None:
    assert speech_seconds(text) == pytest.approx(morae / 7)


def test_commas_and_stops_are_pauses() -> None:
    assert speech_seconds("、。") == pytest.approx(0.6)


def test_a_slower_rate_takes_longer() -> None:
    assert say('<prosody rate="80%">あいうえおかき</prosody>')[1] == pytest.approx(1.25)
    assert say('<prosody rate="slow">あいうえおかき</prosody>')[1] == pytest.approx(4 / 3)


def test_breaks_are_silence() -> None:
    text, seconds = say('あ<break time="500ms"/>い<break time="1s"/>')
    assert text == "あい" and seconds == pytest.approx(1.5 + 2 / 7)


def test_an_alias_is_said_and_the_writing_is_shown() -> None:
    text, seconds = say('<sub alias="ほんにん">本人</sub>です')
    assert text == "本人です" and seconds == pytest.approx(6 / 7)


def test_a_greeting_of_sixty_words_is_measured_in_seconds() -> None:
    text = "お電話ありがとうございます。本当のお名前は、言わなくて大丈夫です。うまく話せなくても、大丈夫です。"
    assert 7 < speech_seconds(text) < 12
