"""The line's phrases as operators changed them: versions, recordings, putting back.

``changed_phrases`` is read by the telephone through ``ivr.changed_words`` and written by ``admin``; ``speakable`` tells
which phrases could not be said. The rules of a phrase are ``domain.announcements``. Uses ``trail``.
"""
