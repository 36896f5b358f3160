from __future__ import annotations

import math
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from ivr.scripts import waiting
from tests.tools import make_music

AUDIO = Path(__file__).parents[3] / "callcenter" / "static" / "audio"
LENGTHS = {"wait-8.wav": waiting.SHORT_MUSIC, "wait-15.wav": waiting.LONG_MUSIC, "hold.wav": 20.0}
every_piece = pytest.mark.parametrize("name", LENGTHS)


def samples(name: str) -> list[float]:
    with wave.open(str(AUDIO / name), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, make_music.RATE)
        return [sample / 32767 for sample in array("h", file.readframes(file.getnframes()))]


def loudness(part: list[float]) -> float:
    return math.sqrt(sum(sample * sample for sample in part) / len(part))


@every_piece
def test_a_piece_lasts_as_long_as_the_scripts_reckon(name: str) -> None:
    assert len(samples(name)) / make_music.RATE == LENGTHS[name]


@every_piece
def test_a_piece_is_quiet_and_never_clipped(name: str) -> None:
    assert max(map(abs, samples(name))) == pytest.approx(make_music.PEAK, abs=0.001)


@every_piece
def test_a_piece_is_even_and_never_silent(name: str) -> None:
    sound, second = samples(name), make_music.RATE
    levels = [20 * math.log10(loudness(sound[at : at + second])) for at in range(0, len(sound), second)]
    assert min(levels) > -30
    assert max(levels) - min(levels) < 8


def test_the_hold_piece_runs_in_a_circle_without_a_click() -> None:
    sound = samples("hold.wav")
    steps = [abs(later - earlier) for earlier, later in pairwise(sound)]
    assert abs(sound[0] - sound[-1]) <= max(steps)


@pytest.mark.parametrize("name", ["wait-8.wav", "wait-15.wav"])
def test_a_piece_between_announcements_comes_and_goes_softly(name: str) -> None:
    sound = samples(name)
    assert abs(sound[0]) < 0.001
    assert abs(sound[-1]) < 0.001


def test_the_shipped_files_are_what_the_generator_makes() -> None:
    piece = make_music.PIECES[0]
    made, shipped = make_music.compose(piece), samples(piece.name)
    assert max(abs(one - other) for one, other in zip(made, shipped, strict=True)) < 2 / 32767
