"""The audit trail: written with every act, read by those who may, checked.

``audit`` records an act (codes and ids, never content) in the transaction it describes; ``entries`` and ``readers``
read it; ``audit_watch`` walks the chain and has its head carried outside. Uses ``delivery``.

Begin with ``audit.record``.
"""
