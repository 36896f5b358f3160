"""What every page shares: who may open it, signing in, forms, words for states, errors, headers.

``access`` says and enforces who may open a view, ``frame`` the head of the staff's pages, ``forms`` and ``form_words``
how forms speak, ``state_labels`` what a state is called and looks like, ``filters`` how dates and numbers are written,
``install`` puts it all onto the app. May import ``context``, ``services`` and all below; knows no blueprint.

Begin with ``access``; ``kit`` is what a view needs line by line.
"""
