"""The simulator's own page: a telephone to call from, its API, and browser devices over HTTP.

``control`` serves it, ``state`` is what it shows. Uses ``line``.
"""
