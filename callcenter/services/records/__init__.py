"""Consultation records on any channel: written, taken over, finished, opened, found unlinked.

``consultations`` opens drafts, saves them field by field (``record_fields``) and finishes them; ``drafts`` enters one
afterwards or takes up what was left behind; ``prefill`` takes over what was told before; ``unlinked`` lists what
belongs to nobody; ``referrals`` notes an institution; ``viewers`` who else has it open. Knows nothing of the
telephone. Uses ``access``, ``names``, ``directory``, ``trail`` and ``delivery``.

Begin with ``consultations``.
"""
