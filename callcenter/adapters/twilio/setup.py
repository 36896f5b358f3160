"""What is set up at Twilio, looked at and written through Twilio's own client."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from callcenter.adapters.twilio.account_rules import (
    DIALING,
    RECORDING,
    WANTED_DIALING,
    Dialing,
    Field,
    Found,
    OriginNotPublic,
    Recording,
    Wanted,
    compare,
)
from callcenter.adapters.twilio.client import Account, plain_errors
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

Answer = TypeVar("Answer")


def wanted(settings: Settings, *, any_origin: bool = False) -> Wanted:
    """Return what our settings ask for."""
    return Wanted(
        answered=settings.answered_numbers,
        caller_id=settings.caller_id_number,
        origin=settings.public_base_url,
        fallback_url=settings.fallback_url,
        any_origin=any_origin,
    )


@dataclass(frozen=True)
class TwilioSetup:
    """The set-up of one account; *tokens* are the auth tokens by which we know Twilio's webhooks."""

    account: Account
    tokens: tuple[str, ...] = field(repr=False)
    wanted: Wanted

    def look(self) -> list[SetupFinding]:
        return compare(self.wanted, self.found())

    def check(self, changes: Sequence[SetupChange]) -> None:
        """Let only an address be written that Twilio can call. ``OriginNotPublic``."""
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
        """Ask how the account is set up."""
        with plain_errors():
            numbers = {str(one.phone_number): _number(one) for one in self._client.incoming_phone_numbers.list()}
        return Found(numbers, self._state(), _if_shown(self._dialing), _if_shown(self._recording))

    def set_number(self, e164: str, values: Mapping[Field, str]) -> None:
        """Set these parts of a number and leave the others alone."""
        with plain_errors():
            found = self._client.incoming_phone_numbers.list(phone_number=e164)
            wanted = {PARAMETERS[part]: value for part, value in values.items()}
            for one in (one for one in found if one.phone_number == e164):
                self._client.incoming_phone_numbers(one.sid).update(**wanted)

    def allow_dialing(self, wanted: Dialing) -> None:
        """Let the account ring what is *wanted* and nothing else; its own rule first, else it counts for nothing."""
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
        """Drop the rule by which every call is recorded."""
        with plain_errors():
            self._client.voice.v2.recording_account_default_configuration().delete()

    def _state(self) -> str | None:
        """Ask with each auth token, as only these may see the account itself."""
        for token in self.tokens:
            try:
                with plain_errors():
                    owner = replace(self.account, user=self.account.sid, secret=token).client
                    return str(owner.api.accounts(self.account.sid).fetch().status)
            except LineShut:
                continue
        return None

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


def _if_shown(ask: Callable[[], Answer]) -> Answer | None:
    """Return what was asked for, or None where our key is not let see it."""
    try:
        return ask()
    except (LineShut, LineRefused, LineGone):
        return None
