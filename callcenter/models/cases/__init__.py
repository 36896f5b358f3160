"""Cases, the people in them and their nicknames, and what belongs to both.

``cases`` holds ``Case``, ``Person`` and ``Nickname``; ``casework`` hand-overs, closings and who looks
at a case; ``continuity`` wishes, promises and caller codes; ``family`` shares, wall openings, consents and merges.
Uses ``staff`` and ``keys``.

Begin with ``cases``. A field of a person goes on to ``casefile.person.card``, which shows it,
``casefile.person.thread``, where it is typed, and ``services.keeping.disclosures``, which hands it out.
"""
