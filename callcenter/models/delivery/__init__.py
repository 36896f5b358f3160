"""What is to be done outside or later, kept in the database so that no restart loses it.

``outbox`` errands for the telephone, mail and the rest; ``heavy_jobs`` long work with its progress; ``nightly`` and
``chores`` what recurs; ``heartbeats`` of the worker; ``notices`` what a colleague has to see; ``alarms`` what whoever
leads the line must come to know at once, ``self_checks`` what was found before an opening. Uses ``leases``.

Begin with ``outbox.OutboxMessage``.
"""
