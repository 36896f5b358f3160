"""How long things stay, what is handed out of them, and the keys they are sealed with.

``retention`` lists what is due and lets it go, ``inactivity`` does so with members of the mail consultation, ``ageing``
walks through what is oldest; ``holds`` and ``member_holds`` keep something longer; ``disclosures`` puts a copy together
for the person it is about; ``keys`` and ``process_keys`` move everything to a new key of the ring. Uses ``cases``
(whose ``cases.shredding`` destroys), ``members``, ``misuse`` and ``records``.

Begin with ``retention.due``.
"""
