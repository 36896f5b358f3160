"""The staff's side of mail consultation: who answers, what they may read, the reply and its record.

``waiting`` the list, ``claims`` who answers, ``reading`` the one door to what was written, ``replying`` the reply
until it is sent, ``approving`` a supervisor's look at it; ``registration`` and ``joined`` who writes, ``joining`` who
they are among the cases; ``watching`` the alarms.

Begin with ``reading``.
"""
