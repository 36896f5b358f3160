"""Reading Latin letters as Japanese syllables, in Hepburn and Kunrei.

Written here because a search needs two things converters do not give: to know that a word is *not*
romaji (it is then left as it is), and what was read so far of a word still being typed.
"""

from __future__ import annotations

import re

_ROWS = {
    "": "あいうえお",
    "k": "かきくけこ",
    "s": "さしすせそ",
    "t": "たちつてと",
    "n": "なにぬねの",
    "h": "はひふへほ",
    "m": "まみむめも",
    "r": "らりるれろ",
    "g": "がぎぐげご",
    "z": "ざじずぜぞ",
    "d": "だぢづでど",
    "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
}
_GLIDES = {
    "ky": "き",
    "gy": "ぎ",
    "sy": "し",
    "zy": "じ",
    "jy": "じ",
    "ty": "ち",
    "cy": "ち",
    "dy": "ぢ",
    "ny": "に",
    "hy": "ひ",
    "by": "び",
    "py": "ぴ",
    "my": "み",
    "ry": "り",
    "sh": "し",
    "ch": "ち",
    "j": "じ",
}
_SINGLE = {
    "ya": "や",
    "yu": "ゆ",
    "yo": "よ",
    "wa": "わ",
    "wi": "うぃ",
    "we": "うぇ",
    "wo": "を",
    "shi": "し",
    "she": "しぇ",
    "chi": "ち",
    "che": "ちぇ",
    "tsu": "つ",
    "tsa": "つぁ",
    "fu": "ふ",
    "fa": "ふぁ",
    "fi": "ふぃ",
    "fe": "ふぇ",
    "fo": "ふぉ",
    "ji": "じ",
    "je": "じぇ",
    "thi": "てぃ",
    "dhi": "でぃ",
    "va": "ゔぁ",
    "vi": "ゔぃ",
    "vu": "ゔ",
    "vya": "ゔゃ",
    "vyu": "ゔゅ",
    "vyo": "ゔょ",
    "ve": "ゔぇ",
    "vo": "ゔぉ",
}


def _syllables() -> dict[str, str]:
    table = {head + vowel: kana for head, row in _ROWS.items() for vowel, kana in zip("aiueo", row, strict=True)}
    for head, kana in _GLIDES.items():
        table |= {head + vowel: kana + small for vowel, small in zip("auo", "ゃゅょ", strict=True)}
    return table | _SINGLE


SYLLABLES = _syllables()
"""Every syllable in Latin letters and its hiragana."""

_LONGEST = max(map(len, SYLLABLES))
_HEPBURN = ("sh", "ch", "ts", "f", "j")
_VOWELS = frozenset("aiueo")
_DOUBLED = re.compile("っ+([a-z])")
_LENGTHENED = re.compile("([aiueo])(?:\\1|(?<=o)u|(?<=e)i)+")


def _spellings() -> dict[str, str]:
    """Return one spelling for each kana or pair: Hepburn's, else the shortest."""
    order = sorted(SYLLABLES, key=lambda letters: (not letters.startswith(_HEPBURN), len(letters)))
    spelt = {kana: letters for letters, kana in reversed([(letters, SYLLABLES[letters]) for letters in order])}
    return spelt | {"ん": "n"}


_SPELT = _spellings()


def read(word: str) -> tuple[str, str]:
    """Return lower-case letters as hiragana, and the rest that cannot be read."""
    kana, place = "", 0
    while place < len(word):
        here, width = _next(word, place)
        if not width:
            break
        kana, place = kana + here, place + width
    return kana, word[place:]


def write(kana: str) -> str:
    """Return hiragana in Hepburn's letters, without long marks and doubled vowels; other signs stay."""
    letters, place = "", 0
    while place < len(kana):
        pair = kana[place : place + 2]
        here = pair if pair in _SPELT else kana[place]
        letters, place = letters + _SPELT.get(here, here), place + len(here)
    return _LENGTHENED.sub(r"\1", _DOUBLED.sub(r"\1\1", letters).replace("ー", "").replace("っ", ""))


def beginnings(letters: str) -> frozenset[str]:
    """Return the kana that a syllable beginning with *letters* may start with: 「t」 gives た ち つ て と."""
    return frozenset(kana[0] for syllable, kana in SYLLABLES.items() if syllable.startswith(letters))


def _next(word: str, place: int) -> tuple[str, int]:
    """Return what stands at *place* and how many letters it takes; no letters if it cannot be read."""
    letter, after = word[place], word[place + 1 : place + 2]
    if letter == "h" and word[place - 1 : place] == "o" and after not in _VOWELS:
        bare = place == 1 or word[place - 2] in _VOWELS
        return "お" if bare else "う", 1  # the passport's long o: Ohno, Itoh
    for width in range(_LONGEST, 0, -1):
        if (syllable := word[place : place + width]) in SYLLABLES:
            return SYLLABLES[syllable], len(syllable)
    if letter == "n" and after == "'":
        return "ん", 2
    if letter == "n" and after != "y":
        return "ん", 1
    if letter == "m" and after in ("b", "m", "p"):
        return "ん", 1
    if letter not in _VOWELS and (letter == after or (letter == "t" and word.startswith("ch", place + 1))):
        return "っ", 1
    return "", 0
