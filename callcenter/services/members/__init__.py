"""Mail consultation: members, what they write, and the replies.

``own`` what a member has stored; ``consulting`` and ``drafts`` what they write; ``own_data`` their copy of all of it;
``mails`` which mail goes to whom; ``deleting`` the end of a registration. Uses ``records`` and ``cases``; knows nothing
of the telephone.

Begin with ``own``, the one way to what a member has stored.
"""
