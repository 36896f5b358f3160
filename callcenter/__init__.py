"""The desk: the rules of the helpline, its records, what is done with them, and the pages for people.

Everything but the telephone itself, which is ``ivr``; ``wsgi`` joins the two, and nothing in here imports ``ivr``.
The folders are floors, from the bottom up: ``domain``, ``models``, ``services`` beside ``adapters``, ``context``,
``ui``, ``casefile``, then the blueprints and the worker. A floor imports those below it only, which import-linter
enforces.

Begin with the subject: the same word (``calls``, ``cases``, ``staff`` …) names a room on every floor. The rule is in
``domain``, the table in ``models``, the use case in ``services``, the page in a blueprint. ``factory`` builds the
app.
"""
