"""Misuse of the line: the mark on a number (``flagged``) and writing an incident down (``incident``)."""
