"""Notices about replies, shown until they are seen; none holds a word of a consultation, nor who wrote it."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from callcenter.services.delivery.notices import UnseenNotice
from callcenter.services.members.answering import approving, claims
from callcenter.ui.frame import Say
from callcenter.ui.notices import OPERATOR

WORDS = {
    claims.TAKEN_OVER: "{by}が、メール相談の担当を引き取りました。書いた文は、引きつがれています。",
    approving.HANDED_IN: "{by}が、メールの返事の確認をたのんでいます。",
    approving.HANDED_BACK: "{by}が、メールの返事を戻しました。ひとことを読んで、直してください。",
}


def about_mail(_session: Session, notice: UnseenNotice) -> tuple[str, str | None]:
    """Return a notice about a reply, and where it leads."""
    there = {
        claims.TAKEN_OVER: lambda: url_for("mail_desk.inbox"),
        approving.HANDED_IN: lambda: url_for("mail_desk.approval", thread_id=notice.subject_id),
        approving.HANDED_BACK: lambda: url_for("mail_desk.room", thread_id=notice.subject_id),
    }
    return WORDS[notice.kind].format(by=notice.by or OPERATOR), there[notice.kind]()


SAYINGS: dict[str, Say] = dict.fromkeys(WORDS, about_mail)
