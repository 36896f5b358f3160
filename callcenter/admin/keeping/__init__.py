"""What is kept until when: cases and records in ``retention``, members of the mail consultation in ``members``.

Uses ``services.keeping``.

Begin with ``retention``.
"""
