"""The navigation, and which blueprint puts which notice into words."""

from __future__ import annotations

from callcenter.admin import accounts
from callcenter.admin import notices as decisions
from callcenter.console import notices as handovers
from callcenter.domain.access.permissions import Action
from callcenter.mail.desk import inbox
from callcenter.mail.desk import notices as replies
from callcenter.reports import openings
from callcenter.ui.frame import Frame, Place

PLACES = (
    Place("console.board", "相談員の画面", Action.SEE_LINE, daily=True),
    Place("mail_desk.inbox", "メール", Action.SEE_MAIL, daily=True),
    Place("casefile.caseload_page", "ケース", Action.OPEN, daily=True),
    Place("casefile.directory", "紹介先", Action.REFER, unless=Action.KEEP_DIRECTORY, daily=True),
    Place("reports.board", "いまの回線", Action.LEAD, daily=True),
    Place("console.care_page", "相談員のケア", Action.LEAD, daily=True),
    Place("reports.quality_page", "声の聞こえ方", Action.LEAD),
    Place("casefile.unlinked_page", "つないでいない記録", Action.RESCUE),  # who writes finds it beside the record
    Place("casefile.left_behind", "残された書きかけ", Action.RESCUE),
    Place("reports.marked_numbers", "印のある番号", Action.TURN_AWAY),
    Place("reports.readers_page", "閲覧の記録", Action.SEE_READERS),
    Place("reports.break_glass_list", "理由を書いた閲覧", Action.REVIEW),
    Place("admin.days", "臨時の休みと開設", Action.SET_LINE),
    Place("admin.phrases", "電話で流れる文", Action.SET_LINE),
    Place("admin.directory", "紹介先", Action.KEEP_DIRECTORY),
    Place("admin.kept", "保存の期間", Action.SEE_RETENTION),
    Place("admin.staff_list", "職員のアカウント", Action.KEEP_ACCOUNTS),
    Place("admin.members_kept", "メール相談の消去の予定", Action.SEE_RETENTION),
    Place("admin.roles_page", "役割の確認", Action.CONFIRM_ROLE),
    Place("admin.trail_page", "操作の記録", Action.SEE_TRAIL),
    Place("admin.settings_history", "設定の履歴", Action.SEE_SETTINGS_HISTORY),
    Place("admin.purges", "消去の証明", Action.SEE_TRAIL),
    Place("admin.chain", "監査記録のつながり", Action.SEE_TRAIL),
    Place("admin.figures", "件数", Action.SEE_FIGURES, unless=Action.LEAD),  # the live board shows who leads theirs
)

NOTICES = ((Action.SEE_DECISIONS, "admin.told"), (Action.CARE, "console.told"))

FRAME = Frame(
    places=PLACES,
    notices=NOTICES,
    alarms=(Action.LEAD, "reports.shown_alarms"),
    line=(Action.ANSWER, "console.strip"),
    counts={"mail_desk.inbox": inbox.how_many_wait},
    sayings=handovers.SAYINGS | replies.SAYINGS | openings.SAYINGS | decisions.SAYINGS | accounts.SAYINGS,
    break_glass="casefile.break_glass_form",
    telephones=frozenset(
        {"console", "casefile"}
    ),  # without scripts, the desk is also drawn in answer to a record's form
)
