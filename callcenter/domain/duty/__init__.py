"""What a counsellor is doing and may be doing next.

``presence`` holds the states of work (available, offered, on a call, wrap-up, away, offline), the reasons to be away,
and what comes after a call. Uses ``policy``.

Begin with ``presence.Work``. Another reason to be away is a member of ``presence.AwayReason`` and its word in
``ui.state_labels``.
"""
