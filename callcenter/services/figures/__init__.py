"""What is counted: months for reports, days for the live board.

``month_figures`` counts calls, records and openings by month; ``days`` today's calls and those of the same weekday
before. Only reads, and uses no other room. What the figures mean is ``domain.figures``.
"""
