"""What becomes of a nickname on its way from a caller's mouth to a counsellor's keyboard, by a seeded chance."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Mapping

from callcenter.domain.names.romaji import write
from tests.bench.made_up import MORAS, katakana

KANA = "".join(mora for mora in MORAS if len(mora) == 1 and mora not in "ーぁ")
MARKS = ("\u3099", "\u309a")
VOWELS = {
    "あ": "あかさたなはまやらわがざだばぱゃ",
    "い": "いきしちにひみりぎじびぴ",
    "う": "うくすつぬふむゆるぐずぶぷゅ",
    "え": "えけせてねへめれげぜでべぺ",
    "お": "おこそとのほもよろごぞどぼぽょ",
}
LARGE = dict(zip("ぁぃぅぇぉっゃゅょ", "あいうえおつやゆよ", strict=True))
SMALL = {large: small for small, large in LARGE.items()}
HONORIFICS = ("さん", "ちゃん", "くん", "君", "様")
HALF = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF66, 0xFF9E)}
TO_HALF = {full: half for half, full in HALF.items()}

WITH_V = {"ば": ("ヴァ", "ヷ"), "び": ("ヴィ", "ヸ"), "ぶ": ("ヴ", "う゛"), "べ": ("ヴェ", "ヹ"), "ぼ": ("ヴォ", "ヺ")}
SMALL_Y = ("ゃ", "ゅ", "ょ")

Change = Callable[[str, random.Random], str]


def wrong(name: str, chance: random.Random) -> str:
    """Put another kana in the place of one."""
    place = chance.randrange(len(name))
    return name[:place] + chance.choice(KANA) + name[place + 1 :]


def missing(name: str, chance: random.Random) -> str:
    """Leave a character out."""
    place = chance.randrange(len(name))
    return name[:place] + name[place + 1 :]


def extra(name: str, chance: random.Random) -> str:
    """Put a kana too many in."""
    place = chance.randrange(len(name) + 1)
    return name[:place] + chance.choice(KANA) + name[place:]


def exchanged(name: str, chance: random.Random) -> str:
    """Exchange two neighbours."""
    place = chance.randrange(len(name) - 1)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def voicing(name: str, chance: random.Random) -> str:
    """Add a voicing mark, or take one away."""
    places = [place for place, sign in enumerate(name) if _voiced(sign) != sign]
    place = chance.choice(places) if places else None
    return name if place is None else name[:place] + _voiced(name[place]) + name[place + 1 :]


def length(name: str, chance: random.Random) -> str:
    """Make a vowel long or short."""
    if "ー" in name:
        return name.replace("ー", "", 1)
    places = [place for place, sign in enumerate(name) if _vowel(sign)]
    if not places:
        return name
    place = chance.choice(places)
    return name[: place + 1] + chance.choice(("ー", _vowel(name[place]))) + name[place + 1 :]


def small(name: str, chance: random.Random) -> str:
    """Write a small kana large, or one that has a small form small."""
    places = [place for place, sign in enumerate(name) if sign in LARGE] or [
        place for place, sign in enumerate(name) if place and sign in SMALL
    ]
    if not places:
        return name
    place = chance.choice(places)
    return name[:place] + (LARGE | SMALL)[name[place]] + name[place + 1 :]


def script(name: str, chance: random.Random) -> str:
    """Write the name in another script, width or case."""
    kata = katakana(name)
    half = "".join(_half(sign) for sign in kata)
    return chance.choice((kata, half, write(name), write(name).upper(), write(name).capitalize()))


def courtesy(name: str, chance: random.Random) -> str:
    """Put a title behind it."""
    return name + chance.choice(HONORIFICS)


def signs(name: str, chance: random.Random) -> str:
    """Put spaces or signs around or into it."""
    place = chance.randrange(len(name) + 1)
    return name[:place] + chance.choice((" ", "\u3000", "🌸", "♪", "・", "😊 ")) + name[place:]


def repeated(name: str, chance: random.Random) -> str:
    """Write a kana that comes twice with an iteration mark: みすゞ."""
    places = [place for place in range(1, len(name)) if name[place] in (name[place - 1], _voiced(name[place - 1]))]
    if not places:
        return name
    place = chance.choice(places)
    mark = "ゝ" if MARKS[0] not in unicodedata.normalize("NFD", name[place]) else "ゞ"
    return name[:place] + mark + name[place + 1 :]


def lone_mark(name: str, chance: random.Random) -> str:
    """Write a voicing mark as a sign of its own: か゛."""
    places = [place for place, sign in enumerate(name) if _is_voiced(sign)]
    if not places:
        return name
    place = chance.choice(places)
    plain = unicodedata.normalize("NFD", name[place])
    return name[:place] + plain[0] + {"\u3099": "゛", "\u309a": "゜"}[plain[1]] + name[place + 1 :]


def with_v(name: str, chance: random.Random) -> str:
    """Write ば as ヴァ or ヷ."""
    places = [place for place, sign in enumerate(name) if sign in WITH_V and name[place + 1 : place + 2] not in SMALL_Y]
    if not places:
        return name
    place = chance.choice(places)
    return name[:place] + chance.choice(WITH_V[name[place]]) + name[place + 1 :]


SLIPS: tuple[Change, ...] = (wrong, missing, extra, exchanged)
SOUNDS: tuple[Change, ...] = (voicing, length, small)
DRESSES: tuple[Change, ...] = (script, courtesy, signs, repeated, lone_mark, with_v)

AT_LEAST: Mapping[Change, int] = {wrong: 2, missing: 3, exchanged: 2}
"""Characters that a name needs for a change to leave a name."""


def perturbed(name: str, chance: random.Random) -> tuple[str, str]:
    """Return how *name*, in kana, arrives, and what happened to it: a slip, a sound, or another dress."""
    kind = chance.choice(("slip", "sound", "dress"))
    change = chance.choice({"slip": SLIPS, "sound": SOUNDS, "dress": DRESSES}[kind])
    if len(name) < AT_LEAST.get(change, 1):
        return name, "none"
    heard = change(name, chance)
    if kind != "dress" and chance.random() < 0.3:
        heard = chance.choice((courtesy, signs, lambda text, _chance: katakana(text)))(heard, chance)
    return heard, change.__name__


def _voiced(sign: str) -> str:
    plain = unicodedata.normalize("NFD", sign)
    if len(plain) > 1 and plain[1] in MARKS:
        return plain[0]
    made = unicodedata.normalize("NFC", sign + MARKS[0])
    return made if len(made) == 1 else sign


def _is_voiced(sign: str) -> bool:
    return unicodedata.normalize("NFD", sign)[1:] in MARKS


def _vowel(sign: str) -> str:
    return next((vowel for vowel, row in VOWELS.items() if sign in row), "")


def _half(sign: str) -> str:
    if sign in TO_HALF:
        return TO_HALF[sign]
    plain = unicodedata.normalize("NFD", sign)
    return "".join(TO_HALF.get(part, {"\u3099": "ﾞ", "\u309a": "ﾟ"}.get(part, part)) for part in plain)
