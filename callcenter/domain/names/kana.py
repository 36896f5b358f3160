"""Kana by sound: large or small, long or short, voiced or not.

Written here: jaconv gives the same hiragana, but keeps ゎ ゐ ゑ を where names need わ い え お, and
lacks the rest.
"""

from __future__ import annotations

from callcenter.domain.normalising import normalised

LONG_MARK = "ー"

_TO_HIRAGANA: dict[int, int | str] = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_TO_HIRAGANA |= {ord("ヷ"): "ゔぁ", ord("ヸ"): "ゔぃ", ord("ヹ"): "ゔぇ", ord("ヺ"): "ゔぉ"}
_ENLARGED = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖゐゑを", "あいうえおつやゆよわかけいえお")
_VOICING = {0x3099: None, 0x309A: None}
_VOICED, _LONE_VOICING = "\u3099", {0x309B: 0x3099, 0x309C: 0x309A}
_REPEATED = frozenset("々〻ゝヽゞヾ")
_BY_VOWEL = {
    "あ": "あかさたなはまやらわがざだばぱ",
    "い": "いきしちにひみりぎじぢびぴ",
    "う": "うくすつぬふむゆるぐずづぶぷゔ",
    "え": "えけせてねへめれげぜでべぺ",
    "お": "おこそとのほもよろごぞどぼぽ",
}
_VOWEL_OF = {kana: vowel for vowel, row in _BY_VOWEL.items() for kana in row}
_LENGTHENS = {(vowel, vowel) for vowel in _BY_VOWEL} | {("お", "う"), ("え", "い")}
"""A vowel and the vowel written after it that only makes it longer."""


def is_kana(sign: str) -> bool:
    """Return whether *sign* is hiragana or the long mark."""
    return "ぁ" <= sign <= "ゖ" or sign == LONG_MARK


def to_hiragana(text: str) -> str:
    """Return katakana as hiragana; the long mark stays."""
    return text.translate(_TO_HIRAGANA)


def join_voicing(text: str) -> str:
    """Return *text* with voicing marks that stand behind a kana (か゛) as marks that normalisation joins to it."""
    return text.translate(_LONE_VOICING)


def repeat(text: str) -> str:
    """Return *text* with iteration marks as what they repeat: 佐々木 as 佐佐木, みすゞ as みすず."""
    if _REPEATED.isdisjoint(text):
        return text
    whole = ""
    for sign in text:
        whole += _repeated(whole[-1], sign) if whole and sign in _REPEATED else sign
    return whole


def _repeated(last: str, mark: str) -> str:
    if mark in "々〻":
        return last
    plain = unvoice(last)
    voiced = normalised(plain + _VOICED, "NFC")
    return voiced if mark in "ゞヾ" and len(voiced) == 1 else plain


def enlarge(text: str) -> str:
    """Return small kana as large ones, and the old ゐ ゑ を by their sound."""
    return text.translate(_ENLARGED)


def shorten(text: str) -> str:
    """Return text without what only lengthens a vowel: ー, a repeated vowel, う after お, い after え."""
    kept, vowel = "", ""
    for sign in text:
        if kept and (sign == LONG_MARK or (vowel, sign) in _LENGTHENS):
            continue
        kept += sign
        vowel = _VOWEL_OF.get(sign, "")
    return kept


def unvoice(text: str) -> str:
    """Return kana without voicing marks: が and か, ば, ぱ and は become one."""
    plain = normalised(text, "NFD").translate(_VOICING)
    return normalised(plain, "NFC")
