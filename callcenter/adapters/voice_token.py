"""Tokens that let a counsellor's browser be rung, signed as Twilio's Voice SDK expects them.

A token only lets its holder receive calls under one identity: no outgoing grant, no TwiML application, so a
stolen one cannot dial. Twilio cannot take a single token back, therefore they live for minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SignedTokens:
    """Signs with a Standard or Main API key; Twilio refuses restricted keys for access tokens (error 20160)."""

    account_sid: str
    api_key: str
    api_secret: str = field(repr=False)

    def grant(self, identity: str, *, seconds: int) -> str:
        """Return a token by which *identity* (letters, digits, underscore; at most 121) may be rung for *seconds*."""
        from twilio.jwt.access_token import AccessToken  # heavy: most requests need none
        from twilio.jwt.access_token.grants import VoiceGrant

        # No region claim: it must not be set for a line that is processed in Twilio's default region.
        token = AccessToken(self.account_sid, self.api_key, self.api_secret, identity=identity, ttl=seconds)
        token.add_grant(VoiceGrant(incoming_allow=True))
        signed = token.to_jwt()
        return signed.decode() if isinstance(signed, bytes) else str(signed)
