"""``Telephony`` through Twilio's client."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, TypedDict

from callcenter.adapters.twilio.client import Account, plain_errors
from callcenter.domain.talks.talk import LEG_LIMIT
from callcenter.domain.telephony import Browser, CallerLeg, LegState, LineGone, LineUnknown, Relay, RungLeg
from callcenter.twilio_words import (
    CANCELED,
    COMPLETED,
    IN_PROGRESS,
    INITIATED,
    NEWS_RETRIES,
    RINGING,
    address,
    caller,
    device,
    leg_state,
)

if TYPE_CHECKING:
    from twilio.rest import Client

EVENTS = [INITIATED, RINGING, "answered", COMPLETED]
"""What Twilio tells of a leg that it rings for us (Call resource, StatusCallbackEvent)."""

INBOUND = "inbound"
"""Twilio's word for a leg that somebody dialled (Call resource, Direction)."""

NEWEST = 20
"""How many legs of one telephone are looked through for the ring that we have just asked for."""


@dataclass(frozen=True)
class TwilioLine:
    """Twilio, or a compatible server at *api_url*."""

    account_sid: str
    user: str
    secret: str = field(repr=False)
    api_url: str
    caller_id: str
    fallback_url: str = ""
    """What a rung leg hears where we cannot answer; without it, Twilio's own English."""
    http_client: Any = field(default=None, repr=False)
    """Carries the requests instead of the network; for a line inside the same process."""

    def ring(self, to: str | Browser, *, answer_url: str, status_url: str, timeout: int) -> str:
        """Ring *to*; the leg's callbacks name the offer, so that they find it before this returns."""
        with plain_errors():
            leg = self._client.calls.create(
                to=address(to),
                from_=self.caller_id,
                url=answer_url,
                method="POST",
                status_callback=status_url + NEWS_RETRIES,
                status_callback_event=EVENTS,
                status_callback_method="POST",
                timeout=timeout,
                time_limit=int(LEG_LIMIT.total_seconds()),
                **({"fallback_url": self.fallback_url} if self.fallback_url else {}),
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
            self._client.calls(leg_sid).update(status=COMPLETED if answered else CANCELED)

    def leg_state(self, leg_sid: str) -> LegState:
        with plain_errors():
            return leg_state(str(self._client.calls(leg_sid).fetch().status))

    def in_room(self, room_sid: str, leg_sid: str) -> bool:
        try:
            with plain_errors():
                self._client.conferences(room_sid).participants(leg_sid).fetch()
        except LineGone:
            return False
        return True

    def room_sid(self, room: str) -> str | None:
        with plain_errors():
            running = self._client.conferences.list(friendly_name=room, status=IN_PROGRESS, limit=1)
        return str(running[0].sid) if running else None

    def hold(self, room_sid: str, leg_sid: str, music_url: str) -> None:
        self._change(room_sid, leg_sid, hold=True, hold_url=music_url, hold_method="POST")

    def unhold(self, room_sid: str, leg_sid: str) -> None:
        self._change(room_sid, leg_sid, hold=False)

    def mute(self, room_sid: str, leg_sid: str, *, muted: bool) -> None:
        self._change(room_sid, leg_sid, muted=muted)

    def coach(self, room_sid: str, leg_sid: str, *, coached_sid: str | None, muted: bool) -> None:
        whom = {} if coached_sid is None else {"call_sid_to_coach": coached_sid}  # Twilio: coaching needs it (13240)
        self._change(room_sid, leg_sid, muted=muted, coaching=coached_sid is not None, **whom)

    def announce(self, room_sid: str, leg_sid: str, url: str) -> None:
        self._change(room_sid, leg_sid, announce_url=url, announce_method="POST")

    def _change(self, room_sid: str, leg_sid: str, **wanted: Any) -> None:
        """Change a participant; never ``endConferenceOnExit``, as that may silently fail."""
        with plain_errors():
            self._client.conferences(room_sid).participants(leg_sid).update(**wanted)

    def ended_legs(self, before: date, *, limit: int) -> list[str]:
        with plain_errors():
            kept = self._client.calls.stream(start_time_before=before, page_size=min(limit, 1000))
            return [str(leg.sid) for leg in islice((leg for leg in kept if leg_state(leg.status).over), limit)]

    def forget_leg(self, leg_sid: str) -> None:
        with plain_errors():
            self._client.calls(leg_sid).delete()

    def legs_to(self, to: str | Browser, *, since: datetime) -> list[RungLeg]:
        with plain_errors():  # a leg that is only queued has not started yet, so no list by its start would show it
            found = self._client.calls.list(to=address(to), limit=NEWEST)
        asked = [leg for leg in found if leg.direction != INBOUND and leg.date_created >= since]
        newest_first = sorted(asked, key=lambda leg: leg.date_created, reverse=True)
        return [RungLeg(**_leg(leg), device=to) for leg in newest_first]

    def callers_of(self, number: str, *, since: datetime) -> list[CallerLeg]:
        with plain_errors():
            found = self._client.calls.list(to=number, start_time_after=since.astimezone(UTC), page_size=1000)
        callers = [leg for leg in found if leg.direction == INBOUND]
        return [CallerLeg(**_leg(leg), caller=caller(leg._from)) for leg in callers]  # noqa: SLF001  # Twilio's client names From so

    def rung_legs(self, *, since: datetime) -> list[RungLeg]:
        with plain_errors():
            found = self._client.calls.list(
                from_=self.caller_id, start_time_after=since.astimezone(UTC), page_size=1000
            )
        return [RungLeg(**_leg(leg), device=device(leg.to)) for leg in found if leg.direction != INBOUND]

    def rooms(self) -> list[str]:
        with plain_errors():
            return [str(room.sid) for room in self._client.conferences.list(status=IN_PROGRESS)]

    def relays(self, *, seconds: int) -> list[Relay]:
        with plain_errors():
            named: list[Any] = self._client.tokens.create(ttl=seconds).ice_servers or []
        found = [_relay(one) for one in named if str(one.get("urls", "")).startswith(("turn:", "turns:"))]
        if not found:
            raise LineUnknown("no relay was named")
        return found

    @cached_property
    def _client(self) -> Client:
        return Account(self.account_sid, self.user, self.secret, self.api_url, self.http_client).client


class _Listed(TypedDict):
    sid: str
    state: LegState
    began_at: datetime
    ended_at: datetime | None


def _relay(server: dict[str, Any]) -> Relay:
    return Relay(str(server["urls"]), str(server.get("username", "")), str(server.get("credential", "")))


def _leg(resource: Any) -> _Listed:
    return _Listed(
        sid=str(resource.sid),
        state=leg_state(str(resource.status)),
        began_at=resource.start_time or resource.date_created,
        ended_at=resource.end_time,
    )
