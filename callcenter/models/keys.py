"""Data keys, and the attributes by which a model stores free text sealed.

A row with sealed text points to a data key of its own (a case, a consultation) or of its case
(a person). The data key is stored wrapped by the key ring; destroying it makes every text under
it unreadable, in this database and in every backup, without touching the texts. Re-wrapping on
rotation likewise touches only this table.

The ring travels with the session: whoever opens a session calls ``lend_ring`` once, and sealed
attributes then read and write as plain text::

    session.add(case)             # first, so that the row knows its session
    case.summary = "…"            # stored sealed in case.summary_sealed
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self, overload

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column, object_session, relationship

from callcenter.crypto import KeyMissing, KeyRing, Place, new_key, ring_key_id, seal, unseal
from callcenter.models.base import Base, info, new_id
from callcenter.models.columns import Id, Moment

WRAPPING = "wrap data keys"


def lend_ring(session: Session, ring: KeyRing) -> None:
    """Give *session* the key ring for as long as it lives."""
    info(session).ring = ring


def ring_of(session: Session) -> KeyRing:
    """Return the ring lent to *session*."""
    ring = info(session).ring
    if ring is None:
        raise KeyMissing("no key ring was lent to this session")
    return ring


class DataKey(Base):
    """A random key for the texts of one case, one consultation, or the audit chain; stored wrapped by the ring."""

    __tablename__ = "data_keys"

    id: Mapped[Id]
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    ring_key_id: Mapped[str] = mapped_column(String(32), index=True)
    destroyed_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def fresh(cls, ring: KeyRing) -> Self:
        """Return a new random key, wrapped by the ring's first key."""
        row = cls(id=new_id())
        row._wrap(ring, new_key())
        return row

    def unwrap(self, ring: KeyRing) -> bytes:
        """Return the key itself; ``KeyMissing`` once it was destroyed."""
        if self.wrapped is None:
            raise KeyMissing("the data key was destroyed")
        return ring.unseal(WRAPPING, self._place(), self.wrapped)

    def rewrap(self, ring: KeyRing) -> None:
        """Wrap the same key with the ring's first key; a destroyed one stays destroyed."""
        if self.wrapped is not None:
            self._wrap(ring, self.unwrap(ring))

    def destroy(self, now: datetime) -> None:
        """Destroy the key, and with it every text it sealed, for good."""
        self.wrapped = None
        self.destroyed_at = self.destroyed_at or now

    def _wrap(self, ring: KeyRing, key: bytes) -> None:
        self.wrapped = ring.seal(WRAPPING, self._place(), key)
        self.ring_key_id = ring_key_id(self.wrapped)

    def _place(self) -> Place:
        return Place(self.__tablename__, "wrapped", self.id)


class HoldsSealedText:
    """A model with sealed attributes; its id is given in Python before the insert."""

    __tablename__: Any  # as the declarative base has it
    id: Mapped[Id]
    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_keys.id"), index=True)

    @declared_attr
    @classmethod
    def data_key(cls) -> Mapped[DataKey]:
        return relationship(DataKey, lazy="joined", innerjoin=True)


class Sealed:
    """An attribute that reads and writes plain text and stores it sealed in the binary column it names."""

    def __init__(self, column: str) -> None:
        self.column = column

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...

    @overload
    def __get__(self, row: HoldsSealedText, owner: type) -> str | None: ...

    def __get__(self, row: HoldsSealedText | None, owner: type) -> Self | str | None:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else unseal(_key_of(row), self._place(row), sealed)

    def __set__(self, row: HoldsSealedText, text: str | None) -> None:
        sealed = None if text is None else seal(_key_of(row), self._place(row), text)
        setattr(row, self.column, sealed)

    def _place(self, row: HoldsSealedText) -> Place:
        return Place(row.__tablename__, self.column, row.id)


def sealed_attributes(model: type) -> list[str]:
    """Return the names of *model*'s sealed attributes."""
    return [name for owner in model.__mro__ for name, value in vars(owner).items() if isinstance(value, Sealed)]


def reseal(row: HoldsSealedText, key: DataKey) -> None:
    """Seal every text of *row* again with another data key, which the row refers to from then on."""
    texts = {name: getattr(row, name) for name in sealed_attributes(type(row))}
    row.data_key = key
    for name, text in texts.items():
        setattr(row, name, text)


def _key_of(row: HoldsSealedText) -> bytes:
    session = object_session(row)
    if session is None:
        raise KeyMissing("a row outside a session has no key ring; add it first")
    return row.data_key.unwrap(ring_of(session))
