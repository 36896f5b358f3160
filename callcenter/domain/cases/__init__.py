"""A case: one person's or family's thread, and the wall inside it.

``wall`` decides what of a case may surface while one of its people is on the line; ``linking`` how sure it is who
called; ``states`` open, closed and handed over; ``continuity`` wishes, promises and the usual counsellor. Uses
``records``.

Begin with ``wall`` before showing anything of a case anywhere.
"""
