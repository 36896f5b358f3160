"""The line's words as operators changed them: versions, recordings, and what this process knows of them.

A webhook asks no question of its own for them: whoever asks something anyway asks ``SIGNATURE`` along.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session, joinedload

from callcenter.domain.announcements.wording import Change, Changes, Recorded
from callcenter.domain.errors import HelplineError
from callcenter.models.announcements import AnnouncementVersion, Recording
from callcenter.models.staff.accounts import Staff
from callcenter.services.trail import audit
from callcenter.services.trail.audit import OPERATOR, Subject, staff_member

Version = AnnouncementVersion
SIGNATURE = select(func.count(Version.id)).scalar_subquery()
"""A column that tells whether any phrase has changed; counted, as a lower number may be committed later."""

FRESH = 5.0
"""Real seconds after which a process that was not told the signature asks for it."""


class NoSuchVersion(HelplineError):
    """The version belongs to another phrase, or to none."""

    message = "その版は見つかりませんでした。画面を読みこみ直してください。"


@dataclass
class _Kept:
    signature: int
    heard_at: float
    changes: Changes


_kept: WeakKeyDictionary[Engine | Connection, _Kept] = WeakKeyDictionary()
"""By database, for this process."""

UNCHANGED = Changes()


def remembered(database: Engine | Connection) -> Changes:
    """Return the changes as this process last read them, without asking anybody."""
    kept = _kept.get(database)
    return UNCHANGED if kept is None else kept.changes


def refresh_if_changed(session: Session, signature: int) -> None:
    """Take in what ``SIGNATURE`` said; only a change is read."""
    database = session.get_bind()
    kept = _kept.get(database)
    if kept is not None and kept.signature == signature:
        kept.heard_at = time.monotonic()
        return
    _kept[database] = _Kept(signature, time.monotonic(), current(session))


def keep_fresh(session: Session) -> None:
    """Ask for the signature if nobody has told it for ``FRESH`` seconds."""
    kept = _kept.get(session.get_bind())
    if kept is None or time.monotonic() - kept.heard_at >= FRESH:
        refresh_if_changed(session, session.scalar(select(SIGNATURE)) or 0)


def current(session: Session) -> Changes:
    """Read every phrase that differs from the shipped one now."""
    newest = select(func.max(Version.id)).group_by(Version.name)
    versions = session.scalars(select(Version).where(Version.id.in_(newest)).options(joinedload(Version.recording)))
    changes = {version.name: _change_of(version) for version in versions}
    return Changes({name: change for name, change in changes.items() if change != Change(None)})


def _change_of(version: AnnouncementVersion) -> Change:
    spoken = version.recording
    sound = None if spoken is None else Recorded(spoken.file, spoken.seconds)
    return Change(version.text, tuple((word, reading) for word, reading in version.readings), sound)


def history(session: Session, name: str) -> list[tuple[AnnouncementVersion, str | None]]:
    """Return the versions of a phrase, newest first, with the name of who made each (None for the operator)."""
    query = select(Version, Staff.name).outerjoin(Staff, Staff.id == Version.by).where(Version.name == name)
    return [(version, by) for version, by in session.execute(query.order_by(Version.id.desc()))]


def change(session: Session, name: str, to: Change, *, by: str | None, now: datetime) -> None:
    """Let the phrase be spoken like this from now on; the version before stays in the history."""
    version = Version(
        name=name,
        text=to.text,
        readings=[list(pair) for pair in to.readings],
        recording_file=None if to.sound is None else to.sound.file,
        at=now,
        by=by,
    )
    session.add(version)
    session.flush()
    facts = {"version": version.id, "recorded": to.sound is not None, "shipped": to.text is None}
    actor = OPERATOR if by is None else staff_member(by)
    subject = Subject("announcement", name)
    audit.record(session, actor=actor, action="announcement.change", subject=subject, facts=facts, now=now)


def store_recording(
    session: Session, body: bytes, kind: str, seconds: float, *, by: str | None, now: datetime
) -> Recorded:
    """Store a voice under a name that nobody can guess; *kind* is wav or mp3."""
    file = f"{secrets.token_hex(24)}.{kind}"
    mimetype = {"wav": "audio/wav", "mp3": "audio/mpeg"}[kind]
    recording = Recording(file=file, mimetype=mimetype, seconds=seconds, body=body, uploaded_at=now, uploaded_by=by)
    session.add(recording)
    session.flush()
    return Recorded(file, seconds)


def restore_version(session: Session, name: str, version_id: int, *, by: str | None, now: datetime) -> None:
    """Let an earlier version hold again, as a new one."""
    version = session.get(Version, version_id)
    if version is None or version.name != name:
        raise NoSuchVersion
    change(session, name, _change_of(version), by=by, now=now)


def recording(session: Session, file: str) -> Recording | None:
    """Return a voice by its file name."""
    return session.get(Recording, file)
