"""Break the rules of the domain on purpose and count what their own tests notice: ``make mutants``.

mutmut makes hundreds of small changes to the functions of the modules below, one at a time, and runs the tests that
reach the changed function; a change that no test minds is a mutant that survived. It changes no tables and no
decorated functions: what those say is written out in the tests. ``ARGS="waiting wall"`` narrows the rooms,
``ARGS="waiting --show"`` prints what survived.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from callcenter.domain.access import break_glass, permissions
from callcenter.domain.calendar import closing, hours
from callcenter.domain.calls import lifecycle, matching, waiting
from callcenter.domain.cases import wall
from callcenter.domain.duty import presence
from callcenter.domain.keeping import retention
from callcenter.domain.names import kana, nickname_cues, nickname_ranking, nicknames, romaji

ROOMS: Mapping[str, tuple[ModuleType, ...]] = {
    "calendar": (hours, closing),
    "calls": (lifecycle, matching),
    "waiting": (waiting,),
    "duty": (presence,),
    "names": (nicknames, nickname_ranking, nickname_cues, romaji, kana),
    "access": (permissions, break_glass),
    "wall": (wall,),
    "retention": (retention,),
}
"""The rules that are broken. A module's own tests are ``test_NAME.py`` and ``test_NAME_….py`` in its room's folder."""

ENOUGH = 0.85
"""The share of mutants that must be killed, in every room and altogether."""

WORKERS = 2

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "var" / "mutants"
SOURCE, OTHERS = "callcenter", ("ivr", "migrations", "templates", "wsgi.py")
"""What is mutated, and what else the tests' fixtures import or read."""

TEST_OPTIONS = ("-p", "no:cacheprovider", "--hypothesis-profile", "mutants")
ALONE = ("-p", "no:cacheprovider", "--hypothesis-profile", "ci", "--noconftest")
"""Without the fixtures of the whole project: the rules need none, and the interpreter starts in half the time."""

SETTINGS = """
[tool.mutmut]
source_paths = ["{source}"]
also_copy = {others}
only_mutate = {modules}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = {options}
timeout_multiplier = 4.0
timeout_constant = 5.0  # seconds on top, for a machine with other work to do
track_dependencies = false
use_git_change_detection = false
"""
KILLED = frozenset({"killed", "timeout", "segfault"})


@dataclass(frozen=True)
class Mutant:
    """A change in one function, as mutmut names it: ``callcenter.domain.cases.wall.x_surfacing__mutmut_3``."""

    name: str
    killed: bool

    @property
    def module(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def function(self) -> str:
        """The name of a function that belongs to no class."""
        return self.name.rpartition(".")[2].removeprefix("x_").partition("__mutmut_")[0]


def main() -> int:
    """Return 0 if enough mutants were killed in every room and altogether, 1 if not."""
    parser = ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"one or more of {', '.join(ROOMS)}; all if none")
    parser.add_argument("--show", action="store_true", help="print every change that no test minded")
    asked = parser.parse_args()
    if unknown := set(asked.rooms) - set(ROOMS):
        parser.error(f"no such room: {', '.join(sorted(unknown))}; there are {', '.join(ROOMS)}")
    rooms = {room: modules for room, modules in ROOMS.items() if not asked.rooms or room in asked.rooms}
    modules = [module for inside in rooms.values() for module in inside]
    _prepare(modules)
    done = _mutmut("run", "--max-children", str(WORKERS), quiet=not sys.stdout.isatty())
    if done.returncode != 0:
        sys.stderr.write(done.stdout or "")
        return done.returncode
    mutants = _read_results(modules)
    if asked.show:
        _show(mutant for mutant in mutants if not mutant.killed)
    return _report(rooms, mutants)


def tests_of(module: ModuleType) -> list[str]:
    """Return the paths of a module's own tests; a rule without any is refused."""
    *_floors, room, name = module.__name__.split(".")
    folder = ROOT / "tests" / "unit" / room
    found = sorted([*folder.glob(f"test_{name}.py"), *folder.glob(f"test_{name}_*.py")])
    if not found:
        raise SystemExit(f"{module.__name__} has no tests of its own: there is no test_{name}.py in tests/unit/{room}")
    return [str(path.relative_to(ROOT)) for path in found]


def called_at_import(module: ModuleType) -> frozenset[str]:
    """Return the functions that run while the module is imported, such as those that build a table."""
    statements = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8")).body
    outside = (one for one in statements if not isinstance(one, ast.FunctionDef | ast.ClassDef))
    calls_made = (node.func for one in outside for node in ast.walk(one) if isinstance(node, ast.Call))
    return frozenset(function.id for function in calls_made if isinstance(function, ast.Name))


def _last(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _prepare(modules: Iterable[ModuleType]) -> None:
    """Lay out a fresh folder to work in: links to the source, and mutmut's settings behind the project's own."""
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    for name in (SOURCE, *OTHERS, "tests"):
        (PLACE / name).symlink_to(ROOT / name)
    settings = SETTINGS.format(
        source=SOURCE,
        others=list(OTHERS),
        modules=[module.__name__.replace(".", "/") + ".py" for module in modules],
        tests=[test for module in modules for test in tests_of(module)],
        options=list(TEST_OPTIONS),
    )
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (PLACE / "pyproject.toml").write_text(project + settings, encoding="utf-8")


def _mutmut(*arguments: str, quiet: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("mutmut")), *arguments],
        cwd=PLACE,
        env=os.environ | {"PYTHONHASHSEED": "0"},  # so that the same tests come in the same order
        text=True,
        stdout=subprocess.PIPE if quiet else None,
        check=False,
    )


def _read_results(modules: Iterable[ModuleType]) -> list[Mutant]:
    lines = (line.strip().rpartition(": ") for line in _mutmut("results", "--all", "true").stdout.splitlines())
    mutants = [Mutant(name, state in KILLED) for name, _colon, state in lines if name]
    at_import = {module.__name__: called_at_import(module) for module in modules}
    tests = {module.__name__: tests_of(module) for module in modules}
    again = [mutant for mutant in mutants if not mutant.killed and mutant.function in at_import[mutant.module]]
    with ThreadPoolExecutor(WORKERS) as pool:
        noticed = pool.map(_noticed_afresh, again, (tests[mutant.module] for mutant in again))
    retried = {old.name: Mutant(old.name, killed) for old, killed in zip(again, noticed, strict=True)}
    return [retried.get(mutant.name, mutant) for mutant in mutants]


def _noticed_afresh(mutant: Mutant, tests: list[str]) -> bool:
    """Run the tests in an interpreter of their own: mutmut changes a module that has been imported already."""
    place = PLACE / "mutants"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", *ALONE, *tests],
        cwd=place,
        env=os.environ | {"MUTANT_UNDER_TEST": mutant.name, "PYTHONPATH": str(place)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)  # a failed import interrupts


def _show(survivors: Iterable[Mutant]) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        for shown in pool.map(partial(_mutmut, "show"), (mutant.name for mutant in survivors)):
            sys.stdout.write(shown.stdout)


def _report(rooms: Mapping[str, Iterable[ModuleType]], mutants: Iterable[Mutant]) -> int:
    """Print the table and return the exit code."""
    found = list(mutants)
    sys.stdout.write(f"\n{'':32}{'mutants':>9}{'killed':>9}{'survived':>9}{'share':>9}\n")
    short = []
    for room, modules in rooms.items():
        names = [module.__name__ for module in modules]
        if _line(room, [mutant for mutant in found if mutant.module in names]) < ENOUGH:
            short.append(room)
        for module in modules:
            _line(f"  {_last(module)}", [mutant for mutant in found if mutant.module == module.__name__])
    if _line("altogether", found) < ENOUGH:
        short.append("altogether")
    if short:
        sys.stderr.write(f"\nless than {ENOUGH:.0%} killed: {', '.join(short)}\n")
    return int(bool(short))


def _line(label: str, mutants: list[Mutant]) -> float:
    """Print one line of the table; return the share of mutants that were killed."""
    killed = sum(mutant.killed for mutant in mutants)
    share = killed / len(mutants) if mutants else 0.0
    sys.stdout.write(f"{label:32}{len(mutants):9}{killed:9}{len(mutants) - killed:9}{share:9.1%}\n")
    return share


if __name__ == "__main__":
    sys.exit(main())
