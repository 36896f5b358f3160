"""Carrying the line: ringing counsellors, running errands, and showing that both are done.

``rounds`` what is done again and again; ``errand_pool`` runs errands a few at a time, so that none waits for a request
that hangs; ``pulse`` stores the worker's heartbeats; ``substitute`` does the rounds in a web process while no worker
does. Uses ``relay`` and ``loop``; the worker uses it.

Begin with ``rounds.ring_and_run_errands``.
"""
