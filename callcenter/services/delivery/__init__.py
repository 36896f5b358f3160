"""What goes outside and what comes back, so that every other room need only write a row.

``outbox`` errands, ``heavy_jobs`` long work, ``nightly`` and ``chores`` what recurs, all taken by ``leases``;
``heartbeats`` whether a worker is there; ``receipts`` webhooks taken in once; ``notices`` what a colleague has to see;
``alarms`` what must not go unnoticed, ``line_silence`` that the telephone company does not answer, ``self_checks`` what
was found before an opening; ``live`` hints to
open screens. The lowest room: uses no other.

Begin with ``outbox.put``; what is done with an errand is in ``jobs``.
"""
