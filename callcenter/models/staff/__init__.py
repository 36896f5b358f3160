"""Accounts and what they sign in with.

``accounts`` holds ``Staff``: login, role, contact, what waits until a call is over; ``signin`` passkeys, app secrets,
recovery codes, browsers that are signed in and failed sign-ins. Uses ``columns`` and ``keys``.

Begin with ``accounts.Staff``.
"""
