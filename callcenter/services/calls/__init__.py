"""Calls until somebody answers: taken in, waiting, whom to ring.

``calls`` moves a call through its states; ``queue`` says who waits and what they hear next; ``dispatching`` rings
free counsellors; ``pull`` lets supervisors take new calls; ``unattended`` and ``long_waits`` tell supervisors that
nobody can come, or not soon; ``crowd`` how busy it is for the public page; ``cut_off`` calls that just broke off.
Knows nothing of cases. Uses ``duty``, ``misuse``, ``announcements``, ``calendar`` and what lies below them.

Begin with ``calls.arrive``, then ``queue``.
"""
