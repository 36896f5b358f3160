"""Mail consultation as its members see it: registering, signing in, their own pages.

``registering`` and ``first`` lead to the first consultation, ``signing_in`` and ``resets`` to the member's own pages,
``account`` is what a member changes there. Uses ``services.members``; who is in is known to ``ui.member``.

Begin with ``routes``.
"""
