"""The only use of ``webauthn`` and ``pyotp``: passkeys and app codes as plain values, nothing stored.

Flask-Security (5.9.2, alive) was looked at first: its views commit by themselves and so apart from the trail, it keeps
recovery codes readable, brings a user, a role and a session model beside ours and 16,000 lines, and leaves refusing a
replayed code to the application; these two libraries do the cryptography and nothing else.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

import pyotp

from callcenter.domain.errors import HelplineError

DRIFT_STEPS = 1
"""A telephone's clock may be one step of 30 seconds early or late (RFC 6238 §5.2)."""
ANSWER_MILLISECONDS = 120_000


class PasskeyRefused(HelplineError):
    """Raised when a passkey's answer does not fit the site, the question or its owner."""

    message = "このパスキーではログインできませんでした。もう一度お試しください。続くときは、パスワードで入れます。"


@dataclass(frozen=True)
class RelyingParty:
    """This site, as passkeys know it; they work at *origin* only."""

    id: str
    origin: str
    name: str

    @classmethod
    def of(cls, public_base_url: str, name: str) -> Self:
        """Return the site of a public address; a loopback address is known as ``localhost``.

        No browser lets a passkey belong to an IP address (Web Authentication, "RP ID").
        """
        parts = urlsplit(public_base_url)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
        if _is_loopback(host):
            return cls("localhost", f"{parts.scheme}://localhost{port}", name)
        return cls(host, f"{parts.scheme}://{host}{port}", name)


@dataclass(frozen=True)
class Question:
    """A question to a passkey: the browser's *options* (JSON) and the challenge in them."""

    options: str
    challenge: bytes


@dataclass(frozen=True)
class NewKey:
    """A new passkey."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def new_secret() -> str:
    """Return 160 random bits in base32 for one app."""
    return pyotp.random_base32()


def app_address(secret: str, login: str, service: str) -> str:
    """Return the content of the QR code (``otpauth://…``)."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=service)


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """Return the 30-second step that *code* belongs to, or None; *at* is the time on real clocks."""
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=at, valid_window=DRIFT_STEPS)
    except pyotp.OTPVerificationError:
        return None


def ask_for_new(site: RelyingParty, handle: bytes, login: str, name: str, known: list[bytes]) -> Question:
    """Return the question by which a device makes a passkey that needs no login and unlocks by face or PIN."""
    import webauthn  # heavy: only who uses a passkey pays for it
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=site.name,
        user_id=handle,
        user_name=login,
        user_display_name=name,
        timeout=ANSWER_MILLISECONDS,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return Question(webauthn.options_to_json(options), options.challenge)


def read_new(site: RelyingParty, challenge: bytes, answer: str) -> NewKey:
    """Return the new passkey; ``PasskeyRefused`` if *answer* does not answer *challenge* for this site."""
    import webauthn  # see above

    with _refusing_odd_answers():
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    return NewKey(found.credential_id, found.credential_public_key, found.sign_count)


def ask_for_known(site: RelyingParty) -> Question:
    """Return the question for any passkey that the person has for this site."""
    import webauthn  # see above
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=site.id, timeout=ANSWER_MILLISECONDS, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Question(webauthn.options_to_json(options), options.challenge)


def credential_id_of(answer: str) -> bytes:
    """Return which passkey answers, before the answer is verified."""
    from webauthn.helpers import parse_authentication_credential_json  # see above

    with _refusing_odd_answers():
        return parse_authentication_credential_json(answer).raw_id


def check_known(site: RelyingParty, challenge: bytes, answer: str, public_key: bytes) -> int:
    """Return the device's signature count; ``PasskeyRefused`` unless it verified its owner for *challenge*."""
    import webauthn  # see above

    with _refusing_odd_answers():
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,  # compared by ourselves, so that the trail can tell a copied key
            require_user_verification=True,
        )
    return found.new_sign_count


@contextmanager
def _refusing_odd_answers() -> Iterator[None]:
    """Raise ``PasskeyRefused`` for what the library raises; a value error where the text was not even encoded well."""
    from webauthn.helpers.exceptions import WebAuthnException  # see above

    try:
        yield
    except (WebAuthnException, ValueError) as odd:
        raise PasskeyRefused from odd


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
