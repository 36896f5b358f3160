"""Mail consultation: members, what they write, and the replies.

Uses ``records`` and ``cases``; knows nothing of the telephone.

Begin with ``own``, the one way to what a member has stored.
"""
