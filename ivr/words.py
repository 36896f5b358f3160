"""Every phrase the line speaks, on one page for review.

How they are written: one idea to a sentence, at most some forty characters, a breath at each 「、」; no
symbols, no hurry, no blame, no promise of minutes; 「すぐに」 only where a life is in danger. ``{…}`` is
filled in by the scripts; a sentence whose fact is unknown is left out.
"""

from __future__ import annotations

from callcenter.domain.announcements.speech import Announcement as Say
from callcenter.domain.talks.talk import WORDS, Help

SERVICE = "東京都ひきこもりサポートネット"
OTHER_LINE = "0120-279-338"
"""よりそいホットライン: day and night, free of charge, at New Year too."""

READINGS = {
    "119番": "ひゃくじゅうきゅうばん",
    "110番": "ひゃくとおばん",
    "24時間": "にじゅうよじかん",
    "午前10時": "ごぜん じゅうじ",
    "午後5時": "ごご ごじ",
    "ほかの方": "ほかのかた",
    "お待ちの方": "おまちのかた",
    "ご利用の方": "ごりようのかた",
    "ご相談の方": "ごそうだんのかた",
    "相談員": "そうだんいん",
    "呼び番号": "よびばんごう",
    "お持ちの方": "おもちのかた",
    "4つの数字": "よっつのすうじ",
    "訪問相談": "ほうもんそうだん",
    "支援機関": "しえんきかん",
    "区市町村": "くしちょうそん",
    "都内": "とない",
}
"""Words that a synthetic voice may stumble over, and how they are pronounced."""

KEY_HINTS = {
    "1": "ご本人の番号です",
    "2": "ご家族などの番号です",
    "3": "声を出しにくいときの番号です",
}
"""What a counsellor hears about the key a caller pressed, short; a hint, never a fact about the person."""

# ------------------------------------------------------------------ arriving in opening hours

A01 = Say(
    "A01",
    "{service}です。お電話ありがとうございます。本当のお名前は、言わなくて大丈夫です。うまく話せなくても、大丈夫です。",
)
A02 = Say(
    "A02",
    "うかがったお話の秘密は、守ります。病気の診断や、治療についての判断は、こちらではできません。"
    "ご相談は無料です。電話代は、ご利用の方のご負担になります。",
)
A04 = Say(
    "A04",
    "ご本人は1、ご家族などは2、声を出しにくいときは3を、押してください。押さなくても、つながります。",
)

# ------------------------------------------------------------------ outside opening hours

B01 = Say("B01", "{service}です。今日の受付は、終わりました。次は、{next_open}からです。")
B02 = Say("B02", "{service}です。今日の受付は、{opens_at}からです。お待ちしています。")
B03 = Say("B03", "{service}です。土曜日と日曜日は、お休みをいただいています。次は、{next_open}からです。")
B04 = Say("B04", "{service}です。今日は、{holiday}のため、お休みです。次は、{next_open}からです。")
B05 = Say(
    "B05",
    "{service}です。{new_year_from}から、{new_year_to}まで、お休みをいただいています。次は、{next_open}からです。",
)
B06 = Say(
    "B06",
    "{service}です。{reason}で、今日の受付を、お休みしています。次は、{next_open}からです。"
    "急なお知らせで、申しわけありません。",
)
B07 = Say(
    "B07",
    "{service}です。{reason}で、今日の受付は、{close_time}までといたしました。次は、{next_open}からです。"
    "申しわけありません。",
)
B08 = Say(
    "B08",
    "{service}です。ただいま、災害の影響で、受付をお休みしています。まず、ご自分の身を、守ってください。"
    "受付の再開は、ホームページでお知らせします。",
)
B09 = Say(
    "B09",
    "今、つらいときは、24時間、無料の、よりそいホットラインがあります。{other_line}。くり返します。{other_line}。",
)
B10 = Say("B10", "命の危険があるときは、すぐに、119番か、110番へ、お電話ください。")
B11 = Say(
    "B11",
    "ホームページから、メール相談も、お使いいただけます。夜でも、お休みの日でも、書いて送ることができます。",
)
B12 = Say("B12", "お電話ありがとうございました。")
B13 = Say("B13", "{service}です。{reason}のため、今日の受付は、{opens_at}からです。お待ちしています。")
"""Ours: a day that opens late, or opens once more in the evening."""

# ------------------------------------------------------------------ waiting

C01 = Say("C01", "今、ほかの方のお話をうかがっています。順番は、{position}です。")
C02 = Say("C02", "お待ちいただき、ありがとうございます。順番は、{position}になりました。")
C03 = Say("C03", "お待たせしています。次に、おつなぎします。")
C04 = Say(
    "C04",
    "長くお待たせして、申しわけありません。順番に、おつなぎしています。"
    "いったん切って、あとでかけ直していただいても、大丈夫です。かけ直すと、順番は新しくなります。",
)
C05 = Say(
    "C05",
    "申しわけありません。ただいま、お待ちの方が多く、おつなぎできません。時間をおいて、またお電話ください。",
)
C05_LATE = Say(
    "C05",
    "申しわけありません。ただいま、お待ちの方が多く、おつなぎできません。次の受付は、{next_open}からです。",
)
"""C05 late in the day, when trying again today would be in vain."""
C06 = Say(
    "C06",
    "受付の終わりの時間になりました。このままお待ちください。おつなぎできないときは、お知らせします。",
)
C07 = Say(
    "C07",
    "長くお待ちいただいたのに、今日はおつなぎできませんでした。本当に申しわけありません。"
    "次の受付は、{next_open}からです。",
)
C08 = Say(
    "C08",
    "今日は、受付の終わりが近く、おつなぎできないことがあります。"
    "このままお待ちいただくことも、あらためてかけていただくことも、できます。",
)
C09 = Say("C09", "長くお待ちいただいたのに、おつなぎできませんでした。本当に申しわけありません。")
C10 = Say("C10", "申しわけありません。今、相談員が電話に出られません。")
C11 = Say("C11", "{reason}で、今日の受付を、ここまでといたします。次は、{next_open}からです。")
C12 = Say("C12", "今日は、こみ合っています。長めにお待ちいただきそうです。")
C13 = Say("C13", "呼び番号をお持ちの方は、4つの数字を、押してください。押さなくても、おつなぎします。")
"""Ours: said once while waiting, if anybody was given such a number; it only helps to find them again."""
C14 = Say(
    "C14",
    "申しわけありません。今、相談員が電話に出られません。"
    "このままお待ちいただくことも、あらためてかけていただくことも、できます。",
)
"""Ours: said again and again while counsellors are there but none can come, before B10 and C15."""
C15 = Say("C15", "24時間、無料の、よりそいホットラインもあります。{other_line}。くり返します。{other_line}。")
"""Ours: B09 for somebody who may go on waiting; it fits into one wait document."""

# ------------------------------------------------------------------ connecting and handing over

D00 = Say("D00", "この相談は、対応済みです。出てくださって、ありがとうございました。")
D00_GONE = Say("D00", "相談のお電話は、切れました。出てくださって、ありがとうございました。")
"""D00 when nobody was quicker, but the caller has left."""
D00_TAKEN = Say("D00", "ほかの相談員が受けました。ありがとうございました。")
"""D00 when two were rung at once."""
D01 = Say("D01", "お待たせしました。相談員におつなぎします。")
D02 = Say("D02", "電話相談です。{waited}、お待ちです。{key_hint}。")
D03 = Say("D03", "別の相談員に、かわります。そのまま、お待ちください。")
D04 = Say("D04", "少しだけ、お待ちください。電話は、つながっています。")
D05 = Say("D05", "お待たせしています。電話は、つながったままです。")
D06 = Say("D06", "申しわけありません。今は、かわれませんでした。もとの相談員に、もどります。")
D00_OVER = Say("D00", "お聴きになる通話は、終わりました。出てくださって、ありがとうございました。")
"""D00 for a supervisor who picked up after the talk."""
D11 = Say("D11", "1を押すと、通話を聴けます。こちらの声は、届きません。")
"""Heard by a supervisor who asked to listen, so that no answering machine ever does."""
D13 = Say("D13", "統括への、呼び出しです。1を押すと、通話を聴けます。2を押すと、見たことだけを、相談員に伝えます。")
"""Ours: what a supervisor hears whom a counsellor calls while no page of theirs is open; nothing of the caller."""
D14 = Say("D14", "見たことを、相談員に伝えました。ありがとうございました。")
D15 = Say("D15", "もうひとりの相談員が、加わります。三人で、お話しします。")
D09 = Say("D09", "相談員からの、引きつぎの相談です。")
"""Ours: what a colleague hears at the telephone before pressing 1."""
D12 = Say("D12", "注意の印があります。出なくても、大丈夫です。")
"""Ours: after D02, where the number bears a mark; never why."""
D10 = Say("D10", "1を押すと、つながります。出られないときは、お切りください。")

# ------------------------------------------------------------------ wrong numbers and emergencies

E01 = Say(
    "E01",
    "こちらは、{service}です。番号をお確かめのうえ、おかけ直しください。ご相談の方は、このままお待ちください。",
)
E02 = Say("E02", "命や体に、危険があるときは、いったん切ってください。119番か、110番へ、お電話ください。")
E03 = Say(
    "E03",
    "救急車を呼ぶか迷うときは、東京消防庁の救急相談センターがあります。"
    "番号は、シャープ、なな、いち、いち、きゅう、です。",
)

# ------------------------------------------------------------------ silence; only ever at a counsellor's button

F01 = Say("F01", WORDS[Help.SILENT])
F02 = Say("F02", WORDS[Help.SILENT_KEY])
F03 = Say("F03", WORDS[Help.SILENT_END])
"""The counsellor reads them before pressing, so these and G01 to G03 stand in ``callcenter.domain.talks.talk``."""

# ------------------------------------------------------------------ endings and troubles

G01 = Say("G01", WORDS[Help.WARNING])
G02 = Say("G02", WORDS[Help.LAST_WARNING])
G03 = Say("G03", WORDS[Help.END])
G04 = Say("G04", "申しわけありません。この電話は、おつなぎできません。")
"""Ours: a number the operator had to block."""
H01 = Say("H01", "お電話、ありがとうございました。またいつでも、お待ちしています。")
H02 = Say(
    "H02",
    "お電話、ありがとうございました。受付は、平日の、午前10時から、午後5時までです。またお話を聞かせてください。",
)
I01 = Say(
    "I01",
    "申しわけありません。ただいま、電話の調子が悪く、おつなぎできません。"
    "時間をおいて、もう一度お電話をいただけますか。",
)
I05 = Say(
    "I05",
    "申しわけありません。電話が、途切れてしまいました。もう一度おつなぎします。このまま、お待ちください。",
)
I06 = Say(
    "I06",
    "相談員との電話が、切れました。お話の途中でしたら、このままお待ちください。もう一度おつなぎします。"
    "お話が終わっていたら、そのままお切りください。",
)
"""Ours: a counsellor's telephone has hung up, and nobody knows whether the talk was over."""
I07 = Say("I07", "受付は、平日の、午前10時から、午後5時までです。")
"""Ours: the usual hours, where nobody can look up what today is."""

BY_NAME: dict[str, Say] = {name: value for name, value in list(globals().items()) if isinstance(value, Say)}
"""All of them under the names they have here, by which changes are kept."""
