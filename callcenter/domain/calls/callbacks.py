"""Where the telephone company calls us back: absolute, in ASCII, with opaque ids only.

The paths are the telephone's; ``ivr`` mounts a view on each, and a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Callbacks:
    """Builds callback addresses below the public origin."""

    origin: str

    def voice(self, name: str) -> str:
        """A script or event of the caller's leg: wait, key, leave, after, requeue, bye, room …"""
        return f"{self.origin}/ivr/voice/{name}"

    def join(self, offer_id: str) -> str:
        """The caller's way into the room; the offer makes each way in a request of its own."""
        return f"{self.origin}/ivr/voice/join/{offer_id}"

    def requeue(self, offer_id: str) -> str:
        """The caller's way back to the queue after that offer's counsellor was lost."""
        return f"{self.origin}/ivr/voice/requeue/{offer_id}"

    def offer(self, offer_id: str, name: str) -> str:
        """A script or event of a counsellor's leg before the claim: answer, screen, status."""
        return f"{self.origin}/ivr/offer/{offer_id}/{name}"

    def leg_end(self, offer_id: str) -> str:
        """What the counsellor's leg fetches when the room is over."""
        return f"{self.origin}/ivr/leg/{offer_id}/end"

    def conference(self, call_id: str) -> str:
        """Where a room's events go."""
        return f"{self.origin}/ivr/conference/{call_id}"

    def audio(self, name: str) -> str:
        """A piece of music; cacheable, so that nobody hears silence while we are busy."""
        return f"{self.origin}/static/audio/{name}"
