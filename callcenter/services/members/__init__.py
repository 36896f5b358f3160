"""Mail consultation: members, what they write, and the replies.

Uses ``records`` and ``cases``; of the telephone it knows only whether somebody is with a caller.

Begin with ``own``, the one way to what a member has stored.
"""
