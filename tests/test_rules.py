"""What must be true everywhere: one short function for each rule."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from inspect import unwrap
from pathlib import Path

import pytest

from callcenter.domain.access.permissions import roles_that_may
from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.talks.supervision import Mode
from callcenter.site_map import PLACES
from callcenter.ui import access, state_labels
from callcenter.ui.response.assets import BUNDLES, Assets
from tests.pages import Site

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "callcenter/static"
SHEETS = sorted((STATIC / "css").rglob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted(path for path in (STATIC / "js").rglob("*.js") if path.parent.name != "worker")  # loaded by themselves
MODULES = sorted(path for folder in ("callcenter", "ivr", "tests") for path in (ROOT / folder).rglob("*.py")) + sorted(
    ROOT.glob("*.py")
)

LONGEST_MODULE, MOST_IN_A_FOLDER, LONGEST_TEMPLATE_LINE = 400, 16, 140
PACKAGES = sorted(path for folder in ("callcenter", "ivr") for path in (ROOT / folder).rglob("__init__.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


# ------------------------------------------------------------------ size


def test_no_module_has_two_subjects() -> None:
    """Near 300 lines by choice; how much a function may do is ruff's to say (pyproject.toml)."""
    lengths = {name(module): len(module.read_text("utf-8").splitlines()) for module in MODULES}
    assert {module: lines for module, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_folder_holds_more_than_a_reader_can_take_in() -> None:
    files = [path for path in (*MODULES, *TEMPLATES, *SHEETS, *SCRIPTS) if path.name != "__init__.py"]
    sizes = Counter(name(path.parent) for path in files)
    assert {folder: held for folder, held in sizes.items() if held > MOST_IN_A_FOLDER} == {}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: name(package.parent))
def test_every_package_says_what_lives_in_it_and_where_to_begin(package: Path) -> None:
    said = ast.get_docstring(ast.parse(package.read_text("utf-8"))) or ""
    assert len(said.splitlines()) >= 3
    beginning = re.search(r"Begin with ``([\w.]+)``", said)
    assert beginning is None or begins(package.parent, beginning[1].split("."))


def begins(package: Path, path: list[str]) -> bool:
    """Whether *path* leads from *package* to a package, to a module, or to a name in one."""
    at, names = package, path
    while names and (at / names[0]).is_dir():
        at, names = at / names[0], names[1:]
    if not names:
        return True
    module = at / f"{names[0]}.py"
    if not module.exists() or len(names) == 1:
        return module.exists()
    defined = rf"^(?:def|class) {names[1]}\b|^{names[1]}\b.*="
    return re.search(defined, module.read_text("utf-8"), re.MULTILINE) is not None


UNEXPLAINED = re.compile(r"#\s*(noqa: [A-Z0-9, ]+|noqa|type: ignore(\[[^]]*])?)$")


def test_every_ignore_carries_its_reason() -> None:
    lines = [
        f"{name(module)}:{number}"
        for module in MODULES
        for number, line in enumerate(module.read_text("utf-8").splitlines(), 1)
        if UNEXPLAINED.search(line)
    ]
    assert lines == []


# ------------------------------------------------------------------ access


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    site = Site(sqlite_url)
    yield site
    site.close()


def test_every_page_says_who_may_open_it(site: Site) -> None:
    for endpoint, view in site.app.view_functions.items():
        if endpoint.startswith("ivr.") or endpoint == "static":
            continue
        plain = unwrap(view)
        assert f"{plain.__module__}.{plain.__qualname__}" in access.RULES, endpoint


MAY_NAME_ROLES = {
    "callcenter/domain/access/permissions.py": "says what each may do",
    "callcenter/ui/state_labels.py": "says what each is called",
    "callcenter/services/moving/demo.py": "makes one account of each",
}
"""Everything else asks what somebody may do, so that another role is written in these places only."""


def test_roles_are_named_in_the_permissions_and_nowhere_else() -> None:
    modules = [module for module in MODULES if not name(module).startswith("tests/")]
    naming = {name(module) for module in modules if re.search(r"\bRole\.[A-Z]", module.read_text("utf-8"))}
    assert naming == set(MAY_NAME_ROLES)


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_no_template_decides_by_a_role(template: Path) -> None:
    tags = re.findall(r"\{%.*?%\}|\{\{.*?\}\}", template.read_text("utf-8"), re.DOTALL)
    assert [tag for tag in tags if re.search(r"\brole(\.value)?\s*([!=]=|in\b)|[!=]=\s*\w+\.role\b", tag)] == []


def test_every_page_of_the_navigation_opens_for_whom_it_is_offered(site: Site) -> None:
    for place in PLACES:
        rule = access.rule_of(site.app.view_functions[place.endpoint])
        assert rule is not None
        assert rule.action is not None
        assert roles_that_may(place.action) <= roles_that_may(rule.action), place.endpoint


# ------------------------------------------------------------------ queries

FLOORS_OF_PAGES = ("casefile", "console", "mail", "reports", "admin", "web", "ui")
PAGES = sorted(path for floor in FLOORS_OF_PAGES for path in (ROOT / "callcenter" / floor).rglob("*.py"))
OF_SQLALCHEMY = {("sqlalchemy.orm", "Session"), ("sqlalchemy.exc", "SQLAlchemyError")}
"""What a page may name of SQLAlchemy: the session it hands on, and the error of a database that does not answer."""


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_pages_ask_services_instead_of_the_database(page: Path) -> None:
    tree = ast.parse(page.read_text("utf-8"))
    named = [
        (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    named += [(alias.name, "") for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    from_sqlalchemy = [what for what in named if what[0].split(".")[0] == "sqlalchemy"]
    assert set(from_sqlalchemy) <= OF_SQLALCHEMY


# ------------------------------------------------------------------ stylesheets


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet.name != "tokens.css"], ids=name)
def test_colours_and_sizes_are_chosen_in_the_tokens_only(sheet: Path) -> None:
    css = without_comments(sheet.read_text("utf-8"))
    body = re.sub(r"@(media|supports|container)[^{]*", "", css)  # a condition cannot ask a custom property
    assert (
        re.findall(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|color-mix|light-dark)\(|\b[\d.]+(?:px|rem|pt)\b", body) == []
    )
    assert "--color-" not in body, "a pigment is named below the tokens"


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_letters_and_corners_have_the_sizes_of_the_tokens(sheet: Path) -> None:
    css = without_comments(sheet.read_text("utf-8"))
    values = re.findall(r"(?:font-size|border-radius|font-family):\s*([^;]+);", css)
    assert [value for value in values if not re.match(r"var\(|inherit$", value)] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_every_style_lies_in_a_layer_and_none_shouts(sheet: Path) -> None:
    css = without_comments(sheet.read_text("utf-8")).strip()
    assert re.match(r"@layer (reset|tokens|base|parts|pages) \{", css)
    assert "!important" not in css


def test_every_token_that_is_used_is_given() -> None:
    css = without_comments("\n".join(sheet.read_text("utf-8") for sheet in SHEETS))
    css += (STATIC / "vendor/tokens.css").read_text("utf-8")
    given, used = set(re.findall(r"(--[\w-]+)\s*:", css)), set(re.findall(r"var\((--[\w-]+)", css))
    assert used - given == set()


def test_every_stylesheet_and_script_is_in_a_bundle() -> None:
    bundled = {path for patterns in BUNDLES.values() for pattern in patterns for path in STATIC.glob(pattern)}
    assert {*SHEETS, *SCRIPTS} <= bundled
    assert all(Assets(STATIC)[bundle].body for bundle in BUNDLES)


# ------------------------------------------------------------------ templates


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_no_template_holds_style_or_script(template: Path) -> None:
    text = template.read_text("utf-8")
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", text) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_no_line_of_a_template_is_longer_than_a_screen(template: Path) -> None:
    lines = enumerate(template.read_text("utf-8").splitlines(), 1)
    assert [number for number, line in lines if len(line) > LONGEST_TEMPLATE_LINE] == []


def test_every_template_is_drawn_somewhere() -> None:
    program = [path for path in MODULES if not name(path).startswith("tests/")]
    texts = {path: path.read_text("utf-8") for path in (*program, *TEMPLATES)}
    named = {path: str(path.relative_to(ROOT / "templates")) for path in TEMPLATES}
    unused = [
        own for path, own in named.items() if not any(f'"{own}"' in text for at, text in texts.items() if at != path)
    ]
    assert unused == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_every_template_that_is_named_in_another_exists(template: Path) -> None:
    named = re.findall(r'\{%-? (?:from|include|extends|import) "([^"]+)"', template.read_text("utf-8"))
    assert [other for other in named if not (ROOT / "templates" / other).is_file()] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_every_macro_that_is_imported_is_used(template: Path) -> None:
    text = template.read_text("utf-8")
    for line in re.findall(r"\{%-? from [^%]* import ([^%]*?) -?%\}", text):
        for imported in line.split(","):
            macro = imported.split(" as ")[-1].strip()
            assert len(re.findall(rf"\b{macro}\(", text)) >= 1, macro


def test_every_symbol_that_is_used_is_on_the_icon_sheet() -> None:
    sheet = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text("utf-8")))
    texts = [template.read_text("utf-8") for template in TEMPLATES]
    used = {symbol for text in texts for symbol in re.findall(r'(?:icon\(|symbol=)"([\w-]+)"', text)}
    used |= {tone.icon for kinds in state_labels.TONES.values() for tone in kinds.values()}
    assert used - sheet == set()


# ------------------------------------------------------------------ states in words


@pytest.mark.parametrize("kind", [CallState, Mode, OfferState, CallOutcome, Work], ids=lambda kind: kind.__name__)
def test_every_state_has_a_word_a_tone_and_a_shape(
    kind: type[CallState | Mode | OfferState | CallOutcome | Work],
) -> None:
    assert [state for state in kind if state not in state_labels.TONES[kind]] == []


def test_every_reason_to_be_away_has_a_word() -> None:
    assert set(state_labels.AWAY) == set(AwayReason)
