"""What keeps a record beyond its period, what was destroyed, and who holds which key.

``retention`` holds ``RetentionHold``, ``Purge`` (the proof that something is gone) and the one count that outlives a
case; ``process_keys`` which process knows which keys of the ring. Uses ``keys`` and ``staff``.

Begin with ``retention``.
"""
