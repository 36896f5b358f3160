"""The rules in plain Python: no framework, no database, no clock, no request.

A rule is a function of values that are handed in, the moment among them, so each is tested without anything around
it. May import the standard library and ``callcenter.data``. Whatever touches the world is a Protocol in ``ports``
(for the telephone: ``telephony``) that an adapter fulfils.

Begin with ``codes`` (lists of codes and their Japanese labels), ``errors`` (a rule that was not met) and ``policy``
(what the operator may choose,
with the defaults); then the room of the subject.
"""
