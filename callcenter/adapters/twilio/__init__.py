"""Twilio: what we ask of it, and how its account has to be set up; what it asks of us is ``ivr``.

Another telephone company is another package beside this one that fulfils ``Telephony``, ``LineSetup``,
``VoiceTokens`` and ``BrowserLine`` of ``domain.telephony``, and another ``ivr``; ``wsgi`` says which is used.
"""
