"""What TwiML may say: a checker stricter than Twilio, its tables, and how long speech takes.

Begin with ``checker``; ``tables`` are verbs, attributes and nesting. Uses nothing else.
"""
