"""The words for what the trail notes beside an act: facts, their values, settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from callcenter.admin.forms import CHECKS, RESET_REASONS
from callcenter.casefile.record import form
from callcenter.casefile.record.unlinked import TITLES
from callcenter.domain.access.break_glass import ReviewVerdict
from callcenter.domain.calendar.hours import SpecialKind
from callcenter.domain.calendar.times import long_date
from callcenter.domain.calls.lifecycle import OfferState
from callcenter.domain.cases.continuity import PromiseEnd, Wish
from callcenter.domain.cases.linking import LinkState
from callcenter.domain.cases.states import CloseReason
from callcenter.domain.cases.wall import Part
from callcenter.domain.codes import Code
from callcenter.domain.directory.institutions import ReferralHow
from callcenter.domain.duty.presence import Work
from callcenter.domain.keeping.retention import HoldReason, RecordClass
from callcenter.domain.members.deletion import Why
from callcenter.domain.members.joining import JoinConsent
from callcenter.domain.misuse.flags import Appeal, Misuse
from callcenter.domain.records.entering import EnteredWhy, LeftBehind
from callcenter.domain.records.record_codes import Channel, Outcome, Relation
from callcenter.domain.talks.supervision import Mode
from callcenter.domain.talks.talk import Help
from callcenter.ui.hints import KEYS
from callcenter.ui.state_labels import AWAY, ROLES, state_label

Words = Mapping[str, str]

FACTS: Words = {
    "access": "閲覧の番号",
    "back": "戻した件数",
    "bad": "合わない行",
    "beside": "開いていた記録",
    "call": "電話",
    "case": "ケース",
    "cases": "件数",
    "channel": "相談の方法",
    "checked": "本人確認の方法",
    "class": "記録の種類",
    "close_at": "終わる時刻",
    "code": "流した文",
    "consent": "同意の受け方",
    "consultation": "記録",
    "consultations": "記録の数",
    "contact": "電話を受ける機器",
    "contacts": "相談の数",
    "count": "件数",
    "counsellor": "相談員",
    "data_keys": "移した鍵の数",
    "day": "日",
    "days": "日数",
    "decision": "決めたこと",
    "digest": "ファイルの要約",
    "disaster": "災害",
    "doubt": "決めなかった理由",
    "end": "結果",
    "ended": "終わった数",
    "entries": "行数",
    "export": "書き出しの番号",
    "field": "確認した欄",
    "fields": "書いた欄",
    "file": "ファイルの要約",
    "flags": "印の数",
    "format": "形式",
    "found": "見つかった数",
    "from": "変更前",
    "given": "渡した数",
    "handover": "引きつぎの番号",
    "hashes": "消した記録の要約",
    "heard": "声を聴いた",
    "hold": "保存延長の番号",
    "how": "紹介の方法",
    "incidents": "出来事の数",
    "institution": "紹介先",
    "kind": "種類",
    "late": "期限を過ぎた",
    "left": "残りの数",
    "left_out": "除いた数",
    "mail_class": "メール相談の記録の数",
    "maybe": "候補の方",
    "members": "移した利用者の数",
    "merge": "まとめの番号",
    "member": "利用者",
    "message": "送った文の番号",
    "messages": "文の数",
    "minutes": "分数",
    "misses": "まちがえた回数",
    "mode": "聴き方",
    "moved": "移した数",
    "nickname": "呼び名",
    "numbers": "移した電話番号の数",
    "offer": "呼び出しの番号",
    "on": "日",
    "open_at": "始まる時刻",
    "opening": "閲覧の番号",
    "owner": "担当",
    "page": "画面",
    "parts": "見た部分",
    "passkey": "パスキー",
    "people": "人の数",
    "person": "相談者",
    "phone_class": "電話の記録の数",
    "prefers": "優先する電話",
    "promise": "約束",
    "quick": "短い記録の結果",
    "reason": "理由",
    "record": "記録",
    "recorded": "録音した声",
    "relation": "続柄",
    "request": "申請の番号",
    "retired": "使わなくした",
    "review_due": "確認の期限",
    "role": "役割",
    "seq": "行",
    "shipped": "はじめの文",
    "speaker": "お話しの方",
    "staff": "職員",
    "state": "状態",
    "supervisor": "統括",
    "telephones": "移した電話機の番号の数",
    "threads": "メール相談の数",
    "to": "変更後",
    "until": "期限",
    "verdict": "確認の結果",
    "version": "版",
    "visit_class": "訪問の記録の数",
    "was": "前の状態",
    "which": "一覧",
    "why": "理由",
    "wish": "ご希望",
    "with": "ログインの方法",
    "withheld": "伏せた数",
    "work": "変えた状態",
    "written": "書きこんだ設定",
}

NAMED_OTHERWISE: Mapping[tuple[str, str], str] = {
    ("line.pull", "on"): "統括がすべて受ける",
    ("call.take_over", "from"): "前の担当",
    ("consultation.hand_over", "from"): "前の担当",
    ("consultation.hand_over", "to"): "新しい担当",
    ("consultation.rescue", "from"): "前の担当",
    ("thread.take", "from"): "前の担当",
    ("consultation.rescue", "to"): "新しい担当",
    ("case.hand_over.ask", "to"): "頼んだ相手",
    ("consultation.read", "fields"): "読んだ欄",
    ("case.read", "fields"): "読んだ欄",
    ("wall.share", "parts"): "伝えてよい部分",
    ("member.tell", "fields"): "変えた欄",
    ("member.set_mails", "fields"): "受け取るもの",
    ("keys.rotate", "to"): "新しい鍵",
    ("keys.rehash", "to"): "新しい鍵",
}
"""Facts that mean something of their own in one act."""

SETTINGS: Words = {
    "queue_per_counsellor": "相談員1人あたりお待ちいただける人数",
    "queue_at_least": "お待ちいただける人数の下限",
    "crowded_from": "混雑を案内する人数",
    "offer_delay": "最初に呼び出すまでの時間",
    "wait_ceiling": "お待ちいただく時間の上限",
    "drain": "受付終了後にお受けする時間",
    "last_ring": "終了まぎわの呼び出しを待つ時間",
    "decline_rest": "見送ったあと同じ電話を鳴らさない時間",
    "wrap_up_limit": "記録の時間の目安",
    "pull_hold": "統括だけを呼び出す時間",
    "prefer_for": "希望の合う相談員を待つ時間",
    "reserve_for": "途切れた電話を同じ相談員に取っておく時間",
    "rings_until_supervisors": "統括も呼び出すまでの回数",
    "rings_until_two": "2人を同時に呼び出すまでの回数",
    "show_listening": "聴いていることを相談員に表示",
    "soft_limit": "通話時間の目安",
    "number_days": "電話番号を残す日数",
    "line_log_days": "Twilioに通話記録を残す日数",
    "phone_record_years": "電話の記録を残す年数",
    "visit_record_years": "訪問の記録を残す年数",
    "directory_check_days": "紹介先を確認する間隔(日)",
    "disclose_staff_names": "開示する記録に職員名をのせる",
    "reply_target_days": "返信の目安(営業日)",
    "reply_approval": "返信を統括が確認してから送る",
    "warn_members": "利用者に消去の前のお知らせを送る",
    "member_idle": "利用者の操作がないときにログアウトするまでの時間",
    "confirm_new_device": "利用者の新しい機器をメールで確認する",
    "strict_device_binding": "携帯電話での登録についての注意を原文どおりに出す",
    "accept_legacy_carrier": "古い形の携帯メールアドレスを受け付ける",
    "nobody_after": "相談員がいないことを伝えるまでの時間",
    "words_every": "お待ちの方に声をかける間隔",
    "answer_within": "電話会社に答える時間の上限",
    "outage_patience": "停止中にお待ちいただく時間",
    "alarm_wait": "待ち時間の警告を出すまでの時間",
    "alarm_again": "警告をもう一度出すまでの時間",
    "bulk_within": "大量の閲覧を数える時間",
    "bulk_cases": "大量の閲覧とみなすケースの数",
    "bulk_searches": "大量の閲覧とみなす検索の回数",
    "missed_grace": "呼び出しに出られなかった相談員を待つ時間",
    "near_close": "終了が近いと案内する時間",
    "apology_every": "おわびを流す間隔",
    "apologies": "おわびを流す回数",
    "fresh_for": "応答のない画面を鳴らさなくなる時間",
    "gone_after": "応答のない画面を離席とみなす時間",
    "join_within": "つながるのを待つ時間",
    "ring_browser": "ブラウザーを鳴らす秒数",
    "ring_telephone": "電話機を鳴らす秒数",
    "ring_slack": "呼び出しの知らせを待つ時間",
    "key_within": "電話機で1が押されるのを待つ時間",
    "silent_after": "知らせのない通話を調べるまでの時間",
}
"""The operator's choices, by their names in ``Policy``."""

FIELDS: Words = {
    **{one.name: one.label for one in (*form.HEARD, *form.FURTHER)},
    **{one.name: one.label for one in (form.TOPICS, form.MAIN_TOPIC, form.TRIGGERS, form.OUTCOMES)},
    **{one.name: one.label for one in (form.RISK, form.CONCERNS)},
    **dict(form.YEARS),
    **{name: label for name, label, _ in (*form.TEXTS, form.INSTITUTIONS)},
    "nickname_heard": "呼び名",
    "risk_confirmed": "危険をたずねたか",
    "risk_steps": "危険の確認",
    "relay": "電話リレーサービス",
    "summary": "このケースのこと",
    "follow_up_note": "次に確認する日にすること",
}
"""The fields of a record and of a case, as their pages call them."""

PAGES: Words = {
    "console": "相談員の画面",
    "casefile": "ケースと記録",
    "reports": "統括の画面",
    "admin": "管理の画面",
    "staff": "ログインの設定",
    "mail": "メール相談",
    "none": "不明な画面",
}
"""By the part of the desk to which the page belongs."""


def _labels(*lists: type[Code]) -> Words:
    return {code.value: code.label for codes in lists for code in codes}


def _values(words: Mapping[Any, str]) -> Words:
    return {str(code): word for code, word in words.items()}


def _states(states: Iterable[StrEnum]) -> Words:
    return {state.value: state_label(state).label for state in states}


ROLE_WORDS = _values(ROLES)
SPECIAL_DAYS = {
    SpecialKind.CLOSED.value: "一日お休み",
    SpecialKind.PARTIAL.value: "時間を短くする",
    SpecialKind.EXTRA_OPEN.value: "臨時に受け付ける",
}

VALUES: Mapping[str, Words] = {
    "channel": _labels(Channel),
    "checked": _values(CHECKS),
    "class": _labels(RecordClass),
    "code": _labels(Help),
    "consent": _labels(JoinConsent),
    "contact": {"browser": "ブラウザー", "phone": "電話機"},
    "decision": _labels(Appeal),
    "doubt": _labels(LinkState),
    "end": {PromiseEnd.KEPT.value: "果たした", PromiseEnd.DROPPED.value: "取りやめた"},
    "field": FIELDS,
    "fields": FIELDS,
    "format": {"pdf": "PDF", "json": "JSON", "review": "確認用"},
    "from": ROLE_WORDS,
    "how": _labels(ReferralHow),
    "kind": _labels(Misuse),
    "mode": _states(Mode),
    "parts": _labels(Part),
    "prefers": {key.name.lower(): word for key, word in KEYS.items()},
    "quick": _labels(Outcome),
    "reason": _labels(Misuse, CloseReason, HoldReason),
    "relation": _labels(Relation),
    "role": ROLE_WORDS,
    "state": {**_states(OfferState), "took_over": "電話を引き取った"},
    "to": ROLE_WORDS,
    "verdict": _labels(ReviewVerdict),
    "was": _states(Work),
    "which": _values(TITLES),
    "why": _labels(EnteredWhy, LeftBehind, Why),
    "wish": _labels(Wish),
    "with": {"password": "パスワード", "app": "認証アプリ", "recovery": "予備コード", "passkey": "パスキー"},
    "work": _states(Work),
    "written": {
        "voice_url": "電話が来たときの宛先",
        "voice_method": "その送り方",
        "fallback_url": "届かないときの宛先",
        "status_url": "終了の知らせ先",
        "status_method": "知らせの送り方",
        "application": "TwiML App",
        "trunk": "SIP Trunk",
        "dialing": "発信の許可",
        "recording": "自動の録音",
    },
}
"""The words of a fact's values, by the fact."""

VALUES_OF_ACT: Mapping[tuple[str, str], Words] = {
    ("presence.set", "reason"): _values(AWAY),
    ("staff.factor_reset", "reason"): _values(RESET_REASONS),
    ("special_day.set", "kind"): SPECIAL_DAYS,
    ("special_day.withdraw", "kind"): SPECIAL_DAYS,
    ("member.tell", "fields"): {
        "relation": "立場",
        "nickname": "呼び名",
        "prefecture": "お住まいの都道府県",
        "age": "年齢",
        "sex": "性別",
        "period": "ひきこもりの期間",
        "subject_age": "ご本人の年齢",
        "subject_sex": "ご本人の性別",
    },
    ("member.set_mails", "fields"): {
        "notices": "お知らせメール",
        "links": "メールの中のリンク",
        "named": "件名の名称",
    },
}
"""Where one act has a list of its own."""

MINUTE = 60.0
"""Seconds."""
A_SPAN = re.compile(r"(\d+(?:\.\d+)?)s")
A_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def fact(action: str, name: str) -> str:
    """Return what a fact of an act is called."""
    if action == "policy.set":
        return SETTINGS.get(name, name)
    return NAMED_OTHERWISE.get((action, name)) or FACTS.get(name, name)


def value(action: str, name: str, code: str) -> str:
    """Return what a value is called: a word of the fact's list, a day, a span; ids and figures as they are."""
    if name == "page":
        return PAGES.get(code.partition(".")[0], PAGES["none"])
    if A_DAY.fullmatch(code):
        return long_date(date.fromisoformat(code))
    if span := A_SPAN.fullmatch(code):
        return _span(float(span[1]))
    words = VALUES_OF_ACT.get((action, name)) or VALUES.get(name, {})
    return words.get(code, code)


def _span(seconds: float) -> str:
    whole_minutes = seconds >= MINUTE and seconds % MINUTE == 0
    return f"{seconds / MINUTE:g}分" if whole_minutes else f"{seconds:g}秒"
