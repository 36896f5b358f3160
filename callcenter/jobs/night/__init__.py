"""What the worker does once a night, between three and six in Japan, in small steps that leave room for calls.

``running`` leases a night's job and stores how it ended; ``retention``, ``members`` and ``call_log`` are such jobs.

Begin with ``retention``.
"""
