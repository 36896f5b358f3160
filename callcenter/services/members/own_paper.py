"""What is stored of a member as a document, which ``adapters.pdf`` sets; the values come from ``own_data``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from callcenter.domain.calendar.times import clock_digits, local_date, long_date
from callcenter.services.members.own_data import CLOSING, MARK, TITLE

WORDS = {
    "number": "利用者番号",
    "nickname": "呼び名",
    "relation": "あなたの立場",
    "prefecture": "お住まい",
    "age": "年齢",
    "sex": "性別",
    "period": "ひきこもりの期間",
    "subject_age": "ご本人の年齢",
    "subject_sex": "ご本人の性別",
    "told_on": "ここまでを書いた日",
    "address": "メールアドレス",
    "new_address": "確認を待っているメールアドレス",
    "registered_at": "登録した日時",
    "last_sent_on": "最後に相談を送った日",
    "password_changed_at": "パスワードを決めた日時",
    "signed_in_at": "最後にログインした日時",
    "resets_by_mail": "メールでのパスワードの再設定",
    "notices": "お知らせのメール",
    "notice_links": "お知らせのメールのリンク",
    "named_subject": "件名に名称を入れる",
    "mail_refused_at": "メールが届かなかった日時",
    "warned_on": "消去の前のお知らせをした日",
    "state": "いまの状態",
    "opened_at": "はじめて送った日時",
    "last_sent_at": "最後に送った日時",
    "waiting_since": "返事を待ちはじめた日時",
    "target_on": "返事のめやす",
    "answered_at": "返事があった日時",
    "began_at": "はじまり",
    "seen_at": "最後の操作",
    "over_at": "自動で閉じた日時",
    "registering": "登録の続き",
    "kind": "内容",
    "made_at": "作った日時",
    "until": "期限",
    "used_at": "使った日時、または使えなくなった日時",
    "put_at": "用意した日時",
    "done_at": "終わった日時",
    "result": "結果",
    "attempts": "送ろうとした回数",
    "consent": "同意の方法",
    "joined_at": "つないだ日時",
    "parted_at": "外した日時",
    "set_at": "決めた日時",
    "lifted_at": "解いた日時",
}
"""What each value is called."""
SECTIONS = {
    "sessions": "ログイン",
    "links": "メールでお送りしたリンク",
    "mails": "お送りしたメール",
    "joins": "ほかの記録とのつながり",
    "holds": "保存の延長",
}

Piece = dict[str, Any]


def document(gathered: Mapping[str, Any], *, service: str, now: datetime) -> dict[str, Any]:
    """Return the whole as a document; what is empty is left out."""
    sections = [
        {"title": "登録", "pieces": [_piece(*pair) for pair in _labelled(gathered["registration"])]},
        *({"title": _titled(one), "pieces": list(_letters(one))} for one in gathered["consultations"]),
        {"title": "下書き", "pieces": [_draft(one) for one in gathered["drafts"]]},
        *({"title": title, "pieces": list(_rows(gathered[name]))} for name, title in SECTIONS.items()),
    ]
    return {
        "title": TITLE,
        "mark": MARK,
        "made": f"作成日 {long_date(local_date(now))}",
        "preface": [f"作成: {service}"],
        "sections": [section for section in sections if section["pieces"]],
        "closing": list(CLOSING),
    }


def _titled(thread: Mapping[str, Any]) -> str:
    return f"相談 {thread['subject'] or long_date(local_date(thread['opened_at']))}"


def _letters(thread: Mapping[str, Any]) -> Iterator[Piece]:
    yield _piece("この相談のこと", _lines({**thread, "subject": None, "messages": None}))
    for one in thread["messages"]:
        receipt = f" 受付番号 {one['receipt']}" if one["receipt"] else ""
        yield _piece(f"{one['author']} {_shown(one['sent_at'])}{receipt}", one["text"])


def _draft(draft: Mapping[str, Any]) -> Piece:
    return _piece(f"{_shown(draft['saved_at'])} {draft['subject'] or ''}".strip(), draft["text"])


def _rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[Piece]:
    for number, row in enumerate(rows, start=1):
        yield _piece(str(number), _lines(row))


def _lines(values: Mapping[str, Any]) -> str:
    return "\n".join(f"{label}: {text}" for label, text in _labelled(values))


def _labelled(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value not in (None, ""):
            yield WORDS[name], _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, datetime):
        return f"{long_date(local_date(value))} {clock_digits(value)}"
    return long_date(value) if isinstance(value, date) else str(value)


def _piece(label: str, text: str | None) -> Piece:
    return {"label": label, "text": text or "", "reason": "", "marked": False}
