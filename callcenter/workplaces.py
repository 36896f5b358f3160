"""Where the blueprints and the frame around their pages meet: what each role works on, and who says which notice."""

from __future__ import annotations

from callcenter.admin import accounts
from callcenter.admin import told as decisions
from callcenter.console import told as handovers
from callcenter.domain.staff.roles import Role
from callcenter.reports import openings
from callcenter.ui.frame import Frame, More, Place, Workplace

_LINE = (Place("admin.days", "臨時の休みと開設"), Place("admin.phrases", "電話で流れる文"))
_KEPT = (Place("admin.directory", "紹介先"), Place("admin.kept", "保存の期間"))
_HISTORY = Place("admin.settings_history", "設定の履歴")
_DESK = (Place("console.board", "相談員の画面"), Place("console.caseload_page", "ケース"))

WORKPLACES = {
    Role.COUNSELLOR: Workplace("console.board", (*_DESK, Place("console.directory", "紹介先")), "console.told"),
    Role.SUPERVISOR: Workplace(
        "console.board",
        (
            *_DESK,
            Place("reports.board", "いまの回線"),
            Place("console.care_page", "相談員のケア"),
            More(
                (
                    Place("console.unlinked_page", "つないでいない記録"),
                    Place("console.left_behind", "残された書きかけ"),
                    Place("reports.marked_numbers", "印のある番号"),
                    Place("reports.readers_page", "閲覧の記録"),
                    Place("reports.break_glass_list", "理由を書いた閲覧"),
                    *_LINE,
                    *_KEPT,
                )
            ),
        ),
        "admin.told",
    ),
    Role.ADMINISTRATOR: Workplace(
        "admin.days", (*_LINE, *_KEPT, Place("admin.staff_list", "職員のアカウント"), _HISTORY), "admin.told"
    ),
    Role.AUDITOR: Workplace(
        "admin.trail_page",
        (
            Place("admin.trail_page", "操作の記録"),
            _HISTORY,
            Place("admin.purges", "消去の証明"),
            Place("admin.chain", "監査記録のつながり"),
            Place("admin.figures", "件数"),
        ),
    ),
}

FRAME = Frame(
    workplaces=WORKPLACES,
    sayings=handovers.SAYINGS | openings.SAYINGS | decisions.SAYINGS | accounts.SAYINGS,
    break_glass="console.break_glass_form",
    telephones=frozenset({"console"}),
)
