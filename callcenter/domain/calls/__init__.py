"""A call from its arrival until somebody answers: states, waiting, who is rung.

``lifecycle`` holds the states of a call and of an offer (one ring of one counsellor) as tables of steps; ``waiting``
what somebody who waits hears next and when it must end; ``matching`` which free counsellor is rung for whom;
``webhook_urls`` the addresses the telephone company calls. The talk that follows is ``talks``. Uses ``calendar``
and ``policy``.

Begin with ``lifecycle``.
"""
