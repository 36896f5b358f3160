"""What staff sign in with besides the password, the browsers that are signed in, and failed sign-ins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment
from callcenter.models.keys import HoldsSealedText, Sealed


class SecondFactor(HoldsSealedText, Base):
    """The codes of one account, under a data key of their own.

    The row is also the lock under which a code is checked, so that no code counts twice.
    """

    __tablename__ = "second_factors"

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), unique=True)
    secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Shared with the app that was confirmed (RFC 6238)."""
    offered_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Shown to be taken into an app, not confirmed yet."""
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The newest step of 30 seconds whose code was taken; none up to it is taken again."""
    misses: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Wrong codes since the last right one."""
    wait_until: Mapped[datetime | None] = mapped_column(Moment)

    secret = Sealed("secret_sealed")
    offered = Sealed("offered_sealed")


class Passkey(Base):
    """One passkey of an account: a public key, so nothing here is secret."""

    __tablename__ = "passkeys"

    id: Mapped[Id]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """How often the device says it has signed; devices that keep no count say 0."""
    name: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class RecoveryCode(Base):
    """One recovery code; only its keyed hash is stored."""

    __tablename__ = "recovery_codes"

    id: Mapped[Id]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class PasskeyChallenge(Base):
    """A question to a passkey that waits for its one answer."""

    __tablename__ = "passkey_challenges"

    id: Mapped[Id]
    challenge: Mapped[bytes] = mapped_column(LargeBinary(64))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """Whose new passkey it is for; nobody's at the sign-in."""
    until: Mapped[datetime] = mapped_column(Moment, index=True)


class BrowserSession(Base):
    """One browser that is signed in; the cookie holds the token, this row only its hash."""

    __tablename__ = "browser_sessions"

    id: Mapped[Id]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(64))
    """Its kind in words, such as ``Windows・Chrome``; no version and no address."""
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    """When it last did something, to a few minutes."""


class SignInMisses(Base):
    """Failed sign-ins with one login over all addresses, whether the login exists or not."""

    __tablename__ = "sign_in_misses"

    tried: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """A keyed hash of the login, of a browser that is known to it together with that browser."""
    misses: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)
    wait_until: Mapped[datetime | None] = mapped_column(Moment)
