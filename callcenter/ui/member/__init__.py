"""Members of the mail consultation, signed in beside staff and never mixed with them.

``guard`` who may open a member's page, their session and its form token. Uses ``services.members``.

Begin with ``guard``.
"""
