"""Tables and nothing else: columns, relations, sealed texts. What is done with rows is ``services``.

``base`` is the declarative base, the engine's rules and the one handle to the database; ``columns`` the column types
that SQLite and PostgreSQL store alike; ``keys`` how free text about a person is sealed; ``leases`` the columns of a
row that one process works on at a time; ``tables`` imports every module, for migrations. May import ``crypto``,
``settings`` and ``domain``; portable SQL only.

Begin with ``base``, then the room or module of the subject. A new column needs a numbered migration beside it.
"""
