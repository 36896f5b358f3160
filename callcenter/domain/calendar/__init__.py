"""When the line is open, and how times are said in Japan.

``hours`` decides whether the line is open at a moment, why not, and when next; ``holidays_jp`` knows the national
holidays; ``closing`` tells a day that ended by the clock from one that was closed; ``times`` turns moments into
Japan's days and words. Uses ``announcements`` for what is spoken of a day.

Begin with ``hours.state_at``; every moment is aware and every rule thinks in Asia/Tokyo (``times``).
"""
