"""How fast the line is: ``make bench`` prints the figures of one run, side by side with reference applications.

Nothing here is a test with a time limit; machines differ, and ratios of one run say more than seconds.
"""
