"""The version of the rules of spelling moves with what they make of names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import product

from callcenter.domain.names.nicknames import SPELLING, form_keys, strict_forms

GOLDEN = {
    1: "c8e401d18b1b35a8730c1ed5d6b7ee7adb6d5fa631a156773c073534d5881b16",
    2: "610d36fa605f5517e6e2e603ff34647260ddf462b395878672a451c74106973a",
}
"""What each version makes of the sample; only the newest is compared."""

KANA = [chr(code) for code in (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), 0x30FC)]
NAMES = (
    "みなと ミナト ﾐﾅﾄ Ｍｉｎａｔｏ minato-san Tarō tarou ken'ichi Ken’ichi shinnosuke homma matchi ohno itoh "
    "syouko thierry "
    "髙橋 山﨑 渡邉 渡邊 德田 佐々木 港 櫻子 龍 𠮷田 ⻑谷川 港（ミナト） "
    "みすゞ こゝろ か゛く ｶﾞク ヷイオリン レヴュー ちいちゃん みなとさん みなと様 みなと君 みなとくん "
    "おかあさん 母 ゔぁいおりん づつみ はなぢ 🌸みなと🌸 "
    "!? ♪ Zoë 12 なまえのないひとはここにもうひとりいます ながいなまえ" + "あ" * 70
).split()


def sample() -> Iterator[str]:
    """Every beginning of romaji, every kana and every two of them, and names as people write them."""
    for length in (1, 2, 3):
        yield from map("".join, product("abcdefghijklmnopqrstuvwxyz'", repeat=length))
    yield from (
        f"o{head}{tail}" for head, tail in product(("tch", "nn", "mb", "hn", "h", "sshi", "ky", "sy"), "aiueoh")
    )
    yield from ("".join(pair) for pair in product(KANA[:0x56], repeat=2))
    yield from KANA
    yield from NAMES


def digest() -> str:
    made = hashlib.sha256()
    for place, name in enumerate(sample()):
        forms = sorted(strict_forms(name))
        made.update(f"{name}={forms}".encode())
        if place % 7 == 0 or name in NAMES:  # keys take longer
            made.update(
                "".join(f"{key.kind}:{key.value}," for form in forms for key in sorted(form_keys(form))).encode()
            )
    return made.hexdigest()


def test_rules_that_make_other_forms_or_keys_have_another_version() -> None:
    assert digest() == GOLDEN.get(SPELLING), (
        "The rules of spelling make other forms or keys of names: raise SPELLING in names/nicknames.py by one "
        "and put the new digest here beside it. `callcenter migrate` then builds the index anew."
    )


def test_every_version_has_a_digest_of_its_own() -> None:
    assert max(GOLDEN) == SPELLING
    assert len(set(GOLDEN.values())) == len(GOLDEN)
