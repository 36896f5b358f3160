"""Prefectures and municipalities as tables write them: codes with or without a check digit, and other spellings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from callcenter.domain.errors import HelplineError
from callcenter.domain.names.nicknames import normalise, plain_form
from callcenter.domain.places import Prefecture, municipalities

UNKNOWN = Prefecture.UNKNOWN.value
LONGEST = 40
"""Characters of a place's name, with all that stands before it."""

_NUMBER = re.compile(r"\d{1,2}|\d{5}|\d{6}")
_BEFORE = re.compile("^(?:東京都?)?(?:西多摩郡)?")
_KIND, _KIND_READ = re.compile("[区市町村]$"), re.compile("(?:く|し|まち|ちょう|むら)$")


class UnknownPlace(HelplineError):
    """Raised when a text names no place that we know."""

    message = "この場所を読みとれませんでした。「東京都」「港区」のように入れてください。"


def read_prefecture(text: str) -> Prefecture:
    """Return the prefecture of a name (東京, 東京都) or a code of JIS X 0401 (13, 130001); nothing is 不明."""
    wanted = _plain(text)
    if not wanted:
        return Prefecture.UNKNOWN
    found = _of_number(wanted) if _NUMBER.fullmatch(wanted) else _prefectures().get(wanted)
    if found is None:
        known = "、".join(place.label for place in Prefecture)
        raise UnknownPlace(f"一覧にない言葉です。次の言葉から選んでください: {known}")
    return found


def read_municipality(text: str) -> str:
    """Return the code of one of Tokyo's municipalities, from its name, reading or code; nothing is 不明."""
    wanted = _plain(text)
    if not wanted or wanted == Prefecture.UNKNOWN.label:
        return UNKNOWN
    code = _municipalities().get(wanted) or _municipalities().get(normalise(_BEFORE.sub("", wanted)))
    if code is None:
        raise UnknownPlace("東京都の区市町村の名前か、6けたのコード(港区なら131032)で入れてください。")
    return code


def _plain(text: str) -> str:
    if len(text) > LONGEST:
        raise UnknownPlace
    return plain_form(text)


def _of_number(digits: str) -> Prefecture | None:
    number = digits.zfill(2)
    if len(number) > len("13") and number[2:5] != "000":
        return None
    return next((place for place in Prefecture if place.value == number[:2]), None)


@cache
def _prefectures() -> Mapping[str, Prefecture]:
    names = {plain_form(place.label): place for place in Prefecture}
    return (
        names | {re.sub("[都府県]$", "", name): place for name, place in names.items()} | {UNKNOWN: Prefecture.UNKNOWN}
    )


@cache
def _municipalities() -> Mapping[str, str]:
    """Return the codes by everything a municipality goes by; としま without more may be two."""
    found, stems = dict[str, str](), defaultdict[str, set[str]](set)
    for place in municipalities().values():
        name, reading = normalise(place.name), normalise(place.kana)
        found |= dict.fromkeys((place.code, place.code[:5], name, reading), place.code)
        stems[_KIND.sub("", name)].add(place.code)
        stems[_KIND_READ.sub("", reading)].add(place.code)
    return {stem: code for stem, (code, *more) in stems.items() if not more} | found
