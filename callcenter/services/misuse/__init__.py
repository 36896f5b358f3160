"""Calls that misuse the line: written down, marked, blocked, and lifted again.

``flags`` marks and blocks a number by a keyed hash; ``incidents`` keeps what was said in exact words;
``caller_numbers`` shows a number once, with a reason. A number is never a way to find a person. Uses ``records``,
``delivery`` and ``trail``.

Begin with ``flags``.
"""
