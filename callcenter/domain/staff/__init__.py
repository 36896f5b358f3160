"""Who works here: roles, and how they show who they are.

``roles`` names the roles and where a counsellor's calls ring; ``second_factor`` who needs one by when; ``guessable``
which passwords are refused; ``sign_in_delays`` what slows down guessing; ``browsers`` the kinds of browsers. What a
role may do is said in ``access.permissions``.

Begin with ``roles``.
"""
