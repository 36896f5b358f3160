"""The person a record is about: candidates, the card, names, what is noted for the next time, the family's wall.

Begin with ``page.py``: it gathers the record and its person. Every act here answers through ``page.gather_answer``.
"""
