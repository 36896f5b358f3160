"""Carrying the line: ringing counsellors and running errands.

``rounds`` what is done again and again; ``errand_pool`` runs errands a few at a time, so that none waits for a request
that hangs. Uses ``relay`` and ``loop``; the worker uses it.

Begin with ``rounds.ring_and_run_errands``.
"""
