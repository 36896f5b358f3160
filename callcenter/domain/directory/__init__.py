"""Where else somebody may turn: institutions and other helplines.

``helplines`` reads the shipped table and knows which line answers now; ``institutions`` is an entry of the directory,
how it is read from a form and how one is found during a call. Uses ``calendar``, ``names`` for kana, and ``places``.

Begin with ``institutions.Entry``.
"""
