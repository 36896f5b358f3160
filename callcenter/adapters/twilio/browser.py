"""Where a browser telephone reaches Twilio, or the simulator in its place.

From the SDK's README (Content Security Policy): signalling at each edge, and the event gateway that gathers call
quality. Media needs no rule of its own, and the SDK's sounds are replaced by a quiet one of ours.
"""

from __future__ import annotations

from callcenter.domain.telephony import BrowserLine

EDGES = ("tokyo", "singapore")
"""Where a browser joins Twilio's network: the nearest, then another should it fail."""

GATEWAYS = ("https://eventgw.twilio.com", "https://eventgw.us1.twilio.com")
"""The SDK takes the second once the edge has told it the home region, which is us1 unless a token says otherwise."""


def browser_line(simulator_url: str | None) -> BrowserLine:
    """Return the addresses of the simulator, or of Twilio."""
    if simulator_url is not None:
        return BrowserLine((simulator_url,), (simulator_url,), EDGES)
    signalling = (f"wss://voice-js.{edge}.twilio.com" for edge in EDGES)
    return BrowserLine((*signalling, *GATEWAYS), ("mediastream:",), EDGES)
