"""Alarms on every page of whoever leads the line: shown, seen, and leading into the talk that asks for help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings, unit_of_work, wake_substitute
from callcenter.domain.access.permissions import Action
from callcenter.domain.alarms import AlarmKind
from callcenter.domain.talks.supervision import Mode
from callcenter.reports.blueprint import bp
from callcenter.services.delivery import alarms
from callcenter.services.delivery.alarms import ShownAlarm
from callcenter.services.talks import summons, supervision
from callcenter.ui.access import me, myself, staff_who_may
from callcenter.ui.kit.answers import done
from callcenter.ui.kit.sent import choice

NAMING = {
    AlarmKind.HELP: "{by}さんが、統括を呼んでいます",
    AlarmKind.BULK_READING: "{by}さんが、短いあいだに多くのケースを開いたり探したりしています",
}


@dataclass(frozen=True)
class Banner:
    """One alarm as the banner says it."""

    id: str
    title: str
    advice: str
    since: datetime
    seen_by: str | None
    seen_at: datetime | None
    sounds: bool
    call_id: str | None
    """The talk into which it leads."""
    by_mail: bool
    """Whether it leads to the list of mail, not to the line."""

    @classmethod
    def of(cls, alarm: ShownAlarm) -> Banner:
        """Return the banner of an alarm; it names the counsellor whom it is about, never a caller."""
        calls = alarm.kind is AlarmKind.HELP
        title = NAMING[alarm.kind].format(by=alarm.by) if alarm.by and alarm.kind in NAMING else alarm.kind.sentence
        return cls(
            id=alarm.id,
            title=title,
            advice=alarm.kind.advice,
            since=alarm.raised_at,
            seen_by=alarm.seen_by,
            seen_at=alarm.seen_at,
            sounds=alarm.sounds,
            call_id=alarm.subject_id if calls else None,
            by_mail=alarm.kind.by_mail,
        )


@bp.get("/alarms")
@staff_who_may(Action.LEAD, quiet=True)
def shown_alarms() -> str:
    """Return the alarms that are on; a page that sounds counts as open, and none whose sound is off (``silent``)."""
    now, staff_id = ports().clock.now(), me().staff_id
    with reading() as session:
        banners = [Banner.of(alarm) for alarm in alarms.shown(session)]
        unnoted = "silent" not in request.args and not alarms.is_watch_noted(session, staff_id, now=now)
    if unnoted:
        with unit_of_work() as session:
            alarms.note_watch(session, staff_id, now=now)
    wake_substitute()  # a worker that is dead cannot tell so itself
    return render_template("parts/staff/alarms.html", banners=banners)


@bp.post("/alarms/<alarm_id>/seen")
@staff_who_may(Action.LEAD)
def alarm_seen(alarm_id: str) -> Response:
    """Mark an alarm as seen, for everybody."""
    with unit_of_work() as session:
        summons.acknowledge(session, alarm_id, by=me().staff_id, now=ports().clock.now())
    return done("reports.board")


@bp.post("/alarms/<alarm_id>/join/<call_id>")
@staff_who_may(Action.LEAD)
def join_from_alarm(alarm_id: str, call_id: str) -> Response:
    """Mark a counsellor's call as seen and ring my telephone to listen to the talk, or to talk in it (``mode``)."""
    mode, now = choice(Mode, request.form.get("mode")), ports().clock.now()
    with unit_of_work() as session:
        by = myself(session)
        summons.acknowledge(session, alarm_id, by=by.id, now=now)
        offer = supervision.listen(session, call_id, by=by, now=now, policy=settings().policy)
        if mode is not Mode.LISTEN:
            supervision.set_mode(session, offer, mode, by=by, now=now)
    return done("reports.board")
