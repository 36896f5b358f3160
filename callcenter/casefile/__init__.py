"""Pages that show a person, a record or a case, for every channel.

``record`` is the sheet that is written and what belongs to it, ``person`` the column beside it and what is done there,
``case`` the pages of a case; each may use those before it. Nothing here knows the telephone, mail or visits: what
differs between them (where a record's page is, what stands around it, what finishing means) is asked of
``channel_desk``, which the factory hands over. Imports ``ui`` and below; the blueprints above build on it.
Begin with ``person/page.py``, which gathers the page of a record.
"""
