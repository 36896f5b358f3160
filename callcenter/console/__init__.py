"""The telephone desk: one page with the call bar, the line and the record at hand.

``talks`` are the buttons and words of a talk, ``duty`` is being there and away, ``misuse`` what is written of it.
``desk.py`` gathers what changes by itself, ``drawing.py`` draws it around a record, ``surroundings.py`` is what the
telephone adds to the pages of ``casefile``. Imports ``casefile`` and below, and no other blueprint.
Begin with ``board.py``.
"""
