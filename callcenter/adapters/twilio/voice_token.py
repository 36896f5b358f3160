"""Access tokens by which a counsellor's browser can be rung, signed for Twilio's Voice SDK.

A token only lets its holder receive calls under one identity: no outgoing grant, no TwiML application, so a
stolen one cannot dial. Twilio cannot take a single token back, therefore they live for minutes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

IDENTITY = re.compile(r"[A-Za-z0-9_]{1,121}")
LONGEST = 900
"""Seconds."""


@dataclass(frozen=True)
class SignedTokens:
    """Signs with a Standard or Main API key; Twilio refuses restricted keys for access tokens (error 20160)."""

    account_sid: str
    api_key: str
    api_secret: str = field(repr=False)

    def grant(self, identity: str, *, seconds: int) -> str:
        """Return a token by which *identity* may be rung for *seconds*.

        ``ValueError`` for a life that is too long, and for an identity that is not of letters, digits and
        underscores, 121 at most (Twilio's rule for identities of the Voice SDK).
        """
        if not IDENTITY.fullmatch(identity):
            raise ValueError("an identity has letters, digits and underscores only")
        if not 0 < seconds <= LONGEST:
            raise ValueError(f"a token lives for {LONGEST} seconds at most")
        from twilio.jwt.access_token import AccessToken  # heavy: most requests need none
        from twilio.jwt.access_token.grants import VoiceGrant

        # No region claim: it must not be set for a line that is processed in Twilio's default region.
        token = AccessToken(self.account_sid, self.api_key, self.api_secret, identity=identity, ttl=seconds)
        token.add_grant(VoiceGrant(incoming_allow=True))
        signed = token.to_jwt()
        return signed.decode() if isinstance(signed, bytes) else str(signed)
