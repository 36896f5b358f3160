"""The leaflet: versions that an administrator uploads, and which one is published."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from callcenter.domain.administration.leaflets import check_leaflet
from callcenter.domain.errors import HelplineError
from callcenter.models.administration import Leaflet
from callcenter.models.staff.accounts import Staff
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member


class NoSuchLeaflet(HelplineError):
    """Raised when a version does not exist."""

    message = "その版は見つかりませんでした。画面を読みこみ直してください。"


def add(session: Session, label: str, body: bytes, *, by: Staff, now: datetime) -> Leaflet:
    """Store a version and publish it; ``NotALeaflet`` if the file may not be published."""
    check_leaflet(body)
    _take_down(session)
    version = Leaflet(
        label=label,
        size=len(body),
        digest=hashlib.sha256(body).hexdigest(),
        body=body,
        shown=True,
        shown_at=now,
        uploaded_at=now,
        uploaded_by=by.id,
    )
    session.add(version)
    session.flush()
    _record(session, "leaflet.add", version, by, now)
    return version


def publish(session: Session, leaflet_id: int, *, by: Staff, now: datetime) -> None:
    """Publish an earlier version again."""
    version = _version(session, leaflet_id)
    if version.shown:
        return
    _take_down(session)
    version.shown, version.shown_at = True, now
    session.flush()
    _record(session, "leaflet.publish", version, by, now)


def withdraw(session: Session, leaflet_id: int, *, by: Staff, now: datetime) -> None:
    """Take a version from the public page, which shows the made leaflet until another is published."""
    version = _version(session, leaflet_id)
    if not version.shown:
        return
    version.shown = None
    _record(session, "leaflet.withdraw", version, by, now)


def published(session: Session, *, with_body: bool = False) -> Leaflet | None:
    """Return the published version, None where nobody has published one."""
    query = select(Leaflet).where(Leaflet.shown.is_(True))
    return session.scalar(query.options(undefer(Leaflet.body)) if with_body else query)


def history(session: Session) -> list[tuple[Leaflet, str]]:
    """Return every version, newest first, with the name of who uploaded it."""
    query = select(Leaflet, Staff.name).join(Staff, Staff.id == Leaflet.uploaded_by).order_by(Leaflet.id.desc())
    return [(version, name) for version, name in session.execute(query)]


def _take_down(session: Session) -> None:
    published_now = session.scalar(select(Leaflet).where(Leaflet.shown.is_(True)).with_for_update())
    if published_now is not None:
        published_now.shown = None
        session.flush()


def _version(session: Session, leaflet_id: int) -> Leaflet:
    version = session.get(Leaflet, leaflet_id, with_for_update=True, populate_existing=True)
    if version is None:
        raise NoSuchLeaflet
    return version


def _record(session: Session, action: str, version: Leaflet, by: Staff, now: datetime) -> None:
    subject, facts = Subject("leaflet", str(version.id)), {"digest": version.digest}
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)
