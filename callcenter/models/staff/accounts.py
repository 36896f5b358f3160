"""Accounts of staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column, object_session

from callcenter.crypto import KeyMissing, KeyRing, open_number, seal_number
from callcenter.domain.calls.lifecycle import CallerKey
from callcenter.domain.staff.roles import Contact, Role
from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment, choice
from callcenter.models.keys import ring_of


class Staff(Base):
    """An account; ``name`` is the business name that others see, such as 担当07, never a person's own."""

    __tablename__ = "staff"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(64), unique=True)  # case-folded
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[Role] = mapped_column(choice(Role))
    password_hash: Mapped[str] = mapped_column(String(255))
    contact: Mapped[Contact] = mapped_column(choice(Contact), default=Contact.BROWSER)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    session_token: Mapped[str] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    leaving: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The account ends as soon as its call is over and written up."""
    next_role: Mapped[Role | None] = mapped_column(choice(Role))
    """The role it gets then."""
    prefers: Mapped[CallerKey | None] = mapped_column(choice(CallerKey))
    """The callers this counsellor would rather take: those who pressed 本人, or 家族."""
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    first_password_until: Mapped[datetime | None] = mapped_column(Moment)
    """The password was made up by somebody else: until then it opens one page, where its owner chooses another."""
    second_factor_by: Mapped[datetime | None] = mapped_column(Moment)
    """From then on the account needs a second factor where the installation asks for one; set at a first sign-in."""

    @property
    def changes_soon(self) -> bool:
        """Return whether a decision about this account waits for the end of a call."""
        return self.leaving or self.next_role is not None

    @property
    def phone(self) -> str | None:
        """Return the number (E.164) at which calls are offered."""
        return None if self.phone_sealed is None else open_number(self._ring(), "staff", self.id, self.phone_sealed)

    @phone.setter
    def phone(self, number: str | None) -> None:
        """Return the number (E.164) at which calls are offered."""
        self.phone_sealed = None if number is None else seal_number(self._ring(), "staff", self.id, number)

    def _ring(self) -> KeyRing:
        session = object_session(self)
        if session is None:
            raise KeyMissing("an account outside a session has no key ring; add it first")
        return ring_of(session)
