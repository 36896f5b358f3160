"""What is counted, in the field's own terms.

``answering`` computes rates and averages of a telephone service from plain counts; ``half_hours`` lays a day's calls
out beside what is usual. Pure arithmetic; the counts come from ``services.figures``. Uses ``calls`` and ``calendar``.

Begin with ``answering``.
"""
