"""The outgoing half of the telephone, through Twilio's own client."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from callcenter.adapters.twilio_client import Account, plain_errors
from callcenter.domain.callbacks import NEWS_RETRIES
from callcenter.domain.ports import LineGone

if TYPE_CHECKING:
    from twilio.rest import Client

LEG_LIMIT = 3 * 60 * 60
"""Seconds after which Twilio ends a counsellor's leg by itself, against a line that stays open unseen."""

ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""Twilio's words for a leg that is over (Call resource, Status)."""


@dataclass(frozen=True)
class TwilioLine:
    """Twilio, or whatever answers at *api_url* in its manner."""

    account_sid: str
    user: str
    secret: str = field(repr=False)
    api_url: str
    caller_id: str
    http_client: Any = field(default=None, repr=False)
    """Carries the requests instead of the network; for a line inside the same process."""

    def ring(self, to: str, *, answer_url: str, status_url: str, timeout: int) -> str:
        """Ring *to*; the leg's own callbacks name the offer, so that they find it before this returns."""
        with plain_errors():
            leg = self._client.calls.create(
                to=to,
                from_=self.caller_id,
                url=answer_url,
                method="POST",
                status_callback=status_url + NEWS_RETRIES,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                status_callback_method="POST",
                timeout=timeout,
                time_limit=LEG_LIMIT,
            )
        return str(leg.sid)

    def redirect(self, leg_sid: str, url: str) -> None:
        with plain_errors():
            self._client.calls(leg_sid).update(url=url, method="POST")

    def take_from_queue(self, queue_sid: str, leg_sid: str, url: str) -> None:
        with plain_errors():
            self._client.queues(queue_sid).members(leg_sid).update(url=url, method="POST")

    def hang_up(self, leg_sid: str, *, answered: bool) -> None:
        with plain_errors():
            self._client.calls(leg_sid).update(status="completed" if answered else "canceled")

    def leg_state(self, leg_sid: str) -> str:
        with plain_errors():
            return str(self._client.calls(leg_sid).fetch().status)

    def in_room(self, room: str) -> list[str] | None:
        try:
            with plain_errors():
                running = self._client.conferences.list(friendly_name=room, status="in-progress", limit=1)
                return [str(leg.call_sid) for leg in running[0].participants.list(limit=10)] if running else None
        except LineGone:
            return None  # the room ended between the two questions

    def ended_legs(self, before: date, *, limit: int) -> list[str]:
        with plain_errors():
            kept = self._client.calls.stream(start_time_before=before, page_size=min(limit, 1000))
            return [str(leg.sid) for leg in islice((leg for leg in kept if leg.status in ENDED), limit)]

    def forget_leg(self, leg_sid: str) -> None:
        with plain_errors():
            self._client.calls(leg_sid).delete()

    @cached_property
    def _client(self) -> Client:
        return Account(self.account_sid, self.user, self.secret, self.api_url, self.http_client).client
