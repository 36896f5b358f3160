"""The addresses at which the telephone company calls us back: absolute, ASCII, with opaque ids only.

The paths are the telephone's; ``ivr`` mounts a view on each, and a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WebhookUrls:
    """Builds callback addresses below the public origin."""

    origin: str

    def voice(self, name: str) -> str:
        """Return the address of a script or event of the caller's leg: wait, key, leave, bye, room …"""
        return f"{self.origin}/ivr/voice/{name}"

    def join(self, offer_id: str) -> str:
        """Return where the caller's leg fetches its way into the room, different for each offer."""
        return f"{self.origin}/ivr/voice/join/{offer_id}"

    def after(self, room_id: str) -> str:
        """Return where the caller's leg goes when the room did not take it in or has let it go."""
        return f"{self.origin}/ivr/voice/after/{room_id}"

    def requeue(self, offer_id: str) -> str:
        """Return where the caller's leg goes when that offer's counsellor was lost."""
        return f"{self.origin}/ivr/voice/requeue/{offer_id}"

    def offer(self, offer_id: str, name: str) -> str:
        """Return the address of a script or event of a counsellor's leg before the claim: answer, screen, status."""
        return f"{self.origin}/ivr/offer/{offer_id}/{name}"

    def leg_end(self, offer_id: str) -> str:
        """Return what the counsellor's leg fetches when the room has ended."""
        return f"{self.origin}/ivr/leg/{offer_id}/end"

    def conference(self, call_id: str) -> str:
        """Return where a room's events are posted."""
        return f"{self.origin}/ivr/conference/{call_id}"

    def audio(self, name: str) -> str:
        """Return the address of a piece of music, which may be cached."""
        return f"{self.origin}/static/audio/{name}"

    def check(self) -> str:
        """Return an address that only answers whether a request was signed."""
        return f"{self.origin}/ivr/check?again=1"
