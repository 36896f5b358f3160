"""The pages of those who keep the installation: days, phrases, directory, accounts, retention, and the auditor's.

One module a subject, its forms in ``forms``. Every page says which action it is for (``@staff_who_may``). May import
``ui`` and all below; knows no other blueprint.

Begin with ``routes``, which lists the modules of views.
"""
