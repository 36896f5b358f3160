"""Cases, the people in them and their nicknames, and what belongs to both.

``cases`` holds ``Case``, ``Person`` and ``Nickname``; ``casework`` hand-overs, closings and who looks at a case;
``continuity`` wishes, promises and caller codes; ``family`` shares, wall openings, consents and merges. Uses
``staff`` and ``keys``.

Begin with ``cases``.
"""
