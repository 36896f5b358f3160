"""Alarms as the worker has a part in them: ``mails`` carries them outside, ``self_check`` looks before each opening,
``bulk_reading`` every minute at who opened what, ``waiting_mail`` every few seconds at mail that waits.

Whether something is an alarm is decided in ``services``. ``relay`` runs the mails, the worker the check.
"""
