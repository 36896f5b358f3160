"""Wording for counsellors to say themselves, and steps to take when a life is in danger.

None of it is played by the line; G01 to G03 may be, and are then shown as the line speaks them now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callcenter.domain.talks.talk import ABUSE, LIMIT_WORDS, WORDS, Help


@dataclass(frozen=True)
class Script:
    """Something to say: when, with which words, and other words to find it by."""

    code: str
    title: str
    words: str
    when: str = ""
    also: str = ""


@dataclass(frozen=True)
class Section:
    """Scripts for one occasion, in the order in which they are used."""

    id: str
    title: str
    scripts: tuple[Script, ...]
    steps: bool = False
    """Whether the order is a ladder to be climbed."""
    note: str = ""
    """What must be known before the first word."""


CANNOT_DIAL = "この電話から、119や110にはかけられません。"
"""Calls to emergency numbers cannot be placed through the line (see ``domain/phone_numbers``)."""

MEDICAL = Script(
    "E04",
    "医療のこと",
    "病名や、お薬や、治療のことは、お医者さんの判断が必要です。こちらでは、お答えできません。"
    "どこに聞けばよいかは、一緒に考えます。",
    "病名・薬・治療についてたずねられたとき",
    "いりょう びょうき くすり しんだん 診断 ことわり",
)

DANGER = Section(
    "danger",
    "命や体が危ないとき",
    (
        Script(
            "1",
            "いま何が起きているかを聞く",
            "いま、命や体が危ないことが、起きていますか。どこに、いらっしゃいますか。そばに、どなたかいますか。",
            "ゆっくり、一つずつ聞きます。",
            "きけん きんきゅう しにたい 自殺 場所",
        ),
        Script(
            "2",
            "かけてもらう",
            "命や体に、危険があるときは、いったん切って、119番か、110番へ、お電話ください。",
            "本人か、そばの人に、かけてもらいます。",
            "ひゃくじゅうきゅう ひゃくとお きゅうきゅう けいさつ 救急 警察 E02",
        ),
        Script(
            "3",
            "かけられないとき",
            "ここにいます。切らなくて大丈夫です。そばの方に、この電話を代わってもらえますか。",
            "話しながら、「統括を呼ぶ」を押します。通報は、統括と二人で決め、統括がほかの電話からかけます。",
            "とうかつ 通報 代わる",
        ),
        Script(
            "4",
            "救急車を迷うとき",
            "救急車を呼ぶか迷うときは、東京消防庁の救急相談センターがあります。"
            "番号は、シャープ、なな、いち、いち、きゅう、です。",
            "#7119 は24時間です。",
            "まよう しゃーぷななせん 7119 E03",
        ),
        Script(
            "5",
            "つながったことを確かめる",
            "いま、どなたかが、そばに来てくれましたか。",
            "確かめられたら、記録の「助けとつながったことを、確かめた」に印をつけます。",
            "かくにん 到着",
        ),
    ),
    steps=True,
    note=CANNOT_DIAL,
)

FIRST = Section(
    "first",
    "はじめのことば",
    (
        Script("first", "出たとき", "お待たせしました。相談員です。お話しできるところからで、大丈夫です。"),
        Script(
            "name",
            "呼び名をたずねる",
            "お呼びするのに、使ってよい呼び名はありますか。本名でなくて、大丈夫です。言いたくなければ、そのままで大丈夫です。",
            also="なまえ ニックネーム よびな",
        ),
        Script(
            "again",
            "前にも話した方か、たずねる",
            "前にも、ここでお話しくださったことはありますか。はじめてでも、大丈夫です。",
            also="にかいめ 継続 新規",
        ),
        Script(
            "secret",
            "秘密をたずねられたとき",
            "うかがったお話の秘密は、守ります。ただ、命や体に危険があるときは、必要なところへ、お伝えすることがあります。",
            also="ひみつ まもる 家族に言う",
        ),
    ),
)

FEELING = Section(
    "feeling",
    "言葉が出ないとき・泣いているとき",
    (
        Script("F04", "泣いている・動揺している", "ゆっくりで、大丈夫です。ここに、います。", also="なく どうよう"),
        Script("F01", "話しにくそうなとき", WORDS[Help.SILENT], also="むごん 無言 しずか"),
        Script(
            "D07",
            "声が途切れたとき",
            "声が、聞こえにくくなりました。もう一度、お話しいただけますか。",
            also="きこえない 雑音",
        ),
    ),
)

CANNOT = Section(
    "cannot",
    "お答えできないとき",
    (
        MEDICAL,
        Script(
            "E05",
            "子どもの安全が心配なとき",
            "お子さんのことが、とても心配です。守るために、児童相談所に相談することがあります。"
            "一緒に考えさせてください。",
            "番号(189)は、画面にだけ出しています。統括と一緒に考えます。",
            "ぎゃくたい 虐待 じどう 189",
        ),
    ),
)

CLOSING = Section(
    "closing",
    "終わりが近いとき",
    (
        Script("H03", "あと5分ほど", LIMIT_WORDS, also="おわり じかん 時間"),
        Script(
            "thanks",
            "終わるとき",
            "今日は、お電話をありがとうございました。またいつでも、お待ちしています。",
            also="おわり ありがとう さようなら",
        ),
    ),
)

ABUSE_TITLES = {Help.WARNING: "一度目", Help.LAST_WARNING: "二度目・終わりの予告", Help.END: "終わり"}


def drawer(spoken: Callable[[Help], str] = WORDS.__getitem__) -> tuple[Section, ...]:
    """Return every script, the most urgently needed first; *spoken* gives what the line says now."""
    abuse = tuple(
        Script(code.value, ABUSE_TITLES[code], spoken(code), also="いたずら めいわく 性的 セクハラ 暴言")
        for code in ABUSE
    )
    return (FIRST, FEELING, DANGER, CANNOT, Section("abuse", "応じられないことが続くとき", abuse, steps=True), CLOSING)
