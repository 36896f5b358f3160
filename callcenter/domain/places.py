"""Prefectures, and the municipalities of Tokyo."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from callcenter.domain.codes import Code


class Prefecture(Code):
    """都道府県 by their code of JIS X 0401, in its order."""

    HOKKAIDO = "01", "北海道"
    AOMORI = "02", "青森県"
    IWATE = "03", "岩手県"
    MIYAGI = "04", "宮城県"
    AKITA = "05", "秋田県"
    YAMAGATA = "06", "山形県"
    FUKUSHIMA = "07", "福島県"
    IBARAKI = "08", "茨城県"
    TOCHIGI = "09", "栃木県"
    GUNMA = "10", "群馬県"
    SAITAMA = "11", "埼玉県"
    CHIBA = "12", "千葉県"
    TOKYO = "13", "東京都"
    KANAGAWA = "14", "神奈川県"
    NIIGATA = "15", "新潟県"
    TOYAMA = "16", "富山県"
    ISHIKAWA = "17", "石川県"
    FUKUI = "18", "福井県"
    YAMANASHI = "19", "山梨県"
    NAGANO = "20", "長野県"
    GIFU = "21", "岐阜県"
    SHIZUOKA = "22", "静岡県"
    AICHI = "23", "愛知県"
    MIE = "24", "三重県"
    SHIGA = "25", "滋賀県"
    KYOTO = "26", "京都府"
    OSAKA = "27", "大阪府"
    HYOGO = "28", "兵庫県"
    NARA = "29", "奈良県"
    WAKAYAMA = "30", "和歌山県"
    TOTTORI = "31", "鳥取県"
    SHIMANE = "32", "島根県"
    OKAYAMA = "33", "岡山県"
    HIROSHIMA = "34", "広島県"
    YAMAGUCHI = "35", "山口県"
    TOKUSHIMA = "36", "徳島県"
    KAGAWA = "37", "香川県"
    EHIME = "38", "愛媛県"
    KOCHI = "39", "高知県"
    FUKUOKA = "40", "福岡県"
    SAGA = "41", "佐賀県"
    NAGASAKI = "42", "長崎県"
    KUMAMOTO = "43", "熊本県"
    OITA = "44", "大分県"
    MIYAZAKI = "45", "宮崎県"
    KAGOSHIMA = "46", "鹿児島県"
    OKINAWA = "47", "沖縄県"
    UNKNOWN = "unknown", "不明"


@dataclass(frozen=True, slots=True)
class Municipality:
    """One of Tokyo's 62; ``code`` is six digits with the check digit and stays a text."""

    code: str
    name: str
    kana: str
    kind: str
    area: str
    """区部, 多摩 or 島しょ."""
    official_url: str


@cache
def municipalities() -> Mapping[str, Municipality]:
    """Return Tokyo's municipalities by code, in official order."""
    text = files("callcenter").joinpath("data", "municipalities.csv").read_text(encoding="utf-8")
    names = [one.name for one in fields(Municipality)]
    rows = (Municipality(*(row[name] for name in names)) for row in csv.DictReader(text.splitlines()))
    return MappingProxyType({place.code: place for place in sorted(rows, key=lambda place: place.code)})


def prefectures_for_choice() -> tuple[Prefecture, ...]:
    """Return the prefectures as a form lists them: 東京都 on top, the others in their order, 不明 last."""
    rest = (place for place in Prefecture if place is not Prefecture.TOKYO)
    return (Prefecture.TOKYO, *rest)
