"""The checklist for danger to life or safety; each step is stored with its time."""

from __future__ import annotations

from callcenter.domain.codes import Code


class RiskStep(Code):
    """A step of the checklist. An unticked step means nothing: it was not done, or nobody noted it.

    The questions follow the practice of crisis lines (desire, capability, intent, what holds), in plain words.
    """

    ASKED = "asked", "死にたい気持ちがあるか、そのまま言葉にしてたずねた"
    MEANS = "means", "方法を考えているか、手もとにあるかをたずねた"
    WHEN = "when", "いつ・どこでと考えているかをたずねた"
    BEFORE = "before", "これまでに試みたことがあるかをたずねた"
    ALONE = "alone", "いま、そばに人がいるかをたずねた"
    PUT_AWAY = "put_away", "手段を手の届かない所に置くことを、一緒に決めた"
    LINES = "lines", "119・110や、ほかの窓口の番号を伝えた"
    SOMEBODY = "somebody", "そばに来てくれる人を、一緒に探した"
    SUPERVISOR = "supervisor", "統括に知らせた"
    CHILD = "child", "子どもの安全について、189への連絡を統括と相談した"
    REACHED = "reached", "助けとつながったことを、確かめた"
    TALKED_OVER = "talked_over", "終わってから、統括とふり返った"


ASK = (RiskStep.ASKED, RiskStep.MEANS, RiskStep.WHEN, RiskStep.BEFORE, RiskStep.ALONE)
DO = (RiskStep.PUT_AWAY, RiskStep.LINES, RiskStep.SOMEBODY, RiskStep.SUPERVISOR, RiskStep.CHILD)
AFTERWARDS = (RiskStep.REACHED, RiskStep.TALKED_OVER)
