"""Cases: who called, what belongs together, and the work on it.

``cases`` opens one; ``linking`` says who a record was with; ``merging`` makes two one and parts them again;
``casework``, ``case_handovers`` and ``case_closing`` are the work; ``caseload`` the list; ``case_timeline`` what
happened on every channel; ``continuity`` and ``consents`` the thread; ``shredding`` the end. Knows nothing of the
telephone. Uses ``records``, ``names`` and ``access``.

Begin with ``case_access`` (finding one by its id, as somebody may) and ``wall``, the one way to a case's records.
"""
