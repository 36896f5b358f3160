"""Odd requests over every route of the desk and of the telephone: ``make fuzz``."""
