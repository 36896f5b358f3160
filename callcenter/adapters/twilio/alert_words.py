"""What to do about the codes of Twilio's alerts (twilio.com/docs/api/errors); no number and no text is ever shown."""

from __future__ import annotations

from collections import Counter

from callcenter.domain.telephony import SetupFinding

SUBJECT = "twilio alerts"
SHOWN = 8
"""So many codes are named, the most frequent first."""

UNREACHED = (
    "Twilioが、callcenter-web に届かないか、答えを待ちきれませんでした。signature の行と、webの記録をご確認ください。"
)
ADVICE = {
    "11200": UNREACHED,
    "11205": UNREACHED,
    "11210": "PUBLIC_BASE_URL か FALLBACK_URL の名前が、DNSで見つかりませんでした。DNSをご確認ください。",
    "11215": "回される先が多すぎました。PUBLIC_BASE_URL を、回された先のアドレスにしてください。",
    "112": "証明書かTLSで、Twilioがつなげませんでした。certificate の行をご確認ください。",
    "117": "答えが大きすぎました。webサーバーが別のページを返していないかをご確認ください。",
    "12200": "台本の一部を、Twilioが読みませんでした。開発の担当者に、この番号を伝えてください。",
    "12": "台本として読めない答えがありました。webサーバーがエラーのページを返していないかをご確認ください。",
    "13224": "かけられない番号がありました。相談員の電話の番号を、職員のアカウントでご確認ください。",
    "13227": "発信の許可がなく、相談員の電話を鳴らせませんでした。callcenter twilio setup を実行してください。",
    "21215": "発信の許可がなく、相談員の電話を鳴らせませんでした。callcenter twilio setup を実行してください。",
    "13": "通話をつなぐ途中で失敗しました。その時刻の通話を、管理画面の Call logs でご確認ください。",
    "15": "知らせが遅れるか、届きませんでした。callcenter-web の記録と、機械の重さをご確認ください。",
    "16": "会議室で、Twilioが断ったことがあります。開発の担当者に、この番号を伝えてください。",
    "20003": "鍵が断られました。TWILIO_API_KEY と TWILIO_API_SECRET をご確認ください。",
    "20429": "Twilioへの問い合わせが多すぎました。続くときは、開発の担当者に伝えてください。",
    "20": "鍵かアカウントで、Twilioに断られました。TWILIO_API_KEY と、アカウントの状態をご確認ください。",
    "21": "電話をかける問い合わせが断られました。CALLER_ID_NUMBER と、相談員の電話の番号をご確認ください。",
    "31": "ブラウザーの電話で失敗がありました。相談員の「マイクを確かめる」で、通信をご確認ください。",
    "53": "ブラウザーの電話で失敗がありました。相談員の「マイクを確かめる」で、通信をご確認ください。",
}
"""By a code, or by how it begins."""


UNSEEN = SetupFinding(
    SUBJECT,
    "Twilioの警告は、この鍵では見られません。管理画面の Monitor の Errors を、目で確かめてください。",
    wrong=False,
)


def findings(counted: Counter[str]) -> list[SetupFinding]:
    """Return a line for each code, the most frequent first, with what to do."""
    lines = [f"{code} が{count}件。{advice(code)}" for code, count in counted.most_common(SHOWN)]
    if (more := len(counted) - SHOWN) > 0:
        lines.append(f"ほかに{more}種類あります。管理画面の Monitor の Errors をご覧ください。")
    return [SetupFinding(SUBJECT, line, wrong=False) for line in lines]


def advice(code: str) -> str:
    """Return what to do about a code: its own advice, that of its family, or where Twilio explains it."""
    known = next((ADVICE[code[:length]] for length in range(5, 1, -1) if code[:length] in ADVICE), None)
    return known or f"意味は https://www.twilio.com/docs/api/errors/{code} にあります。"
