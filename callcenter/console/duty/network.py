"""The access to Twilio's relays by which a counsellor's page finds out what its network lets through."""

from __future__ import annotations

from dataclasses import asdict

from flask import jsonify
from werkzeug.wrappers import Response

from callcenter.console.blueprint import bp
from callcenter.context import ports
from callcenter.domain.access.permissions import Action
from callcenter.domain.errors import HelplineError
from callcenter.domain.telephony import LineBusy, LineGone, LineRefused, LineUnknown
from callcenter.ui.access import me, staff_who_may
from callcenter.ui.staff.signin import limiter

RELAY_SECONDS = 120
"""How long the access holds; the check itself takes a few seconds."""


class NoRelays(HelplineError):
    """Raised when the telephone company names no relay."""

    message = "声の通り道は、いま確かめられません。電話会社の答えがありません。少しおいて、もう一度お試しください。"


@bp.post("/line/relays")
@staff_who_may(Action.ANSWER)
@limiter.limit("10 per 10 minutes", key_func=lambda: me().staff_id)
def line_relays() -> Response:
    """Return the relays with an access of my own for a check; it is stored and logged nowhere."""
    try:
        found = ports().telephony.relays(seconds=RELAY_SECONDS)
    except (LineBusy, LineGone, LineRefused, LineUnknown):
        raise NoRelays from None
    return jsonify(relays=[asdict(one) for one in found])
