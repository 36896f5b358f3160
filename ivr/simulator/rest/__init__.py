"""Twilio's REST API as far as the service uses it.

``door`` checks who asks, plays faults and writes the log; ``calls``, ``rooms`` and ``setup`` are the resources,
``resources`` their JSON. Uses ``line``.
"""
