"""The forms of the administration's pages; the rules are in the services."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    FileField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from callcenter.domain.announcements.wording import LONGEST_TEXT
from callcenter.domain.calls.lifecycle import CallerKey
from callcenter.domain.directory.institutions import (
    LONGEST,
    LONGEST_NOTE,
    Entry,
    EntryIncomplete,
    InstitutionKind,
    read_entry,
)
from callcenter.domain.keeping.retention import HoldReason
from callcenter.domain.places import Prefecture, municipalities, prefectures_for_choice
from callcenter.domain.records.record_codes import Topic
from callcenter.domain.staff.roles import Contact
from callcenter.domain.staff.second_factor import IdentityCheck, ResetReason
from callcenter.models.directory import Institution
from callcenter.services.staff.accounts import NewStaff
from callcenter.ui.forms import AtMost, ChoiceField, DayField, Form, ManyChoicesField, NumberField, RadioChoiceField
from callcenter.ui.kit.sent import chosen
from callcenter.ui.state_labels import ROLES

CHOOSE = "選んでください"
UNTIL_WHEN = "いつまで残すかを、2026-11-30 のように入れてください。"
ANYWHERE, UNKNOWN = "どこでも", Prefecture.UNKNOWN.value
LONGEST_LOGIN = LONGEST_NAME = 64
LONGEST_NUMBER = 32
LONGEST_REASON = 400

RESET_REASONS: dict[ResetReason, str] = {
    ResetReason.LOST: "なくした・盗まれた",
    ResetReason.REPLACED: "機種を変えた",
    ResetReason.BROKEN: "こわれた",
    ResetReason.NO_CODES: "予備コードも見つからない",
    ResetReason.SUSPICION: "ほかの人に使われたおそれがある",
}
CHECKS: dict[IdentityCheck, str] = {
    IdentityCheck.IN_PERSON: "会って確かめた",
    IdentityCheck.VIDEO: "顔の見える通話で確かめた",
    IdentityCheck.CALLED_BACK: "登録してある番号にかけ直して確かめた",
}


# ------------------------------------------------------------------ accounts


class NewStaffForm(Form):
    """A new account."""

    name = StringField("画面に出る名前", [AtMost(LONGEST_NAME)], description="例:担当07。本名でなくてかまいません。")
    login = StringField(
        "ログイン名",
        [AtMost(LONGEST_LOGIN)],
        description="半角の英数字と . _ - @ で。あとから変えられません。",
    )
    role = RadioChoiceField(
        "役割", ROLES, refusal="役割を選んでください。", description="管理者と監査の人は、相談の記録を開けません。"
    )
    phone = TelField(
        "電話機の番号",
        [AtMost(LONGEST_NUMBER)],
        description="入れると、電話がこの番号に鳴ります。空なら、ブラウザーで受けます。",
    )

    def new_staff(self) -> NewStaff:
        """Return what the account is created from."""
        phone = (self.phone.data or "").strip() or None
        return NewStaff(self.login.data or "", (self.name.data or "").strip(), self.role.data, phone=phone)


class RoleForm(Form):
    """Another role."""

    role = RadioChoiceField(
        "これからの役割",
        ROLES,
        refusal="役割を選んでください。",
        description="管理者と監査の人は、相談の記録を開けません。変えると、ログインし直しになります。",
    )


class ContactForm(Form):
    """Where somebody's calls ring."""

    contact = RadioChoiceField("電話を受ける機器", {Contact.BROWSER: "ブラウザー", Contact.PHONE: "電話機"})
    phone = TelField("電話機の番号", [AtMost(LONGEST_NUMBER)], description="例:090-1234-5678")


class PreferenceForm(Form):
    """Which callers ring with somebody first."""

    prefers = RadioChoiceField(
        "優先する電話",
        {CallerKey.SELF: "ご本人からの電話", CallerKey.FAMILY: "ご家族からの電話"},
        blank="どちらも同じ",
        needed=False,
        refusal="どれか1つを選んでください。",
        description="ほかの電話も、手のあいている人がいなければ鳴ります。かけた方が押した番号(1・2)を手がかりにします。",
    )


class FactorResetForm(Form):
    """Why a second factor is removed, and how the identity was checked."""

    reason = ChoiceField("理由", RESET_REASONS, blank=CHOOSE, refusal="理由を選んでください。")
    checked = ChoiceField(
        "ご本人だと、どう確かめたか",
        CHECKS,
        blank=CHOOSE,
        refusal="ご本人だと、どう確かめたかを選んでください。",
    )


# ------------------------------------------------------------------ announcements


class PhraseForm(Form):
    """Another wording of a phrase, and readings of its words."""

    text = TextAreaField("文", [AtMost(2 * LONGEST_TEXT)])
    readings = TextAreaField(
        "読み方",
        [AtMost(2 * LONGEST_TEXT)],
        description="声が読みまちがえる言葉を、一行に一つ。例:方=かた",
    )


class VoiceForm(Form):
    """A voice recording for a phrase."""

    voice = FileField("録音のファイル(WAVかMP3、5メガバイトまで)")
    confirmed = BooleanField()


class VersionForm(Form):
    """Which earlier version is restored; none is the shipped phrase."""

    version = NumberField()


# ------------------------------------------------------------------ directory


class InstitutionForm(Form):
    """An entry of the directory."""

    version = NumberField(default=0)
    name = StringField("名前", [AtMost(LONGEST["name"])])
    kana = StringField("読み", [AtMost(LONGEST["kana"])], description="ひらがなで。探すときに使います。")
    kind = ChoiceField("種類", InstitutionKind, blank=CHOOSE, refusal="種類を選んでください。")
    number = StringField("電話番号", [AtMost(LONGEST["number"])], description="その機関が書いているとおりに。")
    hours = StringField("受付の時間", [AtMost(LONGEST["hours"])])
    opens = StringField(
        "受付の時間(機械用)",
        [AtMost(LONGEST["opens"])],
        description="「10:00-17:00; sat closed; sun closed」のように。確かでないときは、空のままにします。",
    )
    cost = StringField("費用", [AtMost(LONGEST["cost"])])
    for_whom = StringField("どんな方に", [AtMost(LONGEST["for_whom"])])
    prefecture = ChoiceField(
        "都道府県",
        {Prefecture.UNKNOWN: ANYWHERE} | {one: one.label for one in prefectures_for_choice() if one != UNKNOWN},
        refusal="地域を、一覧から選び直してください。",
        default=Prefecture.UNKNOWN,
    )
    municipality = ChoiceField(
        "区市町村(都内)",
        lambda: {UNKNOWN: ANYWHERE} | {one.code: one.name for one in municipalities().values()},
        refusal="地域を、一覧から選び直してください。",
        default=UNKNOWN,
    )
    topics = ManyChoicesField("話題", {topic: topic.label for topic in Topic if topic is not Topic.UNKNOWN})
    note = TextAreaField("備考", [AtMost(LONGEST_NOTE)])
    source = TextAreaField("どこで確かめたか", [AtMost(LONGEST_NOTE)])
    verified = BooleanField("番号と時間を、今日確認した")

    @classmethod
    def of(cls, row: Institution) -> InstitutionForm:
        """Return the form filled with an entry."""
        entry = Entry.of(row)
        codes = {"kind": chosen(InstitutionKind, entry.kind), "prefecture": chosen(Prefecture, entry.prefecture)}
        return cls(formdata=None, data=entry.as_json() | codes | {"version": row.version})

    def entry(self) -> Entry | None:
        """Return the typed entry; None if something is to be corrected, see ``problems``."""
        if not self.validate():
            return None
        texts = {name: getattr(self, name).data or "" for name in Entry.__dataclass_fields__ if name != "topics"}
        try:
            return read_entry(texts, self.topics.data or ())
        except EntryIncomplete as wrong:
            self.refuse(wrong)
            return None


# ------------------------------------------------------------------ retention


class HoldForm(Form):
    """Why and until when something is held beyond its period."""

    reason = ChoiceField("理由", HoldReason, blank=CHOOSE, refusal="残す理由を、一覧から選んでください。")
    until = DayField(
        "いつまで",
        [InputRequired(UNTIL_WHEN)],
        invalid_value_message=UNTIL_WHEN,
        description="長くても3年です。必要なら、あとでもう一度延長できます。",
    )
    note = TextAreaField(
        "詳しい理由",
        [AtMost(LONGEST_REASON)],
        description="統括だけが読めます。残したものが消えるときは、いっしょに消えます。",
    )
