"""Who may do what, and how what stays shut is opened with a reason.

``permissions`` is the whole table of role, action and condition; nothing else in the program decides by a role.
``break_glass`` says how long an opening lasts and by when a supervisor has looked at it. Uses ``staff`` for the
roles.

Begin with ``permissions.RULES``. Another role is a member of ``staff.roles.Role``, its ways here and its name in
``ui.state_labels``.
"""
