"""Who may do what at a glance: every action beside every role."""

from __future__ import annotations

import pytest

from callcenter.domain.access.permissions import ALWAYS, NEVER, RULES, Action, Ways, ways
from callcenter.domain.staff.roles import Role
from callcenter.site_map import FRAME
from callcenter.ui.state_labels import ROLES

TABLE = """
                      counsellor  supervisor  administrator  auditor
find                  yes         yes         -              -
open                  some        some        -              -
write                 some        yes         -              -
answer                yes         yes         -              -
add                   yes         yes         -              -
rescue                -           some        -              -
refer                 yes         yes         -              -
care                  some        yes         -              -
assign                -           yes         -              -
break_glass           some        -           -              -
review                -           some        -              -
see_readers           -           yes         -              -
export                -           yes         -              -
hold                  -           yes         -              -
destroy               -           some        -              -
reveal_number         -           yes         -              -
turn_away             -           yes         -              -
know_flag             some        yes         -              -
see_mail              yes         yes         -              -
take_thread           some        yes         -              -
read_thread           some        some        -              -
reply                 some        some        -              -
approve_reply         -           some        -              -
join_member           some        yes         -              -
see_line              yes         yes         -              -
lead                  -           yes         -              -
set_line              -           yes         yes            -
keep_directory        -           yes         yes            -
see_retention         -           yes         yes            -
see_decisions         -           yes         yes            -
keep_accounts         -           -           yes            -
confirm_role          -           some        some           -
see_settings_history  -           -           yes            yes
see_trail             -           -           -              yes
see_figures           -           yes         -              yes
"""
"""yes: whatever it is; some: under conditions, which test_permissions.py goes through; -: never."""

PLACES = {
    Role.COUNSELLOR: ("相談員の画面 メール ケース 紹介先", ""),
    Role.SUPERVISOR: (
        "相談員の画面 メール ケース いまの回線 相談員のケア",
        (
            "声の聞こえ方 つないでいない記録 残された書きかけ 印のある番号 閲覧の記録 理由を書いた閲覧 "
            "臨時の休みと開設 電話で流れる文 紹介先 保存の期間 メール相談の消去の予定 役割の確認"
        ),
    ),
    Role.ADMINISTRATOR: (
        "臨時の休みと開設 電話で流れる文 紹介先 保存の期間 職員のアカウント",
        "メール相談の消去の予定 役割の確認 設定の履歴",
    ),
    Role.AUDITOR: ("操作の記録 設定の履歴 消去の証明 監査記録のつながり 件数", ""),
}
"""By role, the pages in the row at the top and those that fold into its menu."""

HOMES = {
    Role.COUNSELLOR: "console.board",
    Role.SUPERVISOR: "console.board",
    Role.ADMINISTRATOR: "admin.days",
    Role.AUDITOR: "admin.trail_page",
}


def in_short(found: Ways) -> str:
    return {ALWAYS: "yes", NEVER: "-"}.get(found, "some")


def test_the_rules_are_those_of_the_table() -> None:
    head, *lines = TABLE.strip().splitlines()
    written = {Action(line.split()[0]): dict(zip(head.split(), line.split()[1:], strict=True)) for line in lines}
    assert written == {action: {role: in_short(ways(role, action)) for role in Role} for action in RULES}


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_name_and_finds_its_pages_at_the_top(role: Role) -> None:
    offered = FRAME.navigation(role)
    row, menu = (" ".join(place.label for place in places) for places in (offered.row, offered.menu))
    assert (row, menu) == PLACES[role]
    assert ROLES[role]


@pytest.mark.parametrize("role", Role)
def test_everybody_begins_on_the_first_of_their_pages_once_it_exists(role: Role) -> None:
    assert FRAME.home(role, {HOMES[role], "admin.figures"}) == HOMES[role]
    assert FRAME.home(role, ()) is None


def test_decisions_are_told_to_those_who_may_know_them_and_requests_to_those_who_keep_cases() -> None:
    asked = {role: FRAME.navigation(role).notices for role in Role}
    assert asked == {
        Role.COUNSELLOR: "console.told",
        Role.SUPERVISOR: "admin.told",
        Role.ADMINISTRATOR: "admin.told",
        Role.AUDITOR: None,
    }
