"""Accounts of those who work here: made, signed in, changed, ended.

``accounts`` keeps them; ``passwords``, ``second_factor``, ``passkeys`` and ``authenticators`` are what they show,
``sign_in_delays`` slows guessing down, ``browser_sessions`` are the browsers that are signed in.
Uses ``delivery`` and ``trail``. What administrators do to the accounts of others is ``administration``.

Begin with ``accounts``.
"""
