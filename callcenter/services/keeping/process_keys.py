"""Every serving process says once a minute which keys it knows; a rotation waits for those that lack the new one."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callcenter.models.keeping.process_keys import ProcessKeys
from callcenter.models.keys import ring_of

EVERY = timedelta(seconds=60)
ALIVE = timedelta(minutes=3)
"""A process that said nothing for so long has ended."""
KEPT = timedelta(days=1)


def name_of_this(kind: str) -> str:
    """Return a name for this process: what it does, where, and which one."""
    return f"{kind} {socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"


def report_keys(session: Session, process: str, *, now: datetime) -> None:
    """Say which keys this process knows; also forgets who has long ended."""
    known = [key_id for key_id, _ in ring_of(session).keys]
    session.merge(ProcessKeys(process=process, key_ids=known, seen_at=now))
    session.execute(delete(ProcessKeys).where(ProcessKeys.seen_at < now - KEPT))


def processes_lacking_key(session: Session, *, now: datetime) -> Sequence[str]:
    """Return the running processes that do not know the ring's first key."""
    current = ring_of(session).current_id
    alive = session.scalars(select(ProcessKeys).where(ProcessKeys.seen_at > now - ALIVE).order_by(ProcessKeys.process))
    return [holder.process for holder in alive if current not in holder.key_ids]
