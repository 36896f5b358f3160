"""The call bar: what can be done and said in a running talk, and who follows it.

Begin with ``controls`` for the buttons, ``bar`` for what they show.
"""
