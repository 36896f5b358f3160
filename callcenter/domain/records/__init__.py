"""The words of a consultation record: its code lists and what a finished one needs.

``record_codes`` holds the lists (relation, age, topic, outcome …), ``risk`` what is asked when a life may be in
danger, ``entering`` why a record was written down afterwards. A record is the same for telephone, mail and visits.
Uses ``calendar`` and ``places``.

Begin with ``record_codes``. Another outcome is one member of ``Outcome``; forms, figures and exports follow. Another
channel is one of ``Channel``, with an icon in ``casefile.words`` and, if it has a desk of its own, a ``ChannelDesk``.
"""
