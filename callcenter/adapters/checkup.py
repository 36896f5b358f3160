"""The findings that ``doctor`` prints and ``/readyz`` reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from callcenter.adapters import schema
from callcenter.adapters.redis_ping import ping
from callcenter.crypto import KeyMissing, KeyRing, SealBroken
from callcenter.domain.calendar.holidays_jp import differences
from callcenter.domain.calendar.hours import Calendar, coverage_alarm
from callcenter.domain.calendar.times import moment_words, short_date
from callcenter.models.delivery.nightly import NightlyRun
from callcenter.models.keys import DataKey

NIGHTS_MISSED = timedelta(days=3)


@dataclass(frozen=True)
class Finding:
    """One finding: its subject, and in a sentence how it is or how to mend it; *vital* if nothing works without."""

    subject: str
    well: bool
    sentence: str
    vital: bool = False
    doubt: bool = False
    """As far as can be told it is well; a person should look."""


def examine(
    engine: Engine, read_calendar: Callable[[], Calendar], *, redis_url: str | None, today: date
) -> list[Finding]:
    """Return every finding, the database first; without it nothing else can be seen."""
    first = database(engine)
    return [first, days(read_calendar(), today), redis(redis_url)] if first.well else [first, redis(redis_url)]


def database(engine: Engine) -> Finding:
    """Return whether the database answers and has this version's schema."""
    try:
        if schema.is_current(engine):
            return Finding("database", True, "つながり、最新の形です。", vital=True)
    except SQLAlchemyError as away:
        return Finding(
            "database", False, f"つながりません({type(away).__name__})。DATABASE_URL をご確認ください。", True
        )
    return Finding("database", False, "古い形のままです。callcenter migrate を実行してください。", vital=True)


def settings(doubts: Sequence[str]) -> Finding:
    """Return whether production would take the settings too; *doubts* name those that it would not."""
    if not doubts:
        return Finding("settings", True, "設定は、どれも使えます。")
    return Finding("settings", True, f"試験用にだけ使える設定があります({'; '.join(doubts)})。", doubt=True)


def files(open_to_others: Sequence[Path], *, demanded: bool) -> Finding:
    """Return whether our files are for our own user alone, which production *demands*; *open_to_others* are not."""
    if not open_to_others:
        return Finding("files", True, "データベースと鍵は、この利用者だけが開けます。")
    named = "、".join(str(path) for path in open_to_others[:5])
    sentence = f"ほかの利用者も開けるファイルがあります({named})。callcenter migrate を実行すると、閉じます。"
    return Finding("files", not demanded, sentence, doubt=True)


def holidays(calendar: Calendar, today: date) -> Finding:
    """Return whether this year's and next year's table agree with the ``holidays`` package."""
    other = differences(calendar.holidays, today.year, today.year + 1)
    if not other:
        return Finding("holidays", True, "祝日の表は、計算した祝日と一致しています。")
    listed = "、".join(difference.day.isoformat() for difference in other[:5])
    return Finding("holidays", False, f"祝日の表が、計算した祝日と違います({listed})。内閣府の発表を確かめてください。")


def keys(engine: Engine, ring: KeyRing) -> Finding:
    """Return whether the keys at hand open what is stored; tried on one data key of each ring key."""
    with Session(engine.execution_options(reading=True)) as session:
        named = select(func.min(DataKey.id)).where(DataKey.wrapped.is_not(None)).group_by(DataKey.ring_key_id)
        kept = session.scalars(select(DataKey).where(DataKey.id.in_(named))).all()
        shut = sorted({row.ring_key_id for row in kept if not _opens(row, ring)})
    if not shut:
        return Finding("keys", True, "いまの鍵で、記録を開けます。")
    return Finding("keys", False, f"鍵 {'、'.join(shut)} で封じた記録を開けません。FIELD_KEYS をご確認ください。")


def phrases(faulty: Sequence[str]) -> Finding:
    """Return whether the line can say all its phrases; *faulty* names those that it cannot."""
    if not faulty:
        return Finding("phrases", True, "電話で流れる文は、どれも流せます。")
    sentence = f"流せない文があります({'、'.join(faulty[:5])})。「電話で流れる文」で、はじめの文に戻してください。"
    return Finding("phrases", False, sentence)


def alarm_mails(*, anybody: bool, server: bool) -> Finding:
    """Return whether the line's alarms are mailed: to *anybody*, by a *server*; pages show them all the same."""
    if not anybody:
        sentence = "知らせのメールが、だれにも届きません。ALARM_TO に、気づける人の宛先を決めてください。"
    elif not server:
        sentence = "知らせのメールを、送れません。SMTP_URL に、メールサーバーを決めてください。"
    else:
        return Finding("alarms", True, "知らせのメールは、ALARM_TO に届きます。")
    return Finding("alarms", True, sentence, doubt=True)


def older_keys(ring: KeyRing, rows: int, flags: int) -> Finding:
    """Return whether an older key of the ring is still needed in FIELD_KEYS."""
    if rows:
        words = f"{rows}件が前の鍵のままです。callcenter keys rotate を実行してください。"
        return Finding("key rotation", True, words, doubt=True)
    others = "、".join(key_id for key_id, _ in ring.keys[1:])
    if flags:
        return Finding("key rotation", True, f"番号の印{flags}件のために、前の鍵がまだ要ります。", doubt=True)
    if others:
        return Finding("key rotation", True, f"鍵 {others} は、もう使われていません。FIELD_KEYS から外せます。")
    return Finding("key rotation", True, "すべて、いまの鍵で封じてあります。")


def spelling(rows: int) -> Finding:
    """Return whether the index of names was made by the present rules; *rows* were not."""
    if not rows:
        return Finding("names", True, "呼び名の索引は、いまの規則のものです。")
    words = f"呼び名の索引{rows}件が、前の規則のままです。callcenter names reindex を実行してください。"
    return Finding("names", True, words, doubt=True)


def _opens(row: DataKey, ring: KeyRing) -> bool:
    try:
        row.unwrap(ring)
    except (KeyMissing, SealBroken):
        return False
    return True


def heavy_jobs(failed: Sequence[str]) -> Finding:
    """Return whether heavy jobs are done; *failed* names the kinds that were not lately."""
    if not failed:
        return Finding("heavy jobs", True, "時間のかかる作業は、どれも終わっています。")
    words = f"時間のかかる作業({'、'.join(failed)})が、くり返し失敗しました。worker の記録をご確認ください。"
    return Finding("heavy jobs", False, words)


def call_log(run: NightlyRun | None, today: date) -> Finding:
    """Return whether Twilio deleted its old calls lately, by the newest night's *run*."""
    if run is None:
        return Finding("twilio log", True, "まだ一度も消していません。毎晩3時から、workerが古い通話記録を消します。")
    night = f"{run.night.month}月{run.night.day}日"
    if run.result == "refused":
        return Finding("twilio log", False, f"{night}の夜、Twilioに断られました。TWILIO_API_KEY をご確認ください。")
    idle = run.ended_at is None and not run.removed and today > run.night
    if idle or today - run.night > NIGHTS_MISSED:
        return Finding("twilio log", False, f"{night}の夜から、古い通話記録を消せていません。worker をご確認ください。")
    rest = f"あと{run.kept}件は、終わってから消します。" if run.kept else ""
    more = "" if run.ended_at else "続きは、次の夜に消します。"
    return Finding("twilio log", True, f"{night}の夜に、古い通話記録を{run.removed}件消しました。{rest}{more}")


def retention(run: NightlyRun | None, today: date) -> Finding:
    """Return whether the nightly destruction ran lately, by the newest night's *run*."""
    return _nightly("retention", run, today, what="期間の過ぎた記録", count="件")


def members(run: NightlyRun | None, today: date) -> Finding:
    """Return whether the two-year rule of members ran lately, by the newest night's *run*."""
    return _nightly("members", run, today, what="2年ご相談のない登録", count="人")


def _nightly(subject: str, run: NightlyRun | None, today: date, *, what: str, count: str) -> Finding:
    if run is None:
        return Finding(subject, True, f"まだ一度も動いていません。毎晩3時から、workerが{what}を消します。")
    idle = run.ended_at is None and today > run.night
    if idle or today - run.night > NIGHTS_MISSED:
        night = f"{run.night.month}月{run.night.day}日"
        return Finding(subject, False, f"{night}の夜から、{what}を消せていません。worker をご確認ください。")
    return Finding(subject, True, f"前回の夜に、{what}を{run.removed}{count}消しました。")


def directory(disagreeing: Sequence[str]) -> Finding:
    """Return whether pages and telephone agree with the directory about other lines."""
    if not disagreeing:
        return Finding("directory", True, "紹介先の一覧と、公開ページや電話の案内が、同じことを言います。")
    named = "、".join(disagreeing[:5])
    sentence = f"紹介先の一覧が、公開ページや電話の案内と違います({named})。正しいほうに合わせてください。"
    return Finding("directory", True, f"{sentence}案内は callcenter/data/helplines.csv から出ます。", doubt=True)


def second_factors(without: int) -> Finding:
    """Return whether every account has a second factor."""
    if not without:
        return Finding("second factor", True, "どのアカウントも、パスワードだけではログインできません。")
    sentence = f"{without}人が、2段階認証を設定していません。「ログインの安全設定」で設定するよう伝えてください。"
    return Finding("second factor", True, sentence, doubt=True)


def flags(lost: int) -> Finding:
    """Return whether every flag in force can be matched with a number; *lost* cannot."""
    if not lost:
        return Finding("flags", True, "番号の印は、いまの鍵で見分けられます。")
    return Finding("flags", False, f"番号の印{lost}件を見分けられません。前の鍵を FIELD_KEYS に戻してください。")


def reviews(waiting: int, late: int) -> Finding:
    """Return whether openings were reviewed in time: *waiting* for review, of which *late*."""
    if late:
        sentence = f"理由を書いた閲覧{late}件が、期限までに確認されていません。統括に伝えてください。"
        return Finding("break-glass", False, sentence)
    rest = f"確認を待つものが{waiting}件あります(期限内)。" if waiting else "確認を待つものは、ありません。"
    return Finding("break-glass", True, rest)


def trail_check(bad_seq: int | None, checked_on: date | None, today: date) -> Finding:
    """Return whether the trail was checked lately and is whole."""
    if bad_seq is not None:
        sentence = f"監査記録 {bad_seq} 番が、前の記録とつながりません。callcenter audit verify をご覧ください。"
        return Finding("audit trail", False, sentence)
    if checked_on is None:
        return Finding("audit trail", True, "まだ一度も確かめていません。毎晩3時から、workerが確かめます。")
    if today - checked_on > NIGHTS_MISSED:
        sentence = f"{short_date(checked_on)}から、監査記録を確かめていません。worker をご確認ください。"
        return Finding("audit trail", False, sentence)
    return Finding("audit trail", True, f"{short_date(checked_on)}に確かめ、すべてつながっています。")


def audit_head(anywhere: bool, last: date | None, today: date, *, demanded: bool = False) -> Finding:
    """Return whether the head of the trail is sent outside every day, which production *demands*."""
    if not anywhere:
        sentence = "監査記録の印が外に出ていません。AUDIT_HEAD_TO(宛先)か AUDIT_HEAD_FILE を決めてください。"
        return Finding("audit head", not demanded, sentence, doubt=True)
    if last is None:
        return Finding("audit head", True, "まだ送っていません。workerが1日に1度、外に送ります。", doubt=True)
    if today - last > timedelta(days=2):
        sentence = f"{short_date(last)}を最後に、印が外に届いていません。SMTP_URL と worker をご確認ください。"
        return Finding("audit head", False, sentence)
    return Finding("audit head", True, f"{short_date(last)}の印が、外に出ています。")


def lost_head_file(path: Path) -> Finding:
    """Return that the file with the heads, which was there, is gone."""
    sentence = f"監査記録の印をためていた {path} が、なくなっています。だれが消したかを、確かめてください。"
    return Finding("audit head", False, sentence)


def worker(last_heard_at: datetime | None, *, looks: bool, errands_move: bool) -> Finding:
    """Return whether a worker *looks* whom to ring and its errands move; without it web processes do both."""
    if looks and errands_move:
        return Finding("worker", True, "workerは動いています。")
    what = "workerから電話会社への連絡が止まっています" if looks else "workerが動いていません"
    last = f"(最後に動いたのは {moment_words(last_heard_at)})" if last_heard_at else ""
    sentence = f"{what}{last}。電話は、webがかわりにつないでいます。callcenter-worker を起動し直してください。"
    return Finding("worker", False, sentence)


def days(calendar: Calendar, today: date) -> Finding:
    """Return whether the fixed holidays reach far enough ahead."""
    alarm = coverage_alarm(calendar, today)
    return Finding("calendar", alarm is None, alarm or "祝日の表は、先の分まで確定しています。")


def redis(url: str | None) -> Finding:
    """Return whether Redis answers, if one is used; calls go on without it."""
    if url is None:
        return Finding("redis", True, "使っていません。電話は Redis なしで動きます。")
    away = ping(url)
    if away is not None:
        return Finding("redis", False, f"つながりません({type(away).__name__})。電話は続けて動きます。")
    return Finding("redis", True, "つながりました。")
