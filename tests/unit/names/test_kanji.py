from __future__ import annotations

import unicodedata

from callcenter.domain.kanji import ONE_FORM


def test_every_other_form_leads_to_one_form_at_once() -> None:
    assert len(ONE_FORM) > 400
    assert not {chr(code) for code in ONE_FORM} & set(ONE_FORM.values())


def test_no_form_is_one_that_normalisation_changes_before() -> None:
    signs = "".join(map(chr, ONE_FORM)) + "".join(ONE_FORM.values())
    assert unicodedata.normalize("NFKC", signs) == signs


def test_the_forms_of_common_names_are_known() -> None:
    for other, one in zip("髙﨑濵邉邊德櫻澤廣齋斎惠眞嶋冨峯", "高崎浜辺辺徳桜沢広斉斉恵真島富峰", strict=True):
        assert other.translate(ONE_FORM) == one
