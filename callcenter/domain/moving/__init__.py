"""Moving in from another system: a table of cases, row by row.

``case_table`` reads what a spreadsheet saved: its characters, rows and dates. Which codes a cell may hold and what a
row becomes is ``services.moving``.

Begin with ``case_table``.
"""
