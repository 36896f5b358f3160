"""Everything that is stored of a member, as a file for them."""

from __future__ import annotations

import threading
from typing import Any

from flask import Response, render_template
from werkzeug.exceptions import ServiceUnavailable

from callcenter.adapters import pdf
from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.calendar.times import local_date
from callcenter.mail.blueprint import bp
from callcenter.mail.my import proof
from callcenter.mail.my.proof import ProofForm
from callcenter.mail.my.writing import member_id
from callcenter.services.members import own_data, own_paper
from callcenter.services.members.accounts import passwords
from callcenter.services.members.accounts.passwords import PasswordWrong
from callcenter.ui.access import member
from callcenter.ui.forms import RadioChoiceField
from callcenter.ui.kit.answers import Answer, again
from callcenter.ui.member.guard import this_member
from callcenter.ui.staff.signin import limiter

KINDS = {"pdf": "PDF(読むため、印刷するため)", "json": "JSON(ほかのソフトで使うため)"}
LONGEST_WAIT = 5
"""Seconds for which a file waits for the one before it."""
_press = threading.BoundedSemaphore(1)
TYPES = {"pdf": "application/pdf", "json": "application/json"}


class RecordsForm(ProofForm):
    """Which file, and the password."""

    kind = RadioChoiceField("ファイルの形", KINDS, default="pdf", refusal="ファイルの形を選んでください。")


@bp.get("/my/records")
@member()
def records() -> str:
    return _draw(RecordsForm())


@bp.post("/my/records")
@member()
@limiter.limit(proof.GUESSES, key_func=member_id)
def take_records() -> Answer:
    """Make the file; it is recorded before the member has it."""
    form, now, service = RecordsForm(), ports().clock.now(), settings().service_name
    if not form.validate():
        return again(_draw(form))
    compared = proof.compared(form)
    try:
        with reading() as database:
            me = this_member(database)
            passwords.check_present(me, compared)
            gathered = own_data.gather(database, me)
    except PasswordWrong as refused:
        form.refuse(refused)
        return again(_draw(form))
    if form.kind.data == "json":
        body = own_data.as_json(gathered, service=service, now=now)
    else:
        body = _set(own_paper.document(gathered, service=service, now=now))
    with unit_of_work() as database:
        own_data.record_export(database, this_member(database), form.kind.data, now=now)
    answer = Response(body, mimetype=TYPES[form.kind.data])
    name = f"my-record-{local_date(now):%Y%m%d}.{form.kind.data}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _set(document: dict[str, Any]) -> bytes:
    """Set the pages, which takes seconds where much was written; nobody else's wait longer than a moment for it."""
    if not _press.acquire(timeout=LONGEST_WAIT):
        raise ServiceUnavailable(retry_after=LONGEST_WAIT)
    try:
        return pdf.disclosure(document)
    finally:
        _press.release()


def _draw(form: RecordsForm) -> str:
    return render_template("mail/my/records.html", form=form)
