"""A talk while it runs: what a counsellor may do, say and ask for.

``talk`` knows the buttons of a running call and when each is there; ``room`` what happens in the room both hear each
other in; ``supervision`` the ways a supervisor may take part; ``suggested_words`` words to say in one's own voice. Uses
``codes``.

Begin with ``talk``.
"""
