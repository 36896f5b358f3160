"""Where a browser telephone reaches Twilio, or the simulator in its place.

From the SDK's README (Content Security Policy): signalling at each edge, and the event gateway that gathers call
quality. Media needs no rule of its own, and the SDK's sounds are replaced by a quiet one of ours.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from callcenter.domain.telephony import BrowserLine

EDGES = ("tokyo", "singapore")
"""Where a browser joins Twilio's network: the nearest, then another should it fail."""

GATEWAYS = ("https://eventgw.twilio.com", "https://eventgw.us1.twilio.com")
"""The SDK takes the second once the edge has told it the home region, which is us1 unless a token says otherwise."""


WAYS_OUT = (
    f"呼び出し：{'、'.join(f'voice-js.{edge}.twilio.com' for edge in EDGES)}（TCP 443、WebSocket）",
    f"つながり具合の記録：{'、'.join(urlsplit(gateway).netloc for gateway in GATEWAYS)}（TCP 443）",
    "声：168.86.128.0/18（UDP 10000〜60000）",
    "声の通り道の確認：global.turn.twilio.com（UDP 3478、TCP 3478、TCP 443）",
    "どれも、内側から外への接続です。外から内への接続は、許可しないでください。",
)
"""From Twilio's pages on the network connectivity of its Voice SDKs and on its Network Traversal Service."""


def browser_line(simulator_url: str | None) -> BrowserLine:
    """Return the addresses of the simulator, or of Twilio."""
    if simulator_url is not None:
        return BrowserLine((simulator_url,), (simulator_url,), EDGES)
    hosts = tuple(f"wss://voice-js.{edge}.twilio.com" for edge in EDGES)
    sockets = tuple(f"{host}/signal" for host in hosts)  # as createSignalingEndpointURL of the SDK writes it
    return BrowserLine((*hosts, *GATEWAYS), ("mediastream:",), EDGES, sockets, WAYS_OUT)
