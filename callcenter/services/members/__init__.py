"""Mail consultation: members, what they write, and the replies.

``own`` what a member has stored; ``accounts`` who they are; ``consulting`` and ``drafts`` what they write, ``own_data``
their copy of all of it; ``answering`` what staff do; ``mails`` which mail goes to whom; ``deleting`` the end of a
registration, by wish or by ``keeping.inactivity``. Uses ``records`` and ``cases``; of the telephone it knows only
whether somebody is with a caller.

Begin with ``own``, the one way to what a member has stored.
"""
