"""Members of the mail consultation and what they write; every text is sealed with the member's own data key.

``accounts`` members, their numbers, links and sessions; ``threads`` consultations, messages and drafts. Uses ``keys``
and ``staff``; nothing here points to a case: a member is joined to a person by ``accounts.MemberJoin`` alone.

Begin with ``accounts.Member``.
"""
