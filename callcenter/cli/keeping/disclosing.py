"""``callcenter cases export``: a disclosure of a case, as a supervisor would be proposed it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from callcenter.cli.opened import opened
from callcenter.context import context


@click.command("export")
@click.argument("case_id", metavar="CASE")
@click.option("--by", "login", required=True, metavar="LOGIN", help="The supervisor who answers for it.")
@click.option("--reason", required=True, help="Why, such as the day and number of the request; kept sealed.")
@click.option("--person", "person_id", help="Somebody of the case; otherwise the subject.")
@click.option(
    "--pdf", "pdf_path", type=click.Path(path_type=Path, dir_okay=False), help="Write it as PDF to this file."
)
@click.option("--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="Write it as JSON.")
def cases_export(
    case_id: str, login: str, reason: str, person_id: str | None, pdf_path: Path | None, json_path: Path | None
) -> None:
    """Write a copy of a case for the person it is about, without what others of the family said.

    A supervisor answers for it. At least one of --pdf and --json is needed; no file is overwritten.
    """
    from callcenter.adapters import pdf
    from callcenter.domain.keeping.disclosure import check_reason, decide
    from callcenter.services.keeping import disclosures
    from callcenter.services.keeping.disclosures import Copy
    from callcenter.services.staff import accounts
    from callcenter.services.trail.audit import OPERATOR

    why = check_reason(reason)
    if pdf_path is None and json_path is None:
        raise click.UsageError("--pdf か --json で、書きだすファイルを指定してください。")
    with opened() as (session, now):
        by = accounts.find(session, login)
        if by is None or not by.active:
            raise click.ClickException(f"{login} というアカウントは、いま使えません。")
        names = context().settings.policy.disclose_staff_names
        draft = disclosures.gather(session, case_id, person_id, names=names, by=by, now=now)
        decided = decide(draft.sections, {}, (), for_review=False)
        service = context().settings.service_name
        made = disclosures.document(draft, decided, service=service, for_review=False, now=now)
        copies = [Copy("pdf", pdf.disclosure(made), why)] if pdf_path else []
        copies += [Copy("json", disclosures.as_json(made), why)] if json_path else []
        for copy in copies:
            disclosures.record_export(session, draft, decided, copy, by=by, actor=OPERATOR, now=now)
            _write((pdf_path if copy.kind == "pdf" else json_path) or Path(), copy.body)
    click.echo(f"{decided.given}か所を書きだし、{decided.withheld}か所を伏せ、{decided.left_out}か所を除きました。")


def _write(path: Path, body: bytes) -> None:
    """Write a file that only the operator can read; an existing one is never overwritten."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body)
    except FileExistsError:
        raise click.ClickException(f"{path} は、もうあります。別の名前にしてください。") from None
    except OSError as refused:
        raise click.ClickException(f"{path} に書けません({refused.strerror})。") from None
