"""Make the waiting music from nothing but sine waves: ``python -m tests.tools.make_music [FOLDER]``.

An own small piece in a slow major pentatonic, plucked softly like a music box in the next room: no
melody that grows tiresome, never loud, never silent. Telephone quality (8 kHz, one channel, 16 bits).
"""

from __future__ import annotations

import math
import sys
import wave
from array import array
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

RATE = 8000
PEAK = 0.25
"""The loudest sample, as a share of full scale: well below a speaking voice."""
FADE = 0.25
"""Seconds at both ends of a piece that stands between two announcements."""
ROOT = 220.0
"""The A below middle C; low and warm, and inside the telephone's band with its octaves."""
PENTATONIC = (0, 2, 4, 7, 9)
PARTIALS = ((1.0, 1.0, 1.5), (2.0, 0.30, 0.9), (3.0, 0.10, 0.5))
"""Of one note: frequency ratio, loudness, seconds until it has fallen to a third."""
ATTACK = 0.03

MELODY = (4, 2, 5, 3, 7, 5, 6, 4, 2, 3, 5, 1, 4, 6, 5, 2)
"""Degrees of the scale, one to a beat."""
BASS = (-5, -3, -4, -2)
"""Degrees of the scale, one to four beats."""


@dataclass(frozen=True)
class Piece:
    """A file: its length and beat in seconds, where in the melody it begins, and whether it runs in a circle."""

    name: str
    seconds: float
    beat: float
    start: int = 0
    circle: bool = False


PIECES = (
    Piece("wait-8.wav", 8.0, 0.8),
    Piece("wait-15.wav", 15.0, 0.9375, start=8),
    Piece("hold.wav", 20.0, 1.25, circle=True),
)


def pitch(degree: int) -> float:
    """Return the frequency in Hz of a degree of the scale; 0 is the root."""
    octave, step = divmod(degree, len(PENTATONIC))
    return ROOT * math.exp2(octave + PENTATONIC[step] / 12)


def pluck(frequency: float, loudness: float) -> list[float]:
    """Return one note that starts gently and rings out."""
    samples = []
    for at in range(int(RATE * 4)):
        moment = at / RATE
        sound = sum(
            share * math.exp(-moment / decay) * math.sin(2 * math.pi * frequency * ratio * moment)
            for ratio, share, decay in PARTIALS
            if frequency * ratio < RATE / 2
        )
        samples.append(loudness * sound * min(1.0, moment / ATTACK))
    return samples


def compose(piece: Piece) -> list[float]:
    """Return the samples of *piece*; in a circle the last notes ring on into the beginning."""
    total = round(piece.seconds * RATE)
    mix = [0.0] * total
    for when, degree, loudness in _score(piece):
        start = round(when * RATE)
        for at, sample in enumerate(pluck(pitch(degree), loudness), start):
            if at < total or piece.circle:
                mix[at % total] += sample
    if not piece.circle:
        _soften(mix)
    loudest = max(map(abs, mix))
    return [sample * PEAK / loudest for sample in mix]


def write(path: Path, samples: list[float]) -> None:
    """Write *samples* (-1 to 1) as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        frames = array("h", (round(sample * 32767) for sample in samples))
        if sys.byteorder == "big":
            frames.byteswap()
        file.writeframes(frames.tobytes())


def main(folder: Path) -> None:
    """Write every piece into *folder*."""
    for piece in PIECES:
        write(folder / piece.name, compose(piece))


def _score(piece: Piece) -> list[tuple[float, int, float]]:
    """Return the notes as (second, degree, loudness)."""
    beats = round(piece.seconds / piece.beat)
    tune = islice(cycle(MELODY), piece.start, piece.start + beats)
    notes = [(at * piece.beat, degree, 0.7 if at % 2 else 1.0) for at, degree in enumerate(tune)]
    low = zip(range(0, beats, 4), cycle(BASS), strict=False)
    return notes + [(at * piece.beat, degree, 0.6) for at, degree in low]


def _soften(mix: list[float]) -> None:
    length = round(FADE * RATE)
    for at in range(length):
        mix[at] *= at / length
        mix[-1 - at] *= at / length


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parents[2] / "callcenter" / "static" / "audio")
