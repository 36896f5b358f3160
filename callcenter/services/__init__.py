"""Use cases: what the helpline does, one module a subject.

A service takes a session and the moment, changes rows, writes the trail and the errands of the outbox, and never
commits; the view, the command or the worker does. It sees no request, no Twilio and no job queue. May import
``models``, ``crypto``, ``settings`` and ``domain``. Rooms use those below them, in the order that pyproject.toml
gives.

Begin with the room of the subject; who may do it is asked of ``domain.access.permissions`` and ``access.reach``.
"""
