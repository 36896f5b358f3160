"""Who a record is about: candidates by name, the card, names, wishes, the wall inside a family.

``page`` puts a record and its person together; ``finding`` looks a name up and says who it is; ``card`` is what is
read in two seconds. Uses ``record`` and ``case``.
"""
