"""The world outside, one module a thing: each fulfils a Protocol of ``domain.ports`` or ``domain.telephony``.

Stands beside ``services`` and knows nothing of them; may import ``models``, ``settings`` and ``domain``, and the
vendors' libraries, which nobody else does. ``wsgi`` chooses which adapter is used; tests fake the Protocol.

Begin with the Protocol in ``domain.ports``, for the telephone in ``domain.telephony``. Another telephone company is a
package beside ``twilio``.
"""
