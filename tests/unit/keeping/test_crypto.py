"""What is sealed opens at its own place with its own key, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter import crypto
from callcenter.crypto import KeyMissing, KeyRing, KeyUnusable, Place, SealBroken

HERE = Place("cases", "summary_sealed", "0198")
KEY = crypto.new_key()
texts = st.text(max_size=200)
names = st.text(alphabet="abcdef_.0123456789", min_size=1, max_size=12)
places = st.builds(Place, table=st.sampled_from(["cases", "people"]), column=names, row_id=names)


@given(texts, places)
def test_what_is_sealed_opens_at_its_own_place(text: str, place: Place) -> None:
    assert crypto.unseal(KEY, place, crypto.seal(KEY, place, text)) == text


@given(texts, st.sampled_from([Place("people", "summary_sealed", "0198"), Place("cases", "story", "0198")]))
def test_a_text_moved_to_another_column_does_not_open(text: str, elsewhere: Place) -> None:
    with pytest.raises(SealBroken):
        crypto.unseal(KEY, elsewhere, crypto.seal(KEY, HERE, text))


@given(texts)
def test_a_text_moved_to_another_row_does_not_open(text: str) -> None:
    with pytest.raises(SealBroken):
        crypto.unseal(KEY, Place("cases", "summary_sealed", "0199"), crypto.seal(KEY, HERE, text))


@given(texts, st.data())
def test_one_altered_bit_is_noticed(text: str, data: st.DataObject) -> None:
    sealed = bytearray(crypto.seal(KEY, HERE, text))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(SealBroken):
        crypto.unseal(KEY, HERE, bytes(sealed))


@given(st.binary(max_size=64))
def test_bytes_that_we_did_not_seal_do_not_open(rubbish: bytes) -> None:
    with pytest.raises(SealBroken):
        crypto.unseal(KEY, HERE, rubbish)
    with pytest.raises((SealBroken, KeyMissing)):
        KeyRing.fresh().unseal("purpose", HERE, rubbish)


def test_the_same_text_is_never_sealed_alike_twice() -> None:
    assert crypto.seal(KEY, HERE, "みなと") != crypto.seal(KEY, HERE, "みなと")


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(SealBroken):
        crypto.unseal(crypto.new_key(), HERE, crypto.seal(KEY, HERE, "みなと"))


@given(texts)
def test_a_rotated_ring_opens_what_its_old_key_sealed_and_seals_with_the_new(text: str) -> None:
    old, new = KeyRing.fresh("old"), KeyRing.fresh("new")
    both = KeyRing(new.keys + old.keys)
    assert both.unseal("p", HERE, old.seal("p", HERE, text.encode())) == text.encode()
    assert crypto.ring_key_id(both.seal("p", HERE, b"")) == "new"


def test_a_key_taken_out_of_the_ring_is_named_as_missing() -> None:
    sealed = KeyRing.fresh("old").seal("p", HERE, b"text")
    with pytest.raises(KeyMissing, match="old"):
        KeyRing.fresh("new").unseal("p", HERE, sealed)


def test_a_key_for_one_purpose_opens_nothing_of_another() -> None:
    ring = KeyRing.fresh()
    with pytest.raises(SealBroken):
        ring.unseal("audit", HERE, ring.seal("wrap", HERE, b"text"))


def test_a_number_opens_in_its_own_row_only() -> None:
    ring = KeyRing.fresh()
    sealed = crypto.seal_number(ring, "calls", "c1", "+819000000002")
    assert crypto.open_number(ring, "calls", "c1", sealed) == "+819000000002"
    for table, row in (("calls", "c2"), ("staff", "c1")):
        with pytest.raises(SealBroken):
            crypto.open_number(ring, table, row, sealed)


@given(st.lists(st.from_regex(crypto.RING_KEY_ID, fullmatch=True), min_size=1, max_size=4, unique=True))
def test_a_ring_is_read_as_it_was_written(ids: list[str]) -> None:
    ring = KeyRing(tuple((key_id, crypto.new_key()) for key_id in ids))
    assert KeyRing.parse(ring.to_text()) == ring
    assert KeyRing.parse(ring.to_text().replace(",", " , ")).current_id == ids[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "k1",
        "k1:",
        ":AAAA",
        "k1:AAAA",
        "k 1:" + "A" * 43,
        "k1:" + "A" * 42 + "+",
        "k1:" + "あ" * 43,
        "k1:" + "A" * 44,
    ],
)
def test_a_ring_that_cannot_be_read_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(KeyUnusable) as refused:
        KeyRing.parse(text)
    assert "AAAA" not in str(refused.value)


def test_two_keys_of_one_name_are_refused() -> None:
    key = KeyRing.fresh("k1").to_text()
    with pytest.raises(KeyUnusable):
        KeyRing.parse(f"{key},{key}")


def test_a_ring_never_shows_its_keys() -> None:
    ring = KeyRing.fresh()
    assert ring.to_text().split(":")[1] not in repr(ring)
    assert repr(ring.keys[0][1]) not in repr(ring)


def test_a_blind_index_is_stable_per_key_and_purpose() -> None:
    old = KeyRing.fresh("old")
    rotated = KeyRing(KeyRing.fresh("new").keys + old.keys)
    assert old.blind_index("mail", "a@example.jp") == old.blind_index("mail", "a@example.jp")
    assert old.blind_index("mail", "a@example.jp") != old.blind_index("phone", "a@example.jp")
    assert old.blind_index("mail", "a@example.jp") in rotated.blind_indexes("mail", "a@example.jp")
