"""Who is at work: coming, going, being rung, and being cared for.

``presence`` moves a counsellor between states; ``availability`` holds the conditions of being on duty, of being
expected to come, and of being rung, for every query that asks; ``end_of_day`` empties the line after closing;
``care`` notes that a call was hard; ``breath`` tells after which call the next one waits. Knows nothing of cases. Uses
``calendar``, ``staff``, ``trail`` and ``delivery``.

Begin with ``availability`` for a question, ``presence`` for a change.
"""
