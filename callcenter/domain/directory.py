"""The words of the directory: what kind of place it is, and how a caller was led there."""

from __future__ import annotations

from callcenter.domain.codes import Code


class InstitutionKind(Code):
    """機関種別."""

    EMERGENCY = "emergency", "緊急"
    CRISIS = "crisis", "いのち・こころの危機"
    HIKIKOMORI = "hikikomori", "ひきこもりの支援"
    HEALTH = "health", "保健・医療"
    WELFARE = "welfare", "福祉・くらし"
    YOUTH = "youth", "子ども・若者"
    VIOLENCE = "violence", "暴力・虐待・犯罪被害"
    WORK = "work", "働くこと"
    SCHOOL = "school", "学ぶこと"
    PLACE_TO_BE = "place_to_be", "居場所・家族会"
    OTHER = "other", "そのほか"


class ReferralHow(Code):
    """紹介のしかた."""

    TOLD = "told", "番号や場所を伝えた"
    CONNECTED = "connected", "その場でつないだ"
