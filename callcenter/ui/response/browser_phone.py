"""What the telephone in a counsellor's browser may talk to, and on which pages it may be.

Twilio's part is from the SDK's README (Content Security Policy): signalling at each edge, and the event gateway
that gathers call quality. Media needs no rule of its own, and the SDK's sounds are replaced by a quiet one of ours.
"""

from __future__ import annotations

from dataclasses import dataclass

PAGES = frozenset({"console"})
"""Blueprints whose pages are telephones: only they may use a microphone and connect to the line."""

EDGES = ("tokyo", "singapore")
"""Where a browser joins Twilio's network: the nearest, then another should it fail."""


GATEWAYS = ("https://eventgw.twilio.com", "https://eventgw.us1.twilio.com")
"""The SDK takes the second once the edge has told it the home region, which is us1 unless a token says otherwise."""


@dataclass(frozen=True)
class Origins:
    """Sources for the content policy, beside our own."""

    connect: tuple[str, ...]
    media: tuple[str, ...]


def origins(simulator_url: str | None) -> Origins:
    """Return where the line is: at the simulator, or at Twilio."""
    if simulator_url is not None:
        return Origins((simulator_url,), (simulator_url,))
    signalling = (f"wss://voice-js.{edge}.twilio.com" for edge in EDGES)
    return Origins((*signalling, *GATEWAYS), ("mediastream:",))
