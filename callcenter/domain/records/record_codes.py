"""The code lists of a consultation record, and what a finished record needs.

Answers are voluntary, so every list about a person has 不明 and starts with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError
from callcenter.domain.places import Prefecture
from callcenter.domain.records.risk import RiskStep


class Channel(Code):
    """相談の方法: how the contact came."""

    PHONE = "phone", "電話"
    MAIL = "mail", "メール"
    VISIT = "visit", "訪問"
    WINDOW = "window", "来所・窓口"


class Direction(Code):
    """どちらからの連絡か."""

    INCOMING = "incoming", "相談者から"
    OUTGOING = "outgoing", "こちらから"
    UNKNOWN = "unknown", "不明"


class Novelty(Code):
    """新規・継続: the first contact, or a further one."""

    NEW = "new", "新規"
    REPEAT = "repeat", "継続"
    UNKNOWN = "unknown", "不明"


class Relation(Code):
    """続柄・立場: what the caller is to the person it is about."""

    SELF = "self", "本人"
    MOTHER = "mother", "母"
    FATHER = "father", "父"
    PARENTS = "parents", "両親"
    SPOUSE = "spouse", "配偶者"
    SIBLING = "sibling", "きょうだい"
    GRANDPARENT = "grandparent", "祖父母"
    OTHER_RELATIVE = "other_relative", "その他親族"
    FRIEND = "friend", "友人・知人"
    SUPPORTER = "supporter", "支援者・関係機関"
    SCHOOL = "school", "学校"
    OTHER = "other", "その他"
    UNKNOWN = "unknown", "不明"


class Sex(Code):
    """性別."""

    MALE = "male", "男性"
    FEMALE = "female", "女性"
    OTHER = "other", "その他・どちらともいえない"
    NO_ANSWER = "no_answer", "回答しない"
    UNKNOWN = "unknown", "不明(未聴取)"


class AgeBand(Code):
    """年代, in years."""

    TO_14 = "to_14", "14以下"
    FROM_15 = "15_19", "15–19"
    FROM_20 = "20_24", "20–24"
    FROM_25 = "25_29", "25–29"
    FROM_30 = "30_34", "30–34"
    FROM_35 = "35_39", "35–39"
    FROM_40 = "40_44", "40–44"
    FROM_45 = "45_49", "45–49"
    FROM_50 = "50_54", "50–54"
    FROM_55 = "55_59", "55–59"
    FROM_60 = "60_64", "60–64"
    FROM_65 = "from_65", "65以上"
    UNKNOWN = "unknown", "不明"


class Period(Code):
    """ひきこもりの期間."""

    UNDER_6_MONTHS = "under_6_months", "6か月未満"
    FROM_6_MONTHS = "6_months_1", "6か月–1年"
    FROM_1 = "1_2", "1–2年"
    FROM_2 = "2_3", "2–3年"
    FROM_3 = "3_5", "3–5年"
    FROM_5 = "5_10", "5–10年"
    FROM_10 = "10_15", "10–15年"
    FROM_15 = "15_20", "15–20年"
    FROM_20 = "from_20", "20年以上"
    UNKNOWN = "unknown", "不明"


class GoingOut(Code):
    """外出の様子, by the Cabinet Office's scale."""

    HOBBY = "hobby", "趣味の用事のみ"
    NEARBY = "nearby", "近所のコンビニ等"
    HOME = "home", "家からは出ない"
    ROOM = "room", "自室から出ない"
    OTHER = "other", "その他"
    UNKNOWN = "unknown", "不明"


class Trigger(Code):
    """きっかけ; several may be chosen."""

    SCHOOL_REFUSAL = "school_refusal", "不登校"
    ENTERING_SCHOOL = "entering_school", "進学"
    JOB_HUNTING = "job_hunting", "就職活動"
    LEAVING_WORK = "leaving_work", "退職"
    WORKPLACE = "workplace", "職場"
    RELATIONSHIPS = "relationships", "人間関係"
    ILLNESS = "illness", "病気"
    DISABILITY = "disability", "障害"
    FAMILY = "family", "家族"
    OTHER = "other", "その他"
    UNKNOWN = "unknown", "不明"


class Topic(Code):
    """相談の内容; one main topic, and several beside it."""

    WORK = "work", "就労"
    STUDY = "study", "就学・進路"
    FAMILY = "family", "家族関係・接し方"
    LONELINESS = "loneliness", "対人・孤独"
    HEALTH = "health", "心身の健康"
    DEVELOPMENT = "development", "発達特性"
    DAILY_LIFE = "daily_life", "生活リズム・ネット"
    MONEY = "money", "経済・8050・親亡き後"
    DOMESTIC_VIOLENCE = "domestic_violence", "家庭内暴力"
    SELF_HARM = "self_harm", "自傷・自殺"
    ABUSE = "abuse", "虐待・DV"
    PLACE_TO_BE = "place_to_be", "居場所"
    SERVICES = "services", "制度・機関の情報"
    VISIT_ENQUIRY = "visit_enquiry", "訪問相談の問合せ"
    PRACTICE = "practice", "話したい・練習"
    COMPLAINT = "complaint", "苦情"
    OTHER = "other", "その他"
    UNKNOWN = "unknown", "不明"


class MedicalStatus(Code):
    """医療機関へのかかり方."""

    NONE = "none", "なし"
    ATTENDING = "attending", "通院中"
    PAST = "past", "過去"
    UNKNOWN = "unknown", "不明"


class Risk(Code):
    """危険の度合い, as heard; whether the person was asked is stored beside it."""

    NONE = "none", "なし"
    IDEATION = "ideation", "希死念慮"
    PLAN = "plan", "計画あり"
    IN_PROGRESS = "in_progress", "実行中"
    ABUSE = "abuse", "虐待疑い"
    VIOLENCE = "violence", "暴力"
    UNKNOWN = "unknown", "不明"


LIFE_IN_DANGER = (Risk.PLAN, Risk.IN_PROGRESS)
"""Levels after which the counsellor takes a breath before the next call."""


class Concern(Code):
    """暴力・虐待の心配; beside the risk to life, as both may be true at once."""

    ABUSE = "abuse", "虐待の疑い"
    VIOLENCE = "violence", "暴力(家庭内をふくむ)"
    UNKNOWN = "unknown", "不明"


class Outcome(Code):
    """対応の結果 of a consultation (a call's own end is ``CallOutcome``); several may be chosen."""

    LISTENED = "listened", "傾聴・助言"
    CONTINUES = "continues", "継続"
    INFORMATION = "information", "情報提供"
    REFERRED = "referred", "紹介"
    VISIT_GUIDANCE = "visit_guidance", "訪問案内"
    MAIL_GUIDANCE = "mail_guidance", "メール案内"
    EMERGENCY = "emergency", "緊急対応"
    CANNOT_MEDICAL = "cannot_medical", "回答不可(医療)"
    CANNOT_URGENT = "cannot_urgent", "回答不可(緊急)"
    CANNOT_OUTSIDE = "cannot_outside", "回答不可(対象外)"
    CUT_OFF = "cut_off", "途中切断"
    SILENT = "silent", "無言"
    MISDIAL = "misdial", "かけまちがい"
    NUISANCE = "nuisance", "いたずら・迷惑"
    UNKNOWN = "unknown", "不明"


class Learned(Code):
    """この窓口を知ったきっかけ."""

    PUBLICITY = "publicity", "広報"
    SEARCH = "search", "検索"
    SNS = "sns", "SNS"
    MUNICIPALITY = "municipality", "区市町村"
    SCHOOL = "school", "学校"
    MEDICAL = "medical", "医療"
    FAMILY = "family", "家族"
    OTHER = "other", "その他"
    UNKNOWN = "unknown", "不明"


SINGLE: Mapping[str, type[Code]] = MappingProxyType(
    {
        "channel": Channel,
        "direction": Direction,
        "first_or_repeat": Novelty,
        "relation": Relation,
        "caller_sex": Sex,
        "caller_age": AgeBand,
        "subject_sex": Sex,
        "subject_age": AgeBand,
        "prefecture": Prefecture,
        "period": Period,
        "going_out": GoingOut,
        "medical": MedicalStatus,
        "main_topic": Topic,
        "risk": Risk,
        "learned_from": Learned,
    }
)
"""The fields of a record that hold one code, and their lists."""

MULTIPLE: Mapping[str, type[Code]] = MappingProxyType(
    {"topics": Topic, "triggers": Trigger, "outcomes": Outcome, "concerns": Concern, "risk_steps": RiskStep}
)
"""The fields of a record that hold any number of codes, and their lists."""

QUICK_FINISHES = frozenset({Outcome.SILENT, Outcome.MISDIAL, Outcome.CUT_OFF})
"""Outcomes that say all there is to say; such a record is finished without a word."""


class MissingField(HelplineError):
    """Raised when a record cannot be finished without a field; ``field`` is its name in the form."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def check_finished(*, next_step: str, outcomes: Collection[Outcome]) -> None:
    """Raise ``MissingField`` unless 次回 is filled in or a quick outcome was chosen."""
    if next_step.strip() or QUICK_FINISHES.intersection(outcomes):
        return
    raise MissingField(
        "next_step", "「次回」に、次に話すことをひとこと書いてください。決まっていないときは「未定」でかまいません。"
    )


def age_band(age: int) -> AgeBand:
    """Return the band of an age in whole years; ``ValueError`` outside 0 to 120."""
    if not 0 <= age <= 120:
        raise ValueError("an age lies between 0 and 120")
    bands = [band for band in AgeBand if band is not AgeBand.UNKNOWN]
    return bands[min(max(age - 10, 0) // 5, len(bands) - 1)]
