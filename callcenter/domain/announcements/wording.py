"""Changed announcements: what a change consists of, and the checks it has to pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from callcenter.domain.announcements.speech import Announcement
from callcenter.domain.normalising import normalised

LONGEST_SENTENCE = 41
LONGEST_TEXT = 400
FORBIDDEN = (
    "がんばって", "頑張", "早く", "急いで", "してはいけません", "お客様", "利用者番号", "ご登録", "通話料",
    "フリーダイヤル", "折り返し", "留守番", "録音", "発信音", "患者", "社会復帰", "自立", "分ほど", "分くらい",
)  # fmt: skip
"""Words that hurry, blame, promise or count out; why each is here stands in the house rules for announcements."""
ONLY_WHERE_SHIPPED = ("すぐに", "無料")
"""Haste is only for danger to life, and free is only what is free."""
NEVER_MISSING = ("119番", "110番")
"""Where the shipped phrase names them, every version does."""
FIXED_FACTS = frozenset({"service", "other_line", "new_year_from", "new_year_to"})
"""Placeholders that are always the same, so that a recording can say them."""

GAPS: Mapping[str, str] = {
    "service": "窓口の名前",
    "other_line": "ほかの窓口の電話番号",
    "next_open": "次の受付の日時",
    "opens_at": "受付が始まる時刻",
    "close_time": "受付が終わる時刻",
    "holiday": "祝日の名前",
    "reason": "お休みの理由",
    "new_year_from": "年末年始の休みの初日",
    "new_year_to": "年末年始の休みの最終日",
    "position": "順番",
    "key_hint": "押した番号",
    "waited": "待った時間",
}
"""What pages call a placeholder, in 【】."""

_SPOKEN = re.compile(r"[ぁ-ゖァ-ヺー一-鿿々0-9、。{}a-z_]")
_KANA = re.compile(r"[ぁ-ゖァ-ヺー 、]+")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_BARE_FIGURES = re.compile(r"\d\d|\d(?=[時月番])")


@dataclass(frozen=True)
class Recorded:
    """A stored recording, by its unguessable file name."""

    file: str
    seconds: float


@dataclass(frozen=True)
class Change:
    """How a phrase differs from the shipped one; without *text* only its voice does."""

    text: str | None
    readings: tuple[tuple[str, str], ...] = ()
    sound: Recorded | None = None


@dataclass(frozen=True, eq=False)
class Changes:
    """All changed phrases at one moment, by name; compared by identity."""

    by_name: Mapping[str, Change] = field(default_factory=dict)


TITLE = 24
"""Characters of a phrase that stand for it in a heading."""


@dataclass(frozen=True)
class Slot:
    """One phrase of the line: as shipped, as spoken now, and the most seconds it may take."""

    name: str
    shipped: Announcement
    current: Announcement
    limit: float
    """Seconds."""

    @property
    def title(self) -> str:
        """Return the code with the first fixed words, by which a person recognises the phrase."""
        fixed = (sentence for sentence in self.current.sentences if "{" not in sentence)
        plain = next(fixed, in_words(self.current.text))
        return f"{self.shipped.code} {plain if len(plain) <= TITLE else plain[:TITLE] + '…'}"

    @property
    def recordable(self) -> bool:
        """Return whether a recording could say it: nothing in it changes from call to call."""
        return self.shipped.placeholders <= FIXED_FACTS

    @property
    def guarded(self) -> tuple[str, ...]:
        """Return the words that every version must contain."""
        return tuple(word for word in NEVER_MISSING if word in self.shipped.text)


def in_words(text: str) -> str:
    """Return a phrase as pages show it, with 【次の受付の日時】 for ``{next_open}``."""
    return _PLACEHOLDER.sub(lambda found: f"【{GAPS.get(found[0][1:-1], found[0])}】", text)


def from_words(typed: str) -> str:
    """Return a phrase as it is stored from what a page shows; a gap that is not known stays as it was typed."""
    for name, words in GAPS.items():
        typed = typed.replace(f"【{words}】", f"{{{name}}}")
    return typed


def tidy(typed: str) -> str:
    """Return typed text as it is stored: half-width digits, no line breaks."""
    return "".join(normalised(typed).replace(",", "、").split())


def read_readings(typed: str) -> tuple[tuple[str, str], ...]:
    """Return the readings in lines such as 「方=かた」; a line without 「=」 is a word without a reading."""
    pairs = (normalised(line).partition("=") for line in typed.splitlines() if line.strip())
    return tuple((word.strip(), reading.strip()) for word, _, reading in pairs)


def mistakes(
    slot: Slot, text: str, readings: tuple[tuple[str, str], ...], known: Mapping[str, str], seconds: float
) -> Iterator[tuple[str, str]]:
    """Yield a field and a sentence for each reason why *text* cannot be spoken."""
    yield from (("text", told) for told in _unspeakable(text))
    yield from (("text", told) for told in _unlike(slot, text))
    yield from (("readings", told) for told in _misread(text, readings, known))
    if seconds > slot.limit:
        yield "text", f"読むのに{seconds:.0f}秒ほどかかります。{slot.limit:.0f}秒までにおさまるよう、短くしてください。"


def _unspeakable(text: str) -> Iterator[str]:
    if not text:
        yield "文を入れてください。はじめの文にもどすときは、下の「はじめの文にもどす」を押してください。"
        return
    plain = _PLACEHOLDER.sub("", text)
    odd = sorted({sign for sign in text if not _SPOKEN.match(sign)} | set(re.findall(r"[A-Za-z{}_]", plain)))
    if odd:
        yield f"「{''.join(odd)}」は、声で読めません。かな・漢字・数字と、「、」「。」だけで書いてください。"
    if not text.endswith("。"):
        yield "文の終わりに「。」をつけてください。"
    if len(text) > LONGEST_TEXT:
        yield f"文が長いようです。{LONGEST_TEXT}文字までにしてください。"
    for sentence in Announcement("", text).sentences:
        if len(_PLACEHOLDER.sub("何月何日", sentence)) > LONGEST_SENTENCE:
            yield f"「{in_words(sentence)[:12]}…」の一文が長いようです。40文字くらいまでで、「。」で分けてください。"


def _unlike(slot: Slot, text: str) -> Iterator[str]:
    shipped = slot.shipped
    used = set(re.findall(r"\{(\w+)\}", text))
    for name in sorted(shipped.placeholders - used):
        yield f"「【{GAPS[name]}】」がなくなっています。もとの文のとおりに入れてください。"
    for name in sorted(used - shipped.placeholders):
        yield f"「{in_words(f'{{{name}}}')}」は、この文では使えません。"
    for word in slot.guarded:
        if word not in text:
            yield f"命にかかわる案内なので、「{word}」は消せません。"
    found = [word for word in FORBIDDEN if word in text and word not in shipped.text]
    found += [word for word in ONLY_WHERE_SHIPPED if word in text and word not in shipped.text]
    if shipped.code.startswith("C") and "分" in _PLACEHOLDER.sub("", text):
        yield "待つ時間を、何分とは約束しないでください。"
    for word in found:
        yield f"「{word}」は、急がせたり、責めたり、約束したりする言い方になるので、使わないでください。"


def _misread(text: str, readings: tuple[tuple[str, str], ...], known: Mapping[str, str]) -> Iterator[str]:
    for word, reading in readings:
        if not word or not _KANA.fullmatch(reading):
            yield f"「{word or reading}」の読みは、「方=かた」のように、かなで書いてください。"
        elif word not in text:
            yield f"「{word}」は、文の中にありません。"
    left = _PLACEHOLDER.sub("、", text)
    for word in sorted({**known, **dict(readings)}, key=len, reverse=True):
        left = left.replace(word, "、") if word else left
    bare = _BARE_FIGURES.search(left)
    if bare is not None:
        yield f"数字「{bare.group()}」の読み方を、「24時間=にじゅうよじかん」のように書いてください。"
