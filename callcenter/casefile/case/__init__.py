"""The pages of a case: list, page, work on it, finding one by name, opening with a reason, the copy for its subject.

``page`` gathers what is shown, ``work`` takes what was pressed, ``caseload`` is the list. Uses ``record``.
"""
