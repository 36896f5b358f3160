"""``LineSetup`` at Twilio, read and written through its client."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

from callcenter.adapters.twilio.account_rules import (
    DIALING,
    RECORDING,
    WANTED_DIALING,
    Dialing,
    Field,
    Found,
    KeyKind,
    OriginNotPublic,
    Recording,
    Wanted,
    compare,
)
from callcenter.adapters.twilio.alert_words import UNSEEN, findings
from callcenter.adapters.twilio.client import TIMEOUT, TWILIO, Account, plain_errors
from callcenter.domain.telephony import LineGone, LineRefused, LineShut, SetupChange, SetupFinding
from callcenter.settings import Settings

if TYPE_CHECKING:
    from twilio.rest import Client

PARAMETERS = {
    Field.VOICE_URL: "voice_url",
    Field.VOICE_METHOD: "voice_method",
    Field.FALLBACK_URL: "voice_fallback_url",
    Field.STATUS_URL: "status_callback",
    Field.STATUS_METHOD: "status_callback_method",
    Field.APPLICATION: "voice_application_sid",
    Field.TRUNK: "trunk_sid",
}
"""Our words for the parts of a number, and the client's."""

RISKS = {
    "low_risk": "low_risk_numbers_enabled",
    "special": "high_risk_special_numbers_enabled",
    "toll_fraud": "high_risk_tollfraud_numbers_enabled",
}
COUNTRIES_A_PAGE = 300
MOST_ALERTS = 1000
"""As many as one request gives."""

KEY = "SK"
"""With this the SID of an API key begins."""

Answer = TypeVar("Answer")


def wanted(settings: Settings, *, any_origin: bool = False) -> Wanted:
    """Return the set-up that our settings ask for."""
    return Wanted(
        answered=settings.answered_numbers,
        caller_id=settings.caller_id_number,
        origin=settings.public_base_url,
        fallback_url=settings.fallback_url,
        any_origin=any_origin,
    )


@dataclass(frozen=True)
class TwilioSetup:
    """The set-up of one account; *tokens* are the auth tokens by which we verify Twilio's webhooks."""

    account: Account
    tokens: tuple[str, ...] = field(repr=False)
    wanted: Wanted

    def look(self) -> list[SetupFinding]:
        return compare(self.wanted, self.found())

    def check(self, changes: Sequence[SetupChange]) -> None:
        """Raise ``OriginNotPublic`` if an address would be written that Twilio cannot call."""
        public = self.wanted.origin.startswith("https://") or self.wanted.any_origin
        if not public and any(change.number for change in changes):
            raise OriginNotPublic

    def write(self, changes: Sequence[SetupChange]) -> None:
        for e164 in dict.fromkeys(change.number for change in changes if change.number):
            self.set_number(e164, {Field(change.part): change.value for change in changes if change.number == e164})
        parts = {change.part for change in changes if not change.number}
        if DIALING in parts:
            self.allow_dialing(WANTED_DIALING)
        if RECORDING in parts:
            self.stop_recording()

    def found(self) -> Found:
        """Return how the account is set up."""
        with plain_errors():
            numbers = {str(one.phone_number): _number(one) for one in self._client.incoming_phone_numbers.list()}
        state, seen = self._state(), _if_shown
        return Found(numbers, state, seen(self._dialing), seen(self._recording), seen(self._key))

    def set_number(self, e164: str, values: Mapping[Field, str]) -> None:
        """Set these settings of a number and leave the others alone."""
        with plain_errors():
            found = self._client.incoming_phone_numbers.list(phone_number=e164)
            wanted = {PARAMETERS[part]: value for part, value in values.items()}
            for one in (one for one in found if one.phone_number == e164):
                self._client.incoming_phone_numbers(one.sid).update(**wanted)

    def allow_dialing(self, wanted: Dialing) -> None:
        """Allow the account to ring what is *wanted* and nothing else."""
        now = self._dialing()
        with plain_errors():
            permissions = self._client.voice.v1.dialing_permissions
            if now.inherited != wanted.inherited:
                permissions.settings().update(dialing_permissions_inheritance=wanted.inherited)
                now = replace(now, inherited=wanted.inherited)
            differing = [
                country
                for country in sorted(now.low_risk | now.special | now.toll_fraud | wanted.low_risk)
                if any((country in getattr(now, kind)) != (country in getattr(wanted, kind)) for kind in RISKS)
            ]
            if differing:
                request = [
                    {"iso_code": country}
                    | {risk: str(country in getattr(wanted, kind)).lower() for kind, risk in RISKS.items()}
                    for country in differing
                ]
                permissions.bulk_country_updates.create(update_request=json.dumps(request))

    def stop_recording(self) -> None:
        """Delete the rule by which every call is recorded."""
        with plain_errors():
            self._client.voice.v2.recording_account_default_configuration().delete()

    def alerts(self, since: datetime) -> list[SetupFinding]:
        def ask() -> list[Any]:
            alerts, start = self._client.monitor.v1.alerts, since.astimezone(UTC)
            with plain_errors():
                return list(alerts.list(start_date=start, limit=MOST_ALERTS, page_size=MOST_ALERTS))

        found = _if_shown(ask)
        return [UNSEEN] if found is None else findings(Counter(_code(one.error_code) for one in found))

    def time(self) -> datetime | None:
        with plain_errors():
            address = f"{TWILIO}/2010-04-01/Accounts/{self.account.sid}/IncomingPhoneNumbers.json?PageSize=1"
            told = (self._client.request("GET", address, timeout=TIMEOUT).headers or {}).get("Date", "")
        try:
            return parsedate_to_datetime(told)
        except ValueError:
            return None

    def _owners(self) -> Iterator[Client]:
        """Return clients that log in as the account itself, with each auth token; these may see more than a key."""
        for token in self.tokens:
            yield replace(self.account, user=self.account.sid, secret=token).client

    def _state(self) -> str | None:
        """Return the account's state; None if no auth token fits."""
        for owner in self._owners():
            try:
                with plain_errors():
                    return str(owner.api.accounts(self.account.sid).fetch().status)
            except LineShut:
                continue
        return None

    def _key(self) -> KeyKind | None:
        """Return the kind of the key we use: the account sees a restricted one, and a main one sees all keys."""
        if not self.account.user.startswith(KEY):
            return KeyKind.NONE
        for owner in self._owners():
            try:
                with plain_errors():
                    if owner.iam.v1.api_key(self.account.user).fetch().policy:
                        return KeyKind.RESTRICTED
                    break
            except LineGone:
                return KeyKind.FOREIGN
            except (LineShut, LineRefused):
                continue
        return KeyKind.STANDARD if _if_shown(self._all_keys) is None else KeyKind.MAIN

    def _all_keys(self) -> bool:
        with plain_errors():
            return bool(self._client.api.accounts(self.account.sid).keys.list(limit=1))

    def _dialing(self) -> Dialing:
        with plain_errors():
            permissions = self._client.voice.v1.dialing_permissions
            countries = permissions.countries.list(page_size=COUNTRIES_A_PAGE)
            inherited = permissions.settings().fetch().dialing_permissions_inheritance

        def allowed(kind: str) -> frozenset[str]:
            return frozenset(str(one.iso_code) for one in countries if getattr(one, RISKS[kind]))

        return Dialing(allowed("low_risk"), allowed("special"), allowed("toll_fraud"), bool(inherited))

    def _recording(self) -> Recording:
        with plain_errors():
            services = self._client.intelligence.v2.services.list(limit=20)
            kept = self._client.recordings.list(limit=1)
        return Recording(
            by_default=self._records_by_default(),
            kept=bool(kept),
            transcribed=any(one.auto_transcribe for one in services),
        )

    def _records_by_default(self) -> bool:
        try:
            with plain_errors():
                self._client.voice.v2.recording_account_default_configuration().fetch()
        except LineGone:
            return False
        return True

    @property
    def _client(self) -> Client:
        return self.account.client


def _number(resource: Any) -> dict[Field, str]:
    return {part: getattr(resource, name) or "" for part, name in PARAMETERS.items()}


def _code(given: object) -> str:
    """Return Twilio's code of an alert; whatever else stands there is not shown."""
    return str(given) if str(given).isascii() and str(given).isdecimal() else "?"


def _if_shown(ask: Callable[[], Answer]) -> Answer | None:
    """Return what *ask* returns, or None where our key may not see it."""
    try:
        return ask()
    except (LineShut, LineRefused, LineGone):
        return None
