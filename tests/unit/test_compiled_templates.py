"""Pages are compiled before anybody asks for one, once for all starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, render_template
from jinja2 import Environment

from callcenter.ui import compiled


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A folder of two pages."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text("{% include 'part.html' %}、{{ name }}さん", encoding="utf-8")
    (folder / "part.html").write_text("こんにちは", encoding="utf-8")
    return folder


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The names of the templates that are compiled, in order."""
    names = list[str | None]()
    compile_one = Environment.compile

    def counted(self: Environment, source: str, name: str | None = None, *more: object, **options: object) -> object:
        names.append(name)
        return compile_one(self, source, name, *more, **options)  # type: ignore[call-overload]  # passed on as given

    monkeypatch.setattr(Environment, "compile", counted)
    return names


def started(templates: Path, kept_in: Path) -> Flask:
    """Return an app of a new process."""
    app = Flask("pages", template_folder=str(templates))
    compiled.load_all(app, kept_in)
    return app


def page(app: Flask) -> str:
    with app.test_request_context():
        return render_template("page.html", name="みなと")


def test_no_request_compiles_a_template(templates: Path, tmp_path: Path, compilations: list[str | None]) -> None:
    app = started(templates, tmp_path / "kept")
    assert compilations == ["page.html", "part.html"]
    assert page(app) == "こんにちは、みなとさん"
    assert len(compilations) == 2


def test_the_next_start_finds_them_compiled(templates: Path, tmp_path: Path, compilations: list[str | None]) -> None:
    started(templates, tmp_path / "kept")
    compilations.clear()
    assert page(started(templates, tmp_path / "kept")) == "こんにちは、みなとさん"
    assert compilations == []


def test_a_changed_template_and_a_broken_file_are_compiled_anew(
    templates: Path, tmp_path: Path, compilations: list[str | None]
) -> None:
    kept_in = tmp_path / "kept"
    started(templates, kept_in)
    for file in kept_in.iterdir():
        file.write_bytes(file.read_bytes()[:-20])
    compilations.clear()
    started(templates, kept_in)
    assert compilations == ["page.html", "part.html"]
    (templates / "part.html").write_text("こんばんは", encoding="utf-8")
    compilations.clear()
    assert page(started(templates, kept_in)) == "こんばんは、みなとさん"
    assert compilations == ["part.html"]


def test_a_folder_that_cannot_be_written_costs_time_and_no_page(
    templates: Path, tmp_path: Path, compilations: list[str | None], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kept").write_text("a file, and no folder")
    assert page(started(templates, tmp_path / "kept")) == "こんにちは、みなとさん"
    assert compilations == ["page.html", "part.html"]
    assert "cannot be kept" in caplog.text


def test_nobody_else_on_the_machine_may_open_what_is_kept(templates: Path, tmp_path: Path) -> None:
    started(templates, tmp_path / "var" / "kept")
    assert (tmp_path / "var" / "kept").stat().st_mode & 0o777 == 0o700
