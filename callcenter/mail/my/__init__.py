"""A member's own pages: letters and replies, writing, drafts, their record as a file, and leaving.

``home`` lists the letters and ``letters`` shows one; ``writing`` takes what is written, which ``drafts`` keeps until
it is sent; ``records`` and ``leaving`` ask for the password anew (``proof``). ``words`` says how everything is told.
Whatever a member has stored comes by ``services.members.own``.

Begin with ``writing``.
"""
