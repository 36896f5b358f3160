"""Error pages: what happened and what to do next, as a page or as plain words for a script."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, jsonify, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Forbidden, HTTPException, ServiceUnavailable
from werkzeug.wrappers import Response

from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.roles import NotAllowed, NotYours
from callcenter.models.base import DatabaseAway, DatabaseBusy, DatabaseFailed
from callcenter.services.access.reach import AccessDenied
from callcenter.services.staff.passwords import PasswordsBusy
from callcenter.services.trail import refusals
from callcenter.services.trail.audit import Subject
from callcenter.ui.access import Who, me, rule_of
from callcenter.ui.frame import frame
from callcenter.ui.kit.answers import from_script

WAIT = 30
"""Seconds after which another try is worth it when the database or a part behind it is away."""


SHORTLY = 5
"""The same where only too many people are signing in at this moment."""


@dataclass(frozen=True)
class ErrorText:
    """The text of an error page."""

    title: str
    lines: tuple[str, ...]
    onward: tuple[str, str] | None = None
    """The label and address of what can be done about it."""


WORDS: dict[int, ErrorText] = {
    400: ErrorText("うまく受け取れませんでした。", ("前のページに戻って、もう一度お試しください。",)),
    401: ErrorText("もう一度ログインしてください。", ("しばらく操作がなかったため、安全のためにログアウトしました。",)),
    403: ErrorText("このページは、いまの役割では開けません。", ("必要なときは、統括か管理者に声をかけてください。",)),
    404: ErrorText("ページが見つかりませんでした。", ("アドレスが変わったか、まちがっているのかもしれません。",)),
    405: ErrorText("このページは、その開き方ではお使いになれません。", ("はじめのページからお進みください。",)),
    413: ErrorText("送られたものが大きすぎました。", ("短く分けて、もう一度お送りください。",)),
    429: ErrorText(
        "今、たくさんの方が使っています。",
        ("少しおいて、もう一度お試しください。", "何度も続けて送ると、しばらくお待ちいただくことがあります。"),
    ),
    500: ErrorText(
        "うまく動きませんでした。",
        ("こちらの不具合です。申しわけありません。", "時間をおいて、もう一度お試しください。"),
    ),
    503: ErrorText(
        "ただいま、つながりにくくなっています。",
        ("申しわけありません。時間をおいて、もう一度お試しください。", "電話は、いつもの番号でお使いいただけます。"),
    ),
}
SUBJECTS = {"case": "case", "record": "consultation"}
"""What the trail calls that which is shut."""
OTHER = {True: WORDS[500], False: WORDS[400]}


def install(app: Flask) -> None:
    """Register the error handlers; handlers of blueprints for machines take precedence."""
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(CSRFError, _from_stale_form)
    app.register_error_handler(HelplineError, _from_rule)
    app.register_error_handler(AccessDenied, _from_shut)
    app.register_error_handler(DatabaseAway, from_database)
    app.register_error_handler(DatabaseBusy, from_database)
    app.register_error_handler(PasswordsBusy, _from_busy)


def _from_http(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    if error.code == Forbidden.code:
        _record_refusal(_asked_for())
    words = WORDS.get(error.code) or OTHER[error.code >= 500]
    answer = _page(error.code, words)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            answer.headers[name] = value
    if error.code in {429, 503}:
        answer.headers.setdefault("Retry-After", str(getattr(error, "retry_after", None) or WAIT))
    return answer


def _from_stale_form(_error: CSRFError) -> Response:
    lines = ("しばらく開いたままだったためかもしれません。", "ページを開き直して、もう一度お送りください。")
    return _page(400, ErrorText("安全のため、受け取りませんでした。", lines))


def _from_rule(error: HelplineError) -> Response:
    if isinstance(error, NotAllowed | NotYours):
        _record_refusal(_asked_for())
    return _page(409, ErrorText("いまはこの操作ができません。", (error.message,)))


def _from_shut(error: AccessDenied) -> Response:
    """Return the page with the way to break-glass, for whoever may use it."""
    _record_refusal(Subject(SUBJECTS[error.kind], error.id))
    onward, form = None, frame().break_glass
    if form and current_user.is_authenticated and me().may(Action.BREAK_GLASS):
        href = url_for(form, kind=error.kind, target_id=error.id)
        onward = ("理由を書いて開く", href)
    return _page(403, ErrorText("ここは閉じてあります。", (error.message,), onward))


def _asked_for() -> Subject:
    """Return the record, case or account that the address names, else the page alone."""
    named = request.view_args or {}
    kind = SUBJECTS.get(named.get("kind", ""))
    about = {"record_id": "consultation", "case_id": "case", "staff_id": "staff"} | (
        {"target_id": kind} if kind else {}
    )
    return next((Subject(about[name], str(value)) for name, value in named.items() if name in about), Subject("page"))


def _record_refusal(about: Subject) -> None:
    """Record in the trail what somebody signed in was refused; without a database the answer is what it is."""
    if not current_user.is_authenticated:
        return
    try:
        with unit_of_work() as session:
            refusals.record(session, me().staff_id, request.endpoint or "none", about, now=ports().clock.now())
    except DatabaseFailed as failed:
        current_app.logger.warning("a refusal could not be recorded: %s", type(failed).__name__)


def from_database(error: DatabaseAway | DatabaseBusy) -> Response:
    """Return the page that says to come back when the database answers again."""
    if isinstance(error, DatabaseBusy):
        return _from_busy(error)
    current_app.logger.error("the database did not answer: %s", type(error.orig).__name__)
    return _from_http(ServiceUnavailable())


def _from_busy(_error: PasswordsBusy | DatabaseBusy) -> Response:
    return _from_http(ServiceUnavailable(retry_after=SHORTLY))


def _page(code: int, words: ErrorText) -> Response:
    if from_script():
        onward = {"label": words.onward[0], "href": words.onward[1]} if words.onward else None
        answer: Response = jsonify(error=" ".join((words.title, *words.lines)), onward=onward)
    else:
        # The desk's frame shows who is signed in, which needs the database.
        template = "errors/desk.html" if _is_for_staff() and code != 503 else "errors/public.html"
        answer = current_app.make_response(render_template(template, words=words, code=code))
    answer.status_code = code
    return answer


def _is_for_staff() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    rule = rule_of(view) if view else None
    return request.blueprint == "staff" or (rule is not None and rule.who is Who.STAFF)
