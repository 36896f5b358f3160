"""The directory of institutions and helplines: what an entry says, and how entries are ranked for a search."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from callcenter.domain.codes import Code
from callcenter.domain.directory import helplines
from callcenter.domain.directory.helplines import Helpline, UnreadableHours
from callcenter.domain.errors import HelplineError
from callcenter.domain.names.kana import to_hiragana
from callcenter.domain.normalising import normalised
from callcenter.domain.places import Prefecture, municipalities
from callcenter.domain.records.record_codes import Topic
from callcenter.domain.typed_text import one_line, said

UNKNOWN = "unknown"
LONGEST = {"name": 128, "kana": 128, "number": 32, "hours": 256, "opens": 256, "cost": 64, "for_whom": 128}
LONGEST_NOTE = 2000
NUMBER = re.compile(r"[0-9#*+ ()-]*")


class InstitutionKind(Code):
    """機関種別."""

    EMERGENCY = "emergency", "緊急"
    CRISIS = "crisis", "いのちの危険・気持ちがつらいとき"
    HIKIKOMORI = "hikikomori", "ひきこもりの支援"
    HEALTH = "health", "保健・医療"
    WELFARE = "welfare", "福祉・くらし"
    YOUTH = "youth", "子ども・若者"
    VIOLENCE = "violence", "暴力・虐待・犯罪被害"
    WORK = "work", "働くこと"
    SCHOOL = "school", "学ぶこと"
    PLACE_TO_BE = "place_to_be", "居場所・家族会"
    OTHER = "other", "その他"


class ReferralHow(Code):
    """紹介のしかた: told of, or connected at once."""

    TOLD = "told", "番号や場所を伝えた"
    CONNECTED = "connected", "その場でつないだ"


class EntryIncomplete(HelplineError):
    """Raised when a part of an entry is missing or unreadable; ``field`` is its name in the form."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory says of one institution; nothing about a caller."""

    kind: str
    name: str
    kana: str = ""
    number: str = ""
    hours: str = ""
    opens: str = ""
    cost: str = ""
    for_whom: str = ""
    topics: tuple[str, ...] = ()
    prefecture: str = UNKNOWN
    municipality: str = UNKNOWN
    note: str = ""
    source: str = ""

    @classmethod
    def of(cls, row: Any) -> Entry:
        """Return the entry of anything that has its attributes."""
        return cls(
            kind=row.kind,
            name=row.name,
            kana=row.kana,
            number=row.number,
            hours=row.hours,
            opens=row.opens,
            cost=row.cost,
            for_whom=row.for_whom,
            topics=tuple(row.topics),
            prefecture=row.prefecture,
            municipality=row.municipality,
            note=row.note,
            source=row.source,
        )

    def as_json(self) -> dict[str, Any]:
        """Return what the history stores."""
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"topics": list(self.topics)}


def shipped(line: Helpline) -> Entry:
    """Return the entry of a line in the shipped table."""
    return Entry(
        kind=line.kind,
        name=line.name,
        kana=line.kana,
        number=line.number,
        hours=line.hours,
        opens=line.opens_text,
        cost=line.cost,
        for_whom=line.for_whom,
        topics=line.topics,
        prefecture=line.prefecture or UNKNOWN,
        note=line.note,
        source=line.source,
    )


def read_entry(sent: Mapping[str, str], topics: Iterable[str]) -> Entry:
    """Return the entry that a form sends; ``EntryIncomplete`` says what to correct."""
    text = {name: _line(sent, name, longest) for name, longest in LONGEST.items()}
    note, source = _note(sent, "note"), _note(sent, "source")
    if not text["name"]:
        raise EntryIncomplete("name", "名前を入れてください。")
    return Entry(
        kind=_kind(sent),
        name=text["name"],
        kana=text["kana"],
        number=_number(text["number"]),
        hours=text["hours"],
        opens=_opens(text["opens"]),
        cost=text["cost"],
        for_whom=text["for_whom"],
        topics=tuple(topic.value for topic in Topic if topic in set(topics) and topic is not Topic.UNKNOWN),
        prefecture=_place(sent, "prefecture", set(Prefecture)),
        municipality=_place(sent, "municipality", {UNKNOWN, *municipalities()}),
        note=note,
        source=source,
    )


def _line(sent: Mapping[str, str], name: str, longest: int) -> str:
    text = one_line(sent.get(name, ""))
    if len(text) > longest:
        raise EntryIncomplete(name, f"ここに書けるのは{longest}文字までです。")
    return text


def _note(sent: Mapping[str, str], name: str) -> str:
    text = said(sent.get(name, "").replace("\r\n", "\n"))
    if len(text) > LONGEST_NOTE:
        raise EntryIncomplete(name, f"ここに書けるのは{LONGEST_NOTE:,}文字までです。")
    return text


def _kind(sent: Mapping[str, str]) -> str:
    kind = sent.get("kind", "")
    if kind not in set(InstitutionKind):
        raise EntryIncomplete("kind", "種類を選んでください。")
    return kind


def _number(typed: str) -> str:
    number = normalised(typed).replace("―", "-").replace("‐", "-")
    if not NUMBER.fullmatch(number):
        raise EntryIncomplete("number", "電話番号は、数字と「-」「#」で入れてください。説明は、備考に書けます。")
    return number


def _opens(typed: str) -> str:
    try:
        helplines.read_opens(typed)
    except UnreadableHours:
        form = "「10:00-17:00; sat closed」のように入れるか、空のままにしてください。"
        raise EntryIncomplete("opens", f"時間を読みとれませんでした。{form}") from None
    return typed


def _place(sent: Mapping[str, str], name: str, known: Collection[str]) -> str:
    place = sent.get(name) or UNKNOWN
    if place not in known:
        raise EntryIncomplete("prefecture", "地域を、一覧から選び直してください。")
    return place


def is_open(entry: Entry, moment: datetime) -> bool | None:
    """Return whether somebody answers there now; None where that is not certain."""
    return helplines.is_open(helplines.read_opens(entry.opens), moment)


def at_hand(entries: Iterable[tuple[Entry, frozenset[str]]], moment: datetime) -> list[tuple[Entry, bool | None]]:
    """Return the entries for a counsellor's short list: those that answer now, then the uncertain ones.

    *entries* come with where they are shown; among equals, lines for everybody come first. 119 and 110 are not among
    them: how to ring them is a matter of its own.
    """
    known = [(entry, shown_in, is_open(entry, moment)) for entry, shown_in in entries if shown_in != {"emergency"}]
    there = [one for one in known if one[2] is not False]
    there.sort(key=lambda one: (one[2] is None, "closed" not in one[1]))
    return [(entry, answers) for entry, _, answers in there]


def is_stale(verified_on: date | None, today: date, days: int) -> bool:
    """Return whether number and hours should be checked again."""
    return verified_on is None or (today - verified_on).days > days


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search: words in any script, a topic, a place, and whether somebody must answer now."""

    words: str = ""
    topic: str = ""
    prefecture: str = ""
    municipality: str = ""
    open_now: bool = False


def rank(entry: Entry, wanted: Wanted, moment: datetime) -> tuple[int, ...] | None:
    """Return how well an entry fits, smaller is better; None if it does not."""
    if wanted.topic and wanted.topic not in entry.topics:
        return None
    here = {"", UNKNOWN}
    if wanted.prefecture not in here and entry.prefecture not in {UNKNOWN, wanted.prefecture}:
        return None
    if wanted.municipality not in here and entry.municipality not in {UNKNOWN, wanted.municipality}:
        return None
    answers = is_open(entry, moment)
    if wanted.open_now and answers is False:
        return None
    words = folded(wanted.words).split()
    names = [folded(entry.name), folded(entry.kana)]
    joined, everything = [name.replace(" ", "") for name in names], _everything(entry)
    if not all(word in everything or word in "".join(joined) for word in words):
        return None
    whole = "".join(words)
    begins = any(name.startswith(whole) for name in joined)
    named = any(whole in name for name in joined)
    near = -(entry.municipality == wanted.municipality != "") - (entry.prefecture == wanted.prefecture != "")
    return (0 if begins else 1 if named else 2, near, {True: 0, None: 1, False: 2}[answers])


def folded(text: str) -> str:
    """Return a text without differences of width, case and kana; dashes in numbers are dropped."""
    plain = to_hiragana(normalised(text).casefold())
    return " ".join(re.sub(r"(?<=[0-9])[-‐―ー](?=[0-9])", "", plain).split())


def _everything(entry: Entry) -> str:
    town = municipalities().get(entry.municipality)
    place = "" if entry.prefecture == UNKNOWN else Prefecture(entry.prefecture).label
    labels = [InstitutionKind(entry.kind).label, place, f"{town.name} {town.kana}" if town else ""]
    labels += [Topic(topic).label for topic in entry.topics]
    return folded(" ".join([entry.name, entry.kana, entry.number, entry.for_whom, entry.note, *labels]))
