"""Misuse of the line as the desk shows it: the mark on a caller's number, and writing an incident down.

Begin with ``incident`` for what is sent, ``flagged`` for what is shown.
"""
