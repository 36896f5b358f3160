"""The audit trail's head as one line that is kept outside the machine.

``audit_heads`` writes and reads that line; entries, chain and checks are in ``models.trail`` and ``services.trail``.
"""
