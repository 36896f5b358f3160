"""TwiML as pure functions of a scene: no database, no Flask, no clock, no address that is not in the scene.

``arrival`` what is heard first, ``waiting`` in the queue, ``offers`` by the counsellor who is rung, ``room`` in the
talk, ``ending`` at the end; ``parts`` what they share. May import ``ivr.words``, ``ivr.changed_words`` and
``callcenter.domain``.

Begin with the script of the moment, then its scene in ``ivr.scenes``.
"""
