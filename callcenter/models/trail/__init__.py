"""The audit trail: append-only entries, each tied to the one before by a keyed hash.

``audit`` holds the entries and the triggers that keep them as they are; ``audit_watch`` checks of the chain and the
heads that went outside. Written through ``services.trail`` only.

Begin with ``audit.AuditEntry``.
"""
