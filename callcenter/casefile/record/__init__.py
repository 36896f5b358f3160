"""The record as a form: its fields, writing and finishing it, who else writes, institutions told, drafts left behind.

Begin with ``form.py`` for what is asked, ``sheet.py`` for what is shown, ``writing.py`` for what is saved.
"""
