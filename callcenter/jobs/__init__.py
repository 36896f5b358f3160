"""The worker: errands of the outbox, what recurs, nightly work and heavy jobs.

``worker`` runs the routines of ``loop``; ``relay`` carries the outbox out, each topic by its handler in ``errands``,
``participants``, ``listening``, ``audit_heads`` or ``alarms``; ``night`` holds what is done once a night; ``heavy``
takes long work by id, such as ``reindex``. Beside the blueprints: may import ``context``, ``services``, ``adapters``
and all below, no ``ui``.

Begin with ``worker``. Another errand is a function with ``@handles("topic")``.
"""
