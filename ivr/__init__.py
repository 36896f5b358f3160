"""The telephone: what Twilio asks and is told.

``views`` read a webhook and hand it to a service; ``scenes`` turn what was decided into what is to be said;
``scripts`` turn a scene into TwiML with the phrases of ``words``. ``signature`` guards every request, ``answer``
answers once and in time, also when the database is away (``stand_ins``). A sibling of the blueprints: may import
``callcenter.context`` and the floors below it, neither ``ui`` nor ``adapters``.

Begin with ``routes`` for the addresses, ``words`` for a sentence, ``scripts.waiting`` for what is heard in the queue;
when a position is worth saying is ``callcenter.domain.calls.waiting``.
"""
