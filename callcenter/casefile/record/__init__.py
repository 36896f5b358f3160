"""The record itself: its form, writing in it, reading it, what stands beside its fields.

``sheet`` is a record as its form shows it, ``form`` which codes are asked in which order, ``writing`` saves and
finishes. The lowest room of this floor.
"""
