"""Mail addresses of members: what is taken, in which form it is compared, and how one is written to.

Nothing is looked up: an address is checked by its form alone, and its mail says the rest.
"""

from __future__ import annotations

import re

from callcenter.domain.errors import HelplineError
from callcenter.domain.normalising import normalised
from callcenter.domain.typed_text import visible

LONGEST = 254
"""Characters, as of RFC 5321."""

CARRIERS = frozenset(
    {"docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp", "disney.ne.jp"}
    | {f"{area}.vodafone.ne.jp" for area in "cdhknqrst"}
)
"""Carriers whose old addresses may hold dots where RFC 5321 allows none."""

_OLD_LOCAL = re.compile(r"[A-Za-z0-9._+?/-]{1,64}")


class AddressRefused(HelplineError):
    """Raised for what is no mail address that we can write to; the sentence says how to mend it."""

    message = "メールアドレスをご確認ください。「@」の左と右を、半角の英数字で入れてください。"
    field = "address"


class AddressesDiffer(HelplineError):
    """Raised when the address was not typed the same twice."""

    message = "メールアドレスをご確認ください。2つの欄が違っています。同じものを、もう一度入れてください。"
    field = "address_again"


def read(typed: str, *, accept_legacy_carrier: bool = False) -> str:
    """Return the address as it is stored; ``AddressRefused`` with one thing to mend."""
    if len(typed) > LONGEST:
        raise AddressRefused("メールアドレスをご確認ください。長すぎて、お送りできません。")
    address = normalised(visible(typed)).strip()
    if not address:
        raise AddressRefused("メールアドレスを入れてください。")
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise AddressRefused("メールアドレスをご確認ください。「@」の左と右の両方が要ります。")
    if any(sign.isspace() or ord(sign) < 32 or sign in '<>,;:\\"()' for sign in address):
        raise AddressRefused("メールアドレスをご確認ください。空白や「,」「<」などの記号は、お使いになれません。")
    if not local.isascii():
        raise AddressRefused("メールアドレスをご確認ください。「@」の左は、半角の英数字だけでお願いします。")
    if _has_loose_dots(local):
        return _old_carrier(local, domain.lower(), accepted=accept_legacy_carrier)
    return _checked(address)


def same(one: str, other: str) -> bool:
    """Return whether two stored addresses are the same mailbox as far as that can be told."""
    return compared(one) == compared(other)


def compared(address: str) -> str:
    """Return the form under which a stored address is looked up: every provider we know ignores case."""
    return address.lower()


def as_recipient(address: str) -> str:
    """Return the stored address as a mail server takes it: what RFC 5321 forbids as bare text is quoted."""
    local, _, domain = address.rpartition("@")
    return f'"{local}"@{domain}' if _has_loose_dots(local) else address


def masked(address: str) -> str:
    """Return as much of an address as its owner knows it by, for a page that others might see."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _has_loose_dots(local: str) -> bool:
    return local.startswith(".") or local.endswith(".") or ".." in local


def _old_carrier(local: str, domain: str, *, accepted: bool) -> str:
    """Take an old carrier's address where the operator wants that, else say why not."""
    if accepted and domain in CARRIERS and _OLD_LOCAL.fullmatch(local):
        return f"{local}@{domain}"
    where = "「@」のすぐ左が点になっています" if local.endswith(".") else "「@」の左に点が続いています"
    if local.startswith("."):
        where = "点から始まっています"
    raise AddressRefused(f"メールアドレスをご確認ください。{where}。ほかのアドレスをお試しください。")


def _checked(address: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # heavy: only who registers pays for it

    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise AddressRefused from None
    return found.ascii_email or found.normalized
