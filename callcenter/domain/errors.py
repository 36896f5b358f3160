"""The base of every error that a rule of the helpline raises.

A blueprint's error handler turns a ``HelplineError`` into a page or a form message,
and ``ivr`` into a spoken sentence, so a service raises and never formats.
"""

from __future__ import annotations


class HelplineError(Exception):
    """A rule of the helpline was not met; ``message`` is a sentence in Japanese for the reader."""

    message = "うまくいきませんでした。もう一度お試しください。"
    field: str | None = None
    """The field of a form that it is about, where it is about one."""

    def __init__(self, message: str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(self.message)
