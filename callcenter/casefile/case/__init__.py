"""A case: its page and timeline, work on it, the list of cases, finding one by name, opening with a reason, copies.

Begin with ``page.py``.
"""
