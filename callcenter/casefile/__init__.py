"""Pages that show a record, a person or a case, on whatever channel the contact was.

Used by the telephone desk and, when they come, by mail and visits; no word of the telephone in here. What differs by
channel is asked of ``surroundings``. May import ``ui`` and all below it; the blueprints above use its pieces.

Begin with ``person.page`` (a record with the person it is about), ``case.page`` and ``record.writing``.
"""
