"""The telephone desk: the counsellor's one page with the queue, the call bar and a record in the middle.

``board`` serves the page and its parts, ``desk`` gathers what they show, ``drawing`` draws it around a record of
``casefile``; ``telephone_desk`` is what the record's pages ask of it. May import ``casefile``, ``ui`` and all below;
knows no other blueprint.

Begin with ``board``; the buttons of a running call are ``talks.controls``, being there or away is ``duty.my_state``.
"""
