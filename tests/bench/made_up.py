"""Invented people in any number, as skewed as names are: a few nicknames thousands share, many nobody else has.

Everything follows from the seed. Names come in the scripts people write them in; a kanji name has its reading.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from callcenter.domain.names.nickname_cues import UNKNOWN, Cues
from callcenter.domain.names.romaji import write
from callcenter.domain.places import Prefecture
from callcenter.domain.records.record_codes import AgeBand, Topic


def _listed(text: str) -> list[str]:
    return text.split()


GIVEN = _listed("""
ゆき ゆい みなと そら はる あおい りん ひろ けん まこと さくら なお ひかる しょう たくみ みく れん ゆう
りく かい はると ゆうと そうた しょうた だいき けんた たくや なおき かずや ひろし さとし たかし あきら
まさと ゆうすけ りょう りょうた こうへい こうた しんじ けんじ だいすけ しゅん じゅん つばさ いつき ともや
てつや まさし よしき かける あゆむ みさき あやか えみ まい まゆみ かおり ともみ さゆり ゆかり ちひろ ちえ
のぞみ めぐみ あすか なつみ はるか まどか ことね ひなた ひまり みお めい ゆな さら かのん あかり しおり
しほ みほ みか りか りな りさ まり えり ゆり ゆりこ ようこ けいこ きょうこ じゅんこ のりこ ゆうこ まさこ
ひろこ かずこ さちこ としこ きよみ くみこ れいこ あきこ みちこ たろう じろう さぶろう いちろう ごろう
しんのすけ りょうすけ きょうへい ゆうじ こうじ せいじ ひでき まもる いさむ
""")
WORDS = _listed("""
ねこ いぬ うさぎ くま たぬき きつね ぺんぎん かもめ すずめ ひよこ はりねずみ かめ くじら いるか ほし つき
にじ あめ ゆきだるま かぜ うみ もり やま そよかぜ しずく こはる もみじ たんぽぽ ひまわり すみれ れもん
みかん りんご いちご ばなな めろん ぷりん くっきー ちょこ まろん ここあ こーひー らて もち だいふく
おにぎり らーめん うどん ななし とくめい だれか ぼく わたし おれ しろ くろ あお みどり きいろ はいいろ
ぎたー ぴあの げーまー のら ぽち たま
""")
KANJI = _listed("""
優希:ゆき 由紀:ゆき 有希:ゆき 雪:ゆき 結衣:ゆい 湊:みなと 港:みなと 空:そら 陽:はる 春:はる 葵:あおい 碧:あおい
凛:りん 誠:まこと 桜:さくら 光:ひかる 翔:しょう 彰:しょう
巧:たくみ 蓮:れん 陸:りく 海:かい 悠斗:ゆうと 颯太:そうた 翔太:しょうた 大輝:だいき 健太:けんた 拓也:たくや
直樹:なおき 和也:かずや 浩:ひろし 聡:さとし 隆:たかし 明:あきら 翼:つばさ 樹:いつき 歩:あゆむ 美咲:みさき
彩香:あやか 恵:めぐみ 明日香:あすか 夏美:なつみ 遥:はるか 陽子:ようこ 恵子:けいこ 京子:きょうこ 太郎:たろう
次郎:じろう 月:つき 星:ほし
""")
MORAS = _listed("""
あ い う え お か き く け こ さ し す せ そ た ち つ て と な に ぬ ね の は ひ ふ へ ほ ま み む め も や
ゆ よ ら り る れ ろ わ ん が ぎ ぐ げ ご ざ じ ず ぜ ぞ だ で ど ば び ぶ べ ぼ ぱ ぴ ぷ ぽ きゃ きょ しゃ
しゅ しょ ちゃ ちゅ にゃ みゅ りょ じゃ じゅ っか っと っぴ ー
""")
HEADS = [mora for mora in MORAS if mora[0] not in "んっー"]
ENDINGS = ("っ", "ぺ", "ぽ", "まる", "こ", "ぴ", "りん", "たん", "すけ", "2", "77", "の母", "まま")
NAMESPACE = 60_000
"""Different names, from the commonest to those that only one or two people have."""
FLAT, STEEP = 30, 1.05
"""A name of rank r is borne in proportion to 1 / (r + FLAT) ** STEEP: the first by one in two hundred."""
RELATIONS = {"self": 56, "mother": 22, "father": 6, "sibling": 5, "spouse": 3, "supporter": 3, "friend": 2, UNKNOWN: 3}
COUNSELLORS = 40
TODAY = date(2026, 11, 25)
KEPT_DAYS, HALF_OF = 730, 150
"""Records go two years after the last contact; half of all have been in touch within so many days."""


@dataclass(frozen=True, slots=True)
class Known:
    """One person, alone in a case."""

    number: int
    text: str
    reading: str
    cues: Cues
    last_contact: date


def people(count: int, seed: int) -> Iterator[Known]:
    """Invent *count* people."""
    chance = random.Random(seed)
    names = namespace(seed)
    weights = list(itertools.accumulate(1 / (rank + FLAT) ** STEEP for rank in range(len(names))))
    ages = [band.value for band in AgeBand if band is not AgeBand.UNKNOWN]
    places = [place.value for place in Prefecture if place is not Prefecture.UNKNOWN]
    topics = [topic.value for topic in Topic if topic.value != UNKNOWN]
    relations = list(RELATIONS)
    relation_weights = list(itertools.accumulate(RELATIONS.values()))
    for number in range(count):
        kana, kanji = names[chance.choices(range(len(names)), cum_weights=weights)[0]]
        text, reading = _written(kana, kanji, chance)
        age = min(len(ages) - 1, max(0, round(chance.gauss(4.5, 2.4))))
        cues = Cues(
            relation=chance.choices(relations, cum_weights=relation_weights)[0],
            age_band=ages[age] if chance.random() < 0.8 else UNKNOWN,
            prefecture=_place(chance, places),
            topic=chance.choice(topics) if chance.random() < 0.85 else UNKNOWN,
            counsellor=counsellor(chance.randrange(COUNSELLORS)) if chance.random() < 0.95 else UNKNOWN,
        )
        days = min(KEPT_DAYS, int(chance.expovariate(0.693 / HALF_OF)))
        yield Known(number, text, reading, cues, TODAY - timedelta(days=days))


def namespace(seed: int) -> list[tuple[str, list[str]]]:
    """Return the names by rank: in kana, and in kanji where they are written so."""
    chance = random.Random(seed + 1)
    kanji = defaultdict[str, list[str]](list)
    for text, reading in (pair.split(":") for pair in KANJI):
        kanji[reading].append(text)
    common = list(dict.fromkeys([*GIVEN, *WORDS]))
    chance.shuffle(common)
    names = dict.fromkeys(common)
    while len(names) < NAMESPACE:
        if chance.random() < 0.15:
            name = chance.choice(common) + chance.choice(
                (*"っぺぽまるこぴ", "りん", "たん", "すけ", "2", "77", "の母", "まま")
            )
        else:
            name = chance.choice(HEADS) + "".join(chance.choices(MORAS, k=chance.choice((1, 1, 2, 2, 2, 3, 3, 4))))
        names.setdefault(name)
    return [(name, kanji.get(name, [])) for name in names]


def counsellor(number: int) -> str:
    """Return the id of one of the counsellors."""
    return f"{0xC << 124 | number:032x}"


def katakana(text: str) -> str:
    """Write hiragana as katakana."""
    return "".join(chr(ord(sign) + 0x60) if "ぁ" <= sign <= "ゖ" else sign for sign in text)


def _place(chance: random.Random, places: list[str]) -> str:
    roll = chance.random()
    if roll < 0.65:
        return Prefecture.TOKYO.value
    return chance.choice(places) if roll < 0.85 else UNKNOWN


def _written(kana: str, kanji: list[str], chance: random.Random) -> tuple[str, str]:
    """Write a name as people do: kana, katakana, kanji with its reading, Latin letters, with a sign behind it."""
    roll = chance.random()
    if kanji and roll < 0.45:
        return chance.choice(kanji), kana
    if roll < 0.62:
        return kana, ""
    if roll < 0.86:
        return katakana(kana), ""
    if roll < 0.92:
        return write(kana).capitalize(), kana
    return kana + chance.choice(("さん", "ちゃん", "くん", "🌸", "★", "♪")), ""
