"""The forms of a nickname by which names count as the same, and the keys under which it is found.

Two names are the same by the strict form (``normalise``). Looser forms only yield candidates, and
each says why; a person always decides. The index is made of exact keys, so that every database finds
alike and fast: a strict form is found if one key of the question equals one key of the form. The
thousands who share a form share its keys.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from callcenter.domain.kanji import ONE_FORM
from callcenter.domain.names import kana, romaji
from callcenter.domain.normalising import normalised

SPELLING = 2
"""Version of the rules here, in ``kana`` and in ``romaji``. Raise it whenever they make other forms or keys of a name:
``callcenter migrate`` then builds the index anew."""

LONGEST = 64
"""Characters of a key; what is longer is cut."""

LONGEST_READ = 4 * LONGEST
"""Characters of a text that are looked at; a name is never so long, and marks without end would take long to order."""

PREFIX_LENGTH = 6
"""Beginnings are indexed up to so many characters; a longer question is looked up by its first ones."""

HEARD = 2
"""Two names one slip apart share so many kana, lengths not counted; names like たろう and じろう stand last."""

LETTERS_HEARD = 3
"""Two names one slip apart in Latin letters must share so many of them."""

REMEMBERED = 8192
"""Forms of which a process keeps what it made of them: the common ones are compared again and again."""

_HONORIFICS = ("ちゃん", "さん", "さま", "くん", "君", "様")
_OLD_SOUNDS = (
    *(
        ("ゔ" + vowel, sound)
        for vowels, sound in (("ぁあ", "ば"), ("ぃい", "び"), ("ぇえ", "べ"), ("ぉお", "ぼ"))
        for vowel in vowels
    ),
    *(("ゔ" + glide, "び" + glide) for glide in "ゃゅょ"),
    *(("ゔ", "ぶ"), ("ぢ", "じ"), ("づ", "ず")),
)
_PLAIN = re.compile("[ぁ-ゖァ-ヶー一-鿿々a-z0-9]+")
_LATIN = re.compile(r"[a-z']+")
_IDLE_APOSTROPHE = re.compile(r"(?<!n)'|'(?![aiueoy])")
_LAST_LETTERS = re.compile(r"[a-z']+$")
_READING_BESIDE = re.compile(r"\s*([^()（）]+?)\s*[(（]\s*([ぁ-ゖァ-ヺーｦ-ﾟ\s・]+)\s*[)）]\s*")


class KeyKind(StrEnum):
    """How strictly a key tells names apart, strictest first."""

    EXACT = "exact"
    FOLDED = "folded"
    UNVOICED = "unvoiced"
    SLIP = "slip"
    LETTERS = "letters"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One row of the index; ``value`` is at most ``LONGEST`` characters."""

    kind: KeyKind
    value: str


def normalise(text: str) -> str:
    """Return the strict form: width, kana, romaji, case, marks and honorifics make no difference."""
    plain = plain_form(text)
    name = kana.to_hiragana(_LATIN.sub(_from_romaji, plain)).replace("'", "")
    return _by_sound(_without_honorific(name))[:LONGEST]


def written(text: str) -> str:
    """Return the name as it is written, without width, marks, case and honorific: ミナト and みなと stay two."""
    return _without_honorific(plain_form(text))


def plain_form(text: str) -> str:
    """Return the letters of *text* in one width and case; a name of signs only keeps its signs."""
    text = text[:LONGEST_READ]
    if _PLAIN.fullmatch(text):  # nearly every name; spares the walk over its characters
        return kana.repeat(text.translate(ONE_FORM))
    whole = normalised(kana.join_voicing(text)).translate(ONE_FORM).casefold()
    bare = kana.repeat("".join(_base(sign) for sign in whole))
    letters = "".join(sign for sign in bare if unicodedata.category(sign)[0] in "LN" or sign in "'’").replace("’", "'")
    if letters.strip("'"):
        return _IDLE_APOSTROPHE.sub("", letters)
    return "".join(sign for sign in bare if unicodedata.category(sign)[0] in "SP")


@lru_cache(REMEMBERED)
def strict_forms(text: str, reading: str = "") -> frozenset[str]:
    """Return the strict forms a nickname goes by: as it is written, and as it is read."""
    name, beside = split_reading(text)
    return frozenset({normalise(name), normalise(beside), normalise(reading)} - {""})


def split_reading(text: str) -> tuple[str, str]:
    """Return a name and the reading that is written behind it in brackets: 港（ミナト）; "" where there is none."""
    found = _READING_BESIDE.fullmatch(text[:LONGEST_READ])
    return (found[1], found[2]) if found else (text, "")


def form_keys(form: str) -> frozenset[Key]:
    """Return every key under which a strict form is found, beside the form itself."""
    loose = loose_form(form)
    beginnings = {Key(KeyKind.PREFIX, loose[:length]) for length in range(1, min(len(loose), PREFIX_LENGTH) + 1)}
    return frozenset(beginnings | set(_sound_keys(form)))


def query_keys(text: str) -> frozenset[Key]:
    """Return every key by which *text*, without a reading beside, may find a form; one character is enough."""
    name = normalise(text)
    if not name:
        return frozenset()
    beginnings = {Key(KeyKind.PREFIX, loose_form(start)[:PREFIX_LENGTH]) for start in typed_beginnings(text)}
    return frozenset({Key(KeyKind.EXACT, name), *_sound_keys(name), *beginnings})


def typed_beginnings(text: str) -> frozenset[str]:
    """Return the strict forms a name may begin with while *text* is still being typed (「みなt」, ``minat``)."""
    name = normalise(text)
    open_end = _LAST_LETTERS.search(plain_form(text))
    if not name or open_end is None:
        return frozenset({name} - {""})
    read, rest = romaji.read(open_end.group())
    if not rest and open_end.group().endswith("n"):
        read, rest = read.removesuffix("ん"), "n"
    base = normalise(plain_form(text)[: open_end.start()] + read) if open_end.start() or read else ""
    return frozenset({name} | {_by_sound(base + start) for start in romaji.beginnings(rest) if rest})


def slips(name: str) -> frozenset[str]:
    """Return a strict form and all it becomes with one character left out, as long as anything can be heard.

    Two names one slip apart (a character wrong, missing, too many, or two exchanged) share one of these.
    """
    if len(name) < HEARD:
        return frozenset()
    return frozenset(rest for rest in _shortened(name) if loose_form(rest))


@lru_cache(REMEMBERED)
def letters(name: str) -> str:
    """Return a strict form in Latin letters without its lengths: a slip of the fingers happens in these."""
    return romaji.write(kana.shorten(name))


def one_slip_apart(one: str, other: str) -> bool:
    """Return whether two texts differ by at most one wrong, missing, extra or exchanged character."""
    return OSA.distance(one, other, score_cutoff=1) <= 1


def share_enough(one: str, other: str) -> bool:
    """Return whether two strict forms have so much in common that a slip is likely; たろう and じろう do not."""
    if sorted(one) == sorted(other):  # nothing but exchanged
        return True
    common = _shortened(one) & _shortened(other)
    return any(len(loose_form(rest)) >= HEARD for rest in common)


def _shortened(name: str) -> set[str]:
    return {name[:place] + name[place + 1 :] for place in range(len(name))} | {name}


def _sound_keys(name: str) -> Iterator[Key]:
    loose = loose_form(name)
    yield Key(KeyKind.FOLDED, loose)
    yield Key(KeyKind.UNVOICED, kana.unvoice(loose))
    for rest in slips(name):
        yield Key(KeyKind.SLIP, rest)
    for rest in _shortened(letters(name)[:LONGEST]):
        if len(rest) >= LETTERS_HEARD:
            yield Key(KeyKind.LETTERS, rest)


@lru_cache(REMEMBERED)
def loose_form(name: str) -> str:
    """Return the loose form of a name that is in its strict form already."""
    return kana.shorten(kana.enlarge(name))


def _by_sound(name: str) -> str:
    for old, new in _OLD_SOUNDS:
        name = name.replace(old, new)
    return name


def _base(sign: str) -> str:
    """Return a Latin letter without its macron or accent, any other sign as it is."""
    first = normalised(sign, "NFD")[:1]
    return first if "a" <= first <= "z" else sign


def _from_romaji(found: re.Match[str]) -> str:
    letters, rest = romaji.read(found.group())
    return found.group() if rest else letters


def _without_honorific(name: str) -> str:
    while (rest := _without_last_honorific(name)) != name:
        name = rest
    return name


def _without_last_honorific(name: str) -> str:
    for honorific in _HONORIFICS:
        rest = name.removesuffix(honorific)
        # A kanji is heard as two kana or more; of kana, two must remain, or ちいちゃん loses too much.
        if rest != name and sum(1 if kana.is_kana(sign) else 2 for sign in rest) >= 2:
            return rest
    return name
