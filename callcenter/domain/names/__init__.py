"""Names that were only heard: what counts as the same, and in which order candidates are read.

``nicknames`` turns a name into its forms and search keys; ``romaji`` and ``kana`` read letters and sounds;
``nickname_ranking`` orders what was found and gives each its reason; ``nickname_cues`` weighs what else was said.
Uses ``records`` for relations and ages.

Begin with ``nicknames``. Whoever changes a form raises ``nicknames.SPELLING``, so that the index is built anew
(``services.names``).
"""
