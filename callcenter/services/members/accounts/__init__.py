"""A member's account: registering, the user number, links in mails, signing in, and what they change themselves.

``registering`` begins one; ``numbers`` and ``links`` find whose it is, ``hashes`` says by which keyed hash;
``sessions`` and ``signing_in`` let its member in; ``passwords`` and ``settings`` are what a member changes.

Begin with ``registering``.
"""
