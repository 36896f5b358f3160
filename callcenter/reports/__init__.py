"""The supervisors' pages: the live board, colleagues' states, marked numbers, who opened what.

``board`` is the live board, ``board_data`` what it shows, ``day_chart`` its day by half hours, ``levels`` from when on
a figure stands out, ``roster`` and ``people`` who is at work; ``listening`` follows a talk, ``flags``, ``numbers`` and
``openings`` are what needs a reason. Every page says which action it is for (``@staff_who_may``). May import ``ui``
and all below; knows no other blueprint.

Begin with ``routes``, which lists the modules of views.
"""
