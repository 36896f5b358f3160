"""Browser devices: who is registered, and the events each of them is sent."""

from __future__ import annotations

import queue
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt

from ivr.simulator.line.engine import Engine, WrongMoment
from ivr.simulator.line.legs import Caption, Leg
from ivr.simulator.line.webhooks import Account

IDENTITY = re.compile(r"[A-Za-z0-9_]{1,121}")
HEARTBEAT_SECONDS = 2.0  # a closed page is noticed when the next write to it fails
WARNING_SECONDS = 10.0  # before the token runs out, as Twilio's SDK does by default
LOST_AFTER_SECONDS = 8.0  # of silence until a call on a device that went away is ended
Event = tuple[str, dict[str, Any]]


class TokenRefused(ValueError):
    """The access token may not receive calls here."""


def read_token(token: str, account: Account) -> tuple[str, float]:
    """Return identity and expiry (unix seconds) of a Voice access token, or raise ``TokenRefused``."""
    try:
        claims = jwt.decode(
            token, account.api_secret, algorithms=["HS256"], issuer=account.api_key, options={"require": ["exp", "sub"]}
        )
    except jwt.InvalidTokenError as error:
        raise TokenRefused(str(error)) from None
    grants = claims.get("grants", {})
    identity = str(grants.get("identity", ""))
    if claims["sub"] != account.sid:
        raise TokenRefused("the token is for another account")
    if not IDENTITY.fullmatch(identity):
        raise TokenRefused("the token's identity must be letters, digits and _")
    if grants.get("voice", {}).get("incoming", {}).get("allow") is not True:
        raise TokenRefused("the token may not receive calls")
    return identity, float(claims["exp"])


@dataclass(eq=False)
class Session:
    """One page that registered; it counts as registered while its event stream is open."""

    identity: str
    expires: float
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    streams: list[queue.SimpleQueue[Event]] = field(default_factory=list)
    call_sid: str = ""
    muted: bool = False
    warned: bool = False

    @property
    def registered(self) -> bool:
        """Return whether calls reach it."""
        return bool(self.streams) and time.time() < self.expires

    def send(self, name: str, **data: Any) -> None:
        """Put an event on its stream."""
        for stream in self.streams:
            stream.put((name, data))


class Devices:
    """All sessions; it listens to the engine and tells the right pages."""

    def __init__(self, line: Engine) -> None:
        self.line = line
        self.sessions: dict[str, Session] = {}
        line.outbound.reachable = self.reachable
        line.listeners.append(self._noticed)

    def reachable(self, identity: str) -> bool:
        """Return whether a call to that identity would ring anywhere."""
        return any(session.registered for session in self._of(identity))

    def _of(self, identity: str) -> list[Session]:
        return [session for session in self.sessions.values() if session.identity == identity]

    def register(self, token: str) -> Session:
        """Open a session; it rings from the moment its event stream is read."""
        identity, expires = read_token(token, self.line.account)
        session = Session(identity, expires)
        with self.line.lock:
            self.sessions[session.id] = session
        return session

    def refresh(self, session: Session, token: str) -> None:
        """Go on with a newer token of the same identity."""
        identity, expires = read_token(token, self.line.account)
        if identity != session.identity:
            raise TokenRefused("the token is for another identity")
        session.expires, session.warned = expires, False

    def forget(self, session: Session) -> None:
        """Close a session and end its call, as leaving the page does."""
        with self.line.lock:
            self.sessions.pop(session.id, None)
            session.send("unregistered")
            self._drop(session)
            self.line.touch()

    def _drop(self, session: Session) -> None:
        if session.call_sid and not self.line.leg(session.call_sid).over:
            self.line.hang_up(session.call_sid)

    # ---- what the page does

    def accept(self, session: Session, sid: str) -> None:
        """Answer a ringing call on this page; another page of the same person stops ringing."""
        self._check_address(session, sid)
        with self.line.lock:
            session.call_sid, session.muted = sid, False
            try:
                self.line.answer(sid)
            except WrongMoment:
                session.call_sid = ""
                raise

    def reject(self, session: Session, sid: str) -> None:
        """Decline a ringing call."""
        self._check_address(session, sid)
        self.line.decline(sid)

    def own(self, session: Session, sid: str) -> str:
        """Return *sid* if it is this page's call."""
        if session.call_sid != sid:
            raise WrongMoment("the call is not on this device")
        return sid

    def _check_address(self, session: Session, sid: str) -> None:
        if self.line.leg(sid).to != f"client:{session.identity}":
            raise WrongMoment("the call is for another device")

    # ---- what the line does

    def _noticed(self, event: str, leg: Leg, caption: Caption | None) -> None:
        if not leg.to.startswith("client:"):
            return
        for session in self._of(leg.to.removeprefix("client:")):
            holds = session.call_sid == leg.sid
            if event == "ringing":
                session.send("incoming", call_sid=leg.sid, **{"from": leg.from_})
            elif event == "connected":
                session.send("connected" if holds else "cancel", call_sid=leg.sid)
            elif event == "ended" and holds:
                session.call_sid = ""
                session.send("disconnected", call_sid=leg.sid)
            elif event == "ended" and leg.answered is None:
                session.send("cancel", call_sid=leg.sid)
            elif event == "heard" and holds and caption is not None and caption.kind in {"said", "them"}:
                at = caption.at.isoformat(timespec="seconds")
                session.send("heard", call_sid=leg.sid, who=caption.who, text=caption.text, at=at)

    def stream(self, session: Session, stopping: threading.Event) -> Iterator[Event | None]:
        """Yield the session's events as they come, and None as a heartbeat; closing it unregisters the device."""
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        with self.line.lock:
            session.streams.append(events)
            events.put(("registered", {"identity": session.identity}))
            self._catch_up(session, events)
            self.line.touch()
        try:
            while session.id in self.sessions and not stopping.is_set():
                yield from self._due(session, events)
        finally:
            with self.line.lock:
                session.streams.remove(events)
                self.line.touch()
            _later(LOST_AFTER_SECONDS, lambda: self._lost(session))

    def _catch_up(self, session: Session, events: queue.SimpleQueue[Event]) -> None:
        """A stream that broke and came back learns what rings and what it holds."""
        for leg in self.line.legs.values():
            if leg.to != f"client:{session.identity}" or leg.over:
                continue
            if leg.status == "ringing":
                events.put(("incoming", {"call_sid": leg.sid, "from": leg.from_}))
            elif session.call_sid == leg.sid:
                events.put(("connected", {"call_sid": leg.sid}))

    def _due(self, session: Session, events: queue.SimpleQueue[Event]) -> Iterator[Event | None]:
        left = session.expires - time.time()
        if left <= 0:
            yield "unregistered", {"reason": "token"}
            self.forget(session)
            return
        if left <= WARNING_SECONDS and not session.warned:
            session.warned = True
            yield "tokenWillExpire", {"seconds": int(left)}
        try:
            yield events.get(timeout=min(HEARTBEAT_SECONDS, left))
        except queue.Empty:
            yield None

    def _lost(self, session: Session) -> None:
        with self.line.lock:
            if not session.streams:
                self.sessions.pop(session.id, None)
                self._drop(session)


def _later(seconds: float, act: Callable[[], None]) -> None:
    """Do *act* after real seconds: a browser's life follows no simulated clock."""
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
