"""How long things are kept, and what is handed out of them.

``retention`` says for each class of record how long it stays and what may hold it back; ``disclosure`` which parts of
a case go into the copy for the person it is about (開示請求). Uses ``records`` and ``policy``.

Begin with ``retention``: the years are ``Policy.phone_record_years`` and
``visit_record_years``, holds are decisions of a supervisor.
"""
