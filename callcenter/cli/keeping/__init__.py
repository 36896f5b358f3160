"""Commands about what is kept how long, under which key, and what is handed out of it.

Begin with ``retention``.
"""
