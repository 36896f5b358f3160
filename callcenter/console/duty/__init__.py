"""The counsellor's own state on the desk: being there, being rung, what comes after, saying that a call was hard.

Begin with ``my_state``.
"""
