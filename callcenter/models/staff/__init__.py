"""Accounts and what they sign in with.

``accounts`` holds ``Staff``: login, role, contact, what waits until a call is over; ``signin`` passkeys, app secrets
and recovery codes. Uses ``columns`` and ``keys``.

Begin with ``accounts.Staff``.
"""
