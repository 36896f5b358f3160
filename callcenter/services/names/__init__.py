"""Nicknames: given and corrected, found again by what was heard.

``nicknames`` keeps the names of a person; ``nickname_index`` the keys they are found by; ``nickname_search`` looks
somebody up, with the statements of ``nickname_queries``; ``nickname_reindex`` builds the index anew after a rule of
spelling changed. Uses ``trail``.

Begin with ``nickname_search.search``. How a name is spelled and ranked is ``domain.names``.
"""
