"""Sending the head of the audit chain outside, and checking the chain."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from callcenter.adapters import head_file
from callcenter.context import context, reading, settings, unit_of_work
from callcenter.domain.calendar.times import long_date
from callcenter.domain.ports import Mail
from callcenter.domain.trail.audit_heads import Head, head_line
from callcenter.jobs.running import Running
from callcenter.models.trail.audit_watch import AuditHeadSent
from callcenter.services.administration import policy_history
from callcenter.services.keeping import process_keys
from callcenter.services.trail import audit, audit_watch
from callcenter.services.trail.audit_watch import Outside

log = logging.getLogger(__name__)

THIS = process_keys.name_of_this("worker")

TEXT = """{service} の監査記録の印です({day})。
この行を、callcenter の動いている機械の外に保管してください。
あとで監査記録が消されたり書き換えられたりしていないかを、この行で確かめられます。

{line}

確かめるとき: callcenter audit verify --head この行
相談の内容や、相談された方のことは、この行には入っていません。
"""


def outside() -> Outside:
    """Return where heads are sent by the settings of this process."""
    return Outside(mail=bool(settings().audit_head_to), file=settings().audit_head_file is not None)


def send_head(facts: dict[str, Any]) -> str:
    """Mail the head of a day and add it to the file; what was sent already is not sent again."""
    day = date.fromisoformat(facts["day"])
    with reading() as session:
        row = session.get(AuditHeadSent, day)
        if row is None:
            return "not_wanted"
        line, mailed, filed = head_line(day, Head(row.seq, row.hash)), row.mailed_at, row.filed_at
    here = settings()
    if here.audit_head_file is not None and filed is None:
        _add_line(here.audit_head_file, line)
        _note(day, filed=True)
    mailer = context().ports.mailer
    if here.audit_head_to and mailed is None and mailer is not None:
        text = TEXT.format(service=here.service_name, day=long_date(day), line=line)
        subject = f"[{here.service_name}] 監査記録の印 {day.isoformat()}"
        mailer.send(Mail(here.audit_head_to, subject, text, key=f"audit head {day.isoformat()} {line[-64:]}"))
        _note(day, mailed=True)
    return "done"


HANDLERS: dict[str, Callable[[dict[str, Any]], str]] = {audit_watch.TOPIC: send_head}


def plan() -> None:
    """Take today's head, plan tonight's check, and report which keys this worker knows."""
    now = context().ports.clock.now()
    with unit_of_work() as session:
        process_keys.report_keys(session, THIS, now=now)
        audit_watch.take_head(session, outside(), now=now)
        audit_watch.plan_nightly(session, now=now)
        audit_watch.plan_forgotten(session, now=now)


def note_policy() -> None:
    """Record which settings the operator changed since the last worker started."""
    with unit_of_work() as session:
        policy_history.record_changes(session, settings().policy, now=context().ports.clock.now())


def walk(job: Running) -> str:
    """Check the chain, including every head that was sent, and store the first entry that does not fit."""
    check_id = job.subject_id
    with unit_of_work() as session:
        if not audit_watch.begin_check(session, check_id, now=context().ports.clock.now()):
            return "not_wanted"
    with reading() as session:
        head = audit.head(session)
        known = [*audit_watch.sent_heads(session), *head_file.heads(settings().audit_head_file)]
        bad = audit.verify(session, *known, progress=job.advance)
    with unit_of_work() as session:
        now = context().ports.clock.now()
        audit_watch.end_check(session, check_id, head.seq if head else 0, bad, now=now)
    if bad is not None:
        log.error("the audit trail does not fit from entry %d on; see callcenter audit verify", bad)
    return "done" if bad is None else "broken"


def _note(day: date, *, mailed: bool = False, filed: bool = False) -> None:
    now = context().ports.clock.now()
    with unit_of_work() as session:
        row = session.get_one(AuditHeadSent, day)
        row.mailed_at = now if mailed else row.mailed_at
        row.filed_at = now if filed else row.filed_at


def _add_line(path: Path, line: str) -> None:
    """Append a line to the file and sync it; a line that is there already is not written twice."""
    known = path.read_text("utf-8") if path.exists() else ""
    if line in known:
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640), "a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
