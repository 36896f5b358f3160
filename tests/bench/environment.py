"""The settings under which a run's own processes work."""

from __future__ import annotations

import os

from tests.desk import FIELD_KEYS
from tests.line import ACCOUNT


def environment(database_url: str, **more: str) -> dict[str, str]:
    """Return the environment for web and worker on *database_url*."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/"),
        "DATABASE_URL": database_url,
        "SECRET_KEY": "secret of the bench",
        "FIELD_KEYS": FIELD_KEYS,
        "TWILIO_ACCOUNT_SID": ACCOUNT.sid,
        "TWILIO_AUTH_TOKEN": ACCOUNT.auth_token,
        "TWILIO_API_KEY": ACCOUNT.api_key,
        "TWILIO_API_SECRET": ACCOUNT.api_secret,
        "CALLER_ID_NUMBER": "+815000000000",
    } | more
