"""Calls until somebody answers: taken in, waiting, whom to ring.

``calls`` moves a call through its states; ``queue`` says who waits and what they hear next; ``dispatching`` rings
free counsellors; ``reserved`` keeps a caller whose counsellor's browser was lost; ``pull`` lets supervisors take new
calls; ``unattended``, ``escalation`` and ``long_waits`` tell supervisors that nobody can come, that rings stay
unanswered, or that somebody waits long; ``crowd`` how busy it is for the public page; ``cut_off`` calls that just broke
off. Knows nothing of cases. Uses ``duty``, ``misuse``, ``announcements``, ``calendar`` and what lies below them.

Begin with ``calls.arrive``, then ``queue``.
"""
