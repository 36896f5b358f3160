"""The simulated exchange: legs, queues, rooms, the TwiML interpreter, and the webhooks it sends.

``engine`` is what tests and the page drive; ``exchange`` time, legs and post; ``interpreter`` plays documents with
``verbs``, ``queues`` and ``rooms``; ``webhooks`` sends them signed. Imports nothing but ``ivr.simulator``.

Begin with ``engine``.
"""
