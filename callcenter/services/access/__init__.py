"""Whether somebody may, asked of the database; and opening with a reason what stays shut.

``reach`` writes the conditions of the permissions as SQL, for one row and for a list alike; ``break_glass`` opens a
record or a case for half an hour and has a supervisor look at it; ``on_the_line`` keeps shut what others of a family
said while one of them speaks with a counsellor. Uses ``trail`` and ``delivery``.

Begin with ``reach.check_record``, ``reach.check_case`` and, for a query, ``reach.records_allowed`` and
``reach.cases_allowed``.
"""
