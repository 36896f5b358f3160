"""Signing in and staying signed in: password, second factor, session, one's own safety.

``signin`` is the door, ``login_flow`` the steps behind it, ``second_step`` the second factor, ``session_timeout`` how
long it lasts, ``safety`` the page of one's own password and passkeys. Uses ``services.staff``.

Begin with ``login_flow``.
"""
