"""Moving in: cases from a table, and the invented people of a trial installation.

``case_import`` takes all rows or none; ``demo`` fills an empty installation with what ``demo_stories`` tells. Uses
``cases``, ``names``, ``records``, ``staff``, ``calendar`` and ``trail``.
"""
