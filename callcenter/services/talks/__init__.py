"""Talks: ringing a counsellor, the room both are in, and what happens to it.

``ringing`` the life of an offer until it is claimed; ``room`` who joined and left; ``participants`` hold, mute and
announcements; ``consult`` and ``handover`` a colleague's help; ``supervision`` and ``takeover`` the supervisor's,
``summons`` calls one; ``quality`` how well the voices were carried; ``silent_calls`` and ``reconciliation`` what no
news came of; ``roster`` who is in which talk. Knows nothing of cases. Uses ``calls``, ``duty``,
``misuse`` and ``records``.

Begin with ``room``.
"""
