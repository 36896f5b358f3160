"""Calls, offers and presence, and how the line as a whole is set.

``calls`` holds ``Call``, ``Offer`` (one ring of one counsellor; unique indexes decide who was first) and ``Presence``
(what a counsellor does); ``switches`` the switches of supervisors.

Begin with ``calls.Call``.
"""
