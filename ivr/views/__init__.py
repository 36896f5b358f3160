"""The addresses that Twilio asks, one module a moment of the call; a view reads, calls a service, answers.

``voice`` the caller's leg, ``queue`` waiting, ``offers`` the counsellor's leg, ``conference`` and ``hold`` the room,
``status`` the end. No rule and no phrase in here; may import what ``ivr`` may.

Begin with ``voice``.
"""
