"""What administrators and operators do to accounts and to the set-up.

``staff_accounts`` makes and changes other people's accounts, and ``role_requests`` holds the roles that wait for a
second person; ``duty_changes`` takes somebody off the line, waiting
for the end of a call where it must; ``line_setup`` and ``policy_history`` note what was set at the telephone company
and in the settings. Uses ``talks``, ``duty``, ``staff``, ``trail`` and ``delivery``.

Begin with ``staff_accounts``.
"""
