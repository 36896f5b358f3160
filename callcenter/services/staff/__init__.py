"""Accounts of those who work here: made, signed in, changed, ended.

``accounts`` keeps them; ``passwords``, ``second_factor``, ``passkeys`` and ``authenticators`` are what they show.
Uses ``delivery`` and ``trail``. What administrators do to the accounts of others is ``administration``.

Begin with ``accounts``.
"""
