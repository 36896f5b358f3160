"""The directory of institutions: entries, their history, looking something up.

``institutions`` keeps the shipped helplines up to date beside what was changed by hand. Uses ``trail``. Noting on a
record that a caller was told of one is ``records.referrals``.
"""
