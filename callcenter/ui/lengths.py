"""Refusing what is too long from whoever has not signed in, before anything else looks at it."""

from __future__ import annotations

from flask import Flask, abort, request

from callcenter.domain.members.threads import LONGEST_TEXT
from callcenter.ui.access import Who, rule_here
from callcenter.ui.staff.forms import LONGEST_CREDENTIAL

LONGEST = 1_000
"""Characters of one field of a public page."""
LONGEST_ADDRESS = 4_000
LONGER = {"next": LONGEST_ADDRESS, "credential": LONGEST_CREDENTIAL, "text": 2 * LONGEST_TEXT}
"""Fields that take more; a consultation that is somewhat too long comes back with what to do."""


def install(app: Flask) -> None:
    """Refuse endless fields (413) ahead of the rate limits, which look at them, too; call it before other guards."""
    app.before_request(_refuse_endless)


def _refuse_endless() -> None:
    rule = rule_here()
    if rule is None or rule.who is not Who.PUBLIC:
        return
    if len(request.query_string) > LONGEST_ADDRESS or any(
        len(value) > LONGER.get(name, LONGEST) for name, value in request.form.items(multi=True)
    ):
        abort(413)
