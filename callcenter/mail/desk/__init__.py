"""The staff's desk for mail consultation: the list, the writing room, approvals, and who a member is.

``inbox`` is the list, ``room`` where one consultation is read and answered, ``writing`` saves, ``sending`` shows the
reply as it will be read and sends it; ``approvals`` and ``joining`` are pages of their own. ``mail_desk`` is what this
desk supplies for the pages about records.

Begin with ``room``.
"""
