"""The calendar in the database: usual hours, holidays and the decisions about single days.

``opening_hours`` loads it and says how the line stands; ``special_days`` closes, shortens or opens a day and takes
that back. Uses ``delivery`` and ``trail``.

Begin with ``opening_hours.state``.
"""
