"""Codes of an app, recovery codes and passkeys: what counts, once, and what the trail keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.adapters import checkup
from callcenter.crypto import KeyMissing, KeyRing
from callcenter.domain.staff.roles import Role
from callcenter.domain.staff.second_factor import (
    CodeUsed,
    Demand,
    IdentityCheck,
    LastFactor,
    ResetReason,
    TooManyMisses,
    WrongCode,
    delay_after,
    due,
    plain,
)
from callcenter.models.delivery.notices import Notice
from callcenter.models.keys import DataKey, lend_ring, ring_of
from callcenter.models.staff.accounts import Staff
from callcenter.models.staff.signin import RecoveryCode, SecondFactor
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.keeping import keys
from callcenter.services.staff import passkeys, second_factor
from callcenter.services.trail import audit
from callcenter.services.trail.audit import OPERATOR, staff_member
from tests.integration.people import NOW, member
from tests.integration.staff.test_passkeys import SITE, with_passkey
from tests.passkey import Device

AT = datetime(2026, 11, 20, 9, 0, 5, tzinfo=UTC)
STEP = timedelta(seconds=30)


def shown(secret: str, at: datetime = AT) -> str:
    """What the person's app shows at that moment."""
    return pyotp.TOTP(secret).at(at)


def with_app(session: Session, staff: Staff) -> str:
    secret = second_factor.offer_secret(session, staff)
    second_factor.confirm(session, staff, shown(secret), now=NOW, at=AT)
    return secret


def check(session: Session, staff: Staff, code: str, at: datetime = AT) -> str:
    return second_factor.check(session, staff, code, now=NOW, at=at)


def actions(session: Session) -> list[str]:
    session.commit()
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


# ------------------------------------------------------------------ the app's codes


def test_a_secret_counts_only_once_its_app_has_shown_a_code(session: Session) -> None:
    staff = member(session, "tanto07")
    secret = second_factor.offer_secret(session, staff)
    assert second_factor.offer_secret(session, staff) == secret
    with pytest.raises(WrongCode):
        second_factor.confirm(session, staff, "000000", now=NOW, at=AT)
    assert not second_factor.factors_of(session, staff).any
    second_factor.confirm(session, staff, shown(secret), now=NOW, at=AT)
    assert second_factor.factors_of(session, staff).app_since == NOW


def test_the_same_code_is_taken_once(session: Session) -> None:
    staff = member(session, "tanto07")
    secret = with_app(session, staff)
    with pytest.raises(CodeUsed):
        check(session, staff, shown(secret))  # it had confirmed the app
    later = AT + STEP
    assert check(session, staff, shown(secret, later), later) == "app"
    with pytest.raises(CodeUsed):
        check(session, staff, shown(secret, later), later)
    with pytest.raises(CodeUsed):
        check(session, staff, shown(secret, AT), later)  # nor an older one after a newer


@pytest.mark.parametrize("steps, taken", [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephones_clock_may_be_one_step_off(session: Session, steps: int, taken: bool) -> None:
    staff, later = member(session, "tanto07"), AT + timedelta(hours=1)
    code = shown(with_app(session, staff), later + steps * STEP)
    if taken:
        assert check(session, staff, code, later) == "app"
    else:
        with pytest.raises(WrongCode):
            check(session, staff, code, later)


def test_guesses_are_slowed_down_and_nobody_is_locked_out_for_good(session: Session) -> None:
    staff = member(session, "tanto07")
    secret, at = with_app(session, staff), AT + timedelta(hours=1)
    for _ in range(5):
        with pytest.raises(WrongCode):
            check(session, staff, "nonsense", at)
    with pytest.raises(TooManyMisses, match="1分ほど"):
        check(session, staff, shown(secret, at), at)  # not even the right one is looked at
    at += timedelta(minutes=1)
    assert check(session, staff, shown(secret, at), at) == "app"
    at += timedelta(minutes=1)
    with pytest.raises(WrongCode):
        check(session, staff, "nonsense", at)  # the right code began the count anew
    assert max(delay_after(misses) for misses in range(1000)) == timedelta(minutes=15)


def test_the_secret_is_sealed_and_survives_a_rotation_of_the_ring(session: Session, ring: KeyRing) -> None:
    staff = member(session, "tanto07")
    secret = with_app(session, staff)
    row = session.scalars(select(SecondFactor)).one()
    assert secret.encode() not in (row.secret_sealed or b"")
    newer = KeyRing((*KeyRing.fresh("newer").keys, *ring.keys))
    lend_ring(session, newer)
    while keys.rotate(session, by=OPERATOR, now=NOW):
        session.commit()
    lend_ring(session, KeyRing(newer.keys[:1]))
    session.expire_all()
    assert check(session, staff, shown(secret, AT + STEP), AT + STEP) == "app"
    lend_ring(session, ring)


def test_a_new_app_replaces_the_old_one_when_it_is_confirmed(session: Session) -> None:
    staff, later = member(session, "tanto07"), AT + timedelta(hours=1)
    old = with_app(session, staff)
    new = second_factor.offer_secret(session, staff)
    assert check(session, staff, shown(old, later), later) == "app"
    second_factor.confirm(session, staff, shown(new, later), now=NOW, at=later)
    later += STEP
    with pytest.raises(WrongCode):
        check(session, staff, shown(old, later), later)
    assert check(session, staff, shown(new, later), later) == "app"


# ------------------------------------------------------------------ recovery codes


def test_ten_recovery_codes_each_count_once(session: Session) -> None:
    staff = member(session, "tanto07")
    with_app(session, staff)
    codes = second_factor.new_codes(session, staff, now=NOW)
    assert len(set(codes)) == 10
    assert check(session, staff, f" {codes[3].upper().replace('-', ' ')} ") == "recovery"
    with pytest.raises(CodeUsed, match="予備コード"):
        check(session, staff, codes[3])
    assert second_factor.factors_of(session, staff).codes_left == 9
    second_factor.new_codes(session, staff, now=NOW)
    with pytest.raises(WrongCode):
        check(session, staff, codes[4])


def test_only_keyed_hashes_of_recovery_codes_are_kept(session: Session) -> None:
    first, second = member(session, "tanto07"), member(session, "tanto08")
    codes = second_factor.new_codes(session, first, now=NOW)
    kept = session.scalars(select(RecoveryCode.digest)).all()
    assert all(len(digest) == 32 and plain(code).encode() not in digest for digest in kept for code in codes)
    with pytest.raises(WrongCode):
        check(session, second, codes[0])  # nor do they open another account


# ------------------------------------------------------------------ letting go


def test_the_only_factor_stays_where_one_is_required(session: Session) -> None:
    staff, device = member(session, "tanto07"), Device()
    with_app(session, staff)
    with pytest.raises(LastFactor):
        second_factor.remove_app(session, staff, required=True, now=NOW)
    row = with_passkey(session, staff, device)
    second_factor.remove_app(session, staff, required=True, now=NOW)
    with pytest.raises(LastFactor):
        passkeys.remove(session, staff, row.id, required=True, now=NOW)
    second_factor.new_codes(session, staff, now=NOW)
    passkeys.remove(session, staff, row.id, required=False, now=NOW)
    assert second_factor.factors_of(session, staff) == second_factor.Factors(None, (), 0)


def test_nobody_removes_somebody_elses_passkey(session: Session) -> None:
    staff, other = member(session, "tanto07"), member(session, "tanto08")
    row = with_passkey(session, staff, Device())
    passkeys.remove(session, other, row.id, required=False, now=NOW)
    assert len(second_factor.factors_of(session, staff).passkeys) == 1


def test_accounts_that_a_password_alone_opens_are_counted(session: Session) -> None:
    a, _, gone = member(session, "a"), member(session, "b"), member(session, "c")
    gone.active = False
    assert second_factor.count_without(session) == 2
    with_app(session, a)
    assert second_factor.count_without(session) == 1
    finding = checkup.second_factors(1)
    assert (finding.well, finding.doubt, "1人が" in finding.sentence) == (True, True, True)
    assert not checkup.second_factors(0).doubt


def test_a_reset_destroys_every_factor_and_tells_the_others(session: Session) -> None:
    staff, boss = member(session, "tanto07"), member(session, "kanri", Role.ADMINISTRATOR)
    watcher = member(session, "tokatsu", Role.SUPERVISOR)
    secret, token = with_app(session, staff), staff.session_token
    with_passkey(session, staff, Device())
    second_factor.new_codes(session, staff, now=NOW)
    key = session.get_one(DataKey, session.scalars(select(SecondFactor.data_key_id)).one())
    by = staff_member(boss.id)
    second_factor.reset(session, staff, ResetReason.LOST, IdentityCheck.IN_PERSON, by=by, now=NOW)
    assert not second_factor.factors_of(session, staff).any
    assert second_factor.factors_of(session, staff).codes_left == 0
    assert staff.session_token != token
    with pytest.raises(KeyMissing):
        key.unwrap(ring_of(session))
    with pytest.raises(WrongCode):
        check(session, staff, shown(secret, AT + STEP), AT + STEP)
    assert session.scalars(select(Notice.staff_id).where(Notice.kind == "staff.factor_reset")).all() == [watcher.id]
    assert due(Demand(required=True), staff.second_factor_by, now=NOW)


def test_every_step_is_in_the_trail_and_the_chain_holds(session: Session) -> None:
    staff, device = member(session, "tanto07"), Device()
    secret = with_app(session, staff)
    codes = second_factor.new_codes(session, staff, now=NOW)
    check(session, staff, codes[0])
    with pytest.raises(WrongCode):
        check(session, staff, "nonsense")
    row = with_passkey(session, staff, device)
    second_factor.remove_app(session, staff, required=False, now=NOW)
    passkeys.remove(session, staff, row.id, required=False, now=NOW)
    second_factor.reset(session, staff, ResetReason.LOST, IdentityCheck.CALLED_BACK, by=OPERATOR, now=NOW)
    assert actions(session) == [
        "staff.app_add",
        "staff.recovery_codes",
        "staff.recovery_code",
        "staff.code_refused",
        "staff.passkey_add",
        "staff.app_remove",
        "staff.passkey_remove",
        "staff.factor_reset",
    ]
    assert audit.verify(session) is None
    facts = " ".join(map(str, session.scalars(select(AuditEntry.facts))))
    assert not any(kept in facts for kept in (secret, plain(codes[0]), "nonsense", "tanto07"))


def test_unanswered_questions_do_not_pile_up(session: Session) -> None:
    from callcenter.models.staff.signin import PasskeyChallenge

    for minutes in range(0, 60, 10):
        passkeys.ask_for_known(session, SITE, at=AT + timedelta(minutes=minutes))
    assert session.scalar(select(func.count()).select_from(PasskeyChallenge)) == 1
