"""The leaflet: upload a PDF, publish an earlier version again, withdraw one."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from callcenter.admin.blueprint import bp
from callcenter.admin.forms import LeafletForm, VersionForm
from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.administration.leaflets import LARGEST, NotALeaflet, edition_of, kilobytes
from callcenter.domain.calendar.times import local_date
from callcenter.services.administration import leaflets as services
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import again, onward


@bp.url_value_preprocessor
def _allow_a_leaflet(endpoint: str | None, _values: object) -> None:
    """Raise the size limit for a leaflet, before the form is read; the rule then says which size is too large."""
    if endpoint == "admin.add_leaflet":
        request.max_content_length = 2 * LARGEST


@bp.get("/leaflets")
@staff_who_may(Action.PUBLISH)
def leaflets() -> str:
    """Show every version and which one is published."""
    return _draw(LeafletForm(formdata=None, label=edition_of(local_date(ports().clock.now()))))


@bp.post("/leaflets")
@staff_who_may(Action.PUBLISH)
def add_leaflet() -> Response | tuple[str, int]:
    """Store a PDF as a new version and publish it."""
    form = LeafletForm()
    body, label = _read(form.file.data), form.said
    if label is None:
        return again(_draw(form))
    try:
        with unit_of_work() as session:
            services.add(session, label, body, by=myself(session), now=ports().clock.now())
    except NotALeaflet as refused:
        form.refuse(refused)
        return again(_draw(form))
    return onward("admin.leaflets", "リーフレットを公開しました。")


@bp.post("/leaflets/publish")
@staff_who_may(Action.PUBLISH)
def publish_leaflet() -> Response:
    """Publish an earlier version again."""
    version = _version()
    with unit_of_work() as session:
        services.publish(session, version, by=myself(session), now=ports().clock.now())
    return onward("admin.leaflets", "この版を公開しました。")


@bp.post("/leaflets/withdraw")
@staff_who_may(Action.PUBLISH)
def withdraw_leaflet() -> Response:
    """Withdraw the published version."""
    version = _version()
    with unit_of_work() as session:
        services.withdraw(session, version, by=myself(session), now=ports().clock.now())
    return onward("admin.leaflets", "公開をやめました。今は、はじめからのリーフレットが出ています。")


def _version() -> int:
    """Return which version the form names; one that is not there is the service's to refuse."""
    return VersionForm().version.data or 0


def _read(sent: FileStorage | None) -> bytes:
    if sent is None:
        return b""
    with sent.stream:
        return sent.stream.read(LARGEST + 1)


def _draw(form: LeafletForm) -> str:
    with reading() as session:
        versions = services.history(session)
        return render_template("admin/publishing/leaflets.html", versions=versions, form=form, kilobytes=kilobytes)
